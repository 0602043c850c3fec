"""ASCII MOC → ranges of order-29 keys.

Own parser, a dozen lines: mocpy takes almost a second to load, and accepts
orders above 29 without a word (``40/1``).
"""

import re

import numpy as np
from numpy.typing import NDArray

from hub.sky.errors import MocError
from hub.sky.pixels import KEY_ORDER, key_range

_TOKEN = re.compile(r"\s*(?:(?P<order>\d+)\s*/|(?P<first>\d+)(?:-(?P<last>\d+))?)(?:\s*,)?\s*")


def parse_moc(text: str) -> NDArray[np.int64]:
    """Return the cells of an ASCII MOC as ranges of keys: sorted, merged, inclusive.

    Shape ``(ranges, 2)``. Cells may overlap. An order without cells (``29/``
    at the end, which some programs write) is fine.

    Raises
    ------
    MocError
        No cells, a cell outside its order, an order above 29, or other text
        (a space MOC is meant: ``t`` and ``f`` parts are refused).
    """
    ranges = []
    order = None
    place = len(text) - len(text.lstrip())
    if text[place : place + 1] in ("s", "S"):  # a space MOC, said outright
        place += 1
    while place < len(text):
        token = _TOKEN.match(text, place)
        where = f"character {place + 1} of the MOC"
        if token is None or token.end() == place:
            raise MocError(
                f"{text[place : place + 12]!r} is no part of an ASCII MOC.",
                hint="Write it as in '3/34-40 52 6/1234'.",
                where=where,
            )
        place = token.end()
        if token["order"] is not None:
            order = _order(token["order"], where)
        elif order is None:
            raise MocError("The MOC begins without an order such as '3/'.", where=where)
        else:
            ranges.append(_keys(order, token["first"], token["last"], where))
    if not ranges:
        raise MocError("The MOC has no cells.", hint="Write it as in '3/34-40 52 6/1234'.")
    return merge_ranges(np.array(ranges, dtype=np.int64))


def merge_ranges(ranges: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return inclusive ranges sorted, with those that overlap or touch made one."""
    ranges = ranges[np.argsort(ranges[:, 0], kind="stable")]
    ends = np.maximum.accumulate(ranges[:, 1])
    starts_new = np.ones(len(ranges), dtype=np.bool_)
    starts_new[1:] = ranges[1:, 0] > ends[:-1] + 1
    first = np.flatnonzero(starts_new)
    last = np.append(first[1:], len(ranges)) - 1
    return np.stack([ranges[first, 0], ends[last]], axis=1)


def _order(text: str, where: str) -> int:
    order = int(text[:9])
    if order > KEY_ORDER:
        raise MocError(f"The MOC has order {text}; {KEY_ORDER} is the highest.", where=where)
    return order


def _keys(order: int, first_text: str, last_text: str | None, where: str) -> tuple[int, int]:
    first, last = int(first_text[:30]), int((last_text or first_text)[:30])
    if last < first or last >= 12 * 4**order:
        raise MocError(
            f"Cells {first} to {last} are not at order {order}, which has 0 to "
            f"{12 * 4**order - 1}.",
            where=where,
        )
    return key_range(order, first)[0], key_range(order, last)[1]

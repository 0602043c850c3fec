"""How the numbers of a text table are spelled: what their values do not tell.

007 and +7 are seven to a parser, but names to those who wrote them: a column of
such whole numbers has to stay text, or their form is lost.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]

_LF, _CR, _TAB, _BLANK, _QUOTE = 10, 13, 9, 32, 34
_PLUS, _MINUS, _POINT, _ZERO, _NINE = 43, 45, 46, 48, 57
_UPPER_E, _LOWER_E, _UPPER_X, _LOWER_X = 69, 101, 88, 120

_MARKED = r"^(\+\d|[+-]?0[\dxX])"
_FRACTION = r"[.eE]"


@dataclass(frozen=True, kw_only=True)
class Spelling:
    """How the numbers of a column are written."""

    is_marked: bool = False
    """Whether one begins with a zero before other digits, or with a plus sign."""

    has_fractions: bool = False
    """Whether one has a decimal point or an exponent; also true of some texts."""

    @property
    def must_stay(self) -> bool:
        """Tell whether the texts say more than their values, if all are numbers."""
        # 05.25 and +22.01 are usual in columns of fixed width, and no names.
        return self.is_marked and not self.has_fractions

    def __or__(self, other: "Spelling") -> "Spelling":
        return Spelling(
            is_marked=self.is_marked or other.is_marked,
            has_fractions=self.has_fractions or other.has_fractions,
        )


PLAIN = Spelling()


def _compiled(function: Callable[..., Any]) -> Any:
    return njit(nogil=True, cache=True)(function)


@_compiled
def _is_marked(data: Bytes, at: int) -> bool:
    """Tell whether the number that begins at ``at`` has a zero or a plus sign in front."""
    has_plus = at < data.size and data[at] == _PLUS
    if at < data.size and data[at] in (_PLUS, _MINUS):
        at += 1
    if at >= data.size or not _ZERO <= data[at] <= _NINE:
        return False
    after = data[at + 1] if at + 1 < data.size else _LF
    goes_on = _ZERO <= after <= _NINE or after in (_UPPER_X, _LOWER_X)
    return has_plus or (data[at] == _ZERO and goes_on)


@_compiled
def _end_of_field(data: Bytes, at: int, delimiter: int, quoted: Any) -> tuple[int, bool]:
    """Return the delimiter or line end behind a field, and whether it has fractions."""
    has_fractions = False
    while at < data.size:
        byte = data[at]
        if _ZERO <= byte <= _NINE:  # first, because most bytes are digits
            at += 1
            continue
        if byte == _QUOTE and quoted:
            if at + 1 < data.size and data[at + 1] == _QUOTE:
                at += 1
            else:
                quoted = False
        elif not quoted and (byte == delimiter or byte in (_LF, _CR)):
            break
        elif byte in (_POINT, _LOWER_E, _UPPER_E):
            has_fractions = True
        at += 1
    return at, has_fractions


@_compiled
def _look(data: Bytes, delimiter: int, marked: Flags, fractions: Flags) -> None:
    """Fill in, for each column, what its fields show; records are whole and not ragged."""
    at = column = 0
    while at < data.size:
        quoted = data[at] == _QUOTE
        if quoted:
            at += 1
        while at < data.size and data[at] in (_BLANK, _TAB) and data[at] != delimiter:
            at += 1
        marked[column] |= _is_marked(data, at)
        at, has_fractions = _end_of_field(data, at, delimiter, quoted)
        fractions[column] |= has_fractions
        # The LF behind a CR makes one more empty field, of the first column.
        column += 1
        if at >= data.size or data[at] != delimiter or column == marked.size:
            column = 0
        at += 1


def spellings(content: bytes, delimiter: str, columns: int) -> list[Spelling]:
    """Return the spelling of each column of whole records, all of ``columns`` fields."""
    marked, fractions = np.zeros(columns, bool), np.zeros(columns, bool)
    _look(np.frombuffer(content, np.uint8), ord(delimiter), marked, fractions)
    return [
        Spelling(is_marked=bool(is_marked), has_fractions=bool(has_fractions))
        for is_marked, has_fractions in zip(marked, fractions, strict=True)
    ]


def spelling_of_texts(texts: pa.ChunkedArray) -> Spelling:
    """Return the spelling of texts that were parsed already; nulls do not count."""
    return Spelling(is_marked=_any(texts, _MARKED), has_fractions=_any(texts, _FRACTION))


def _any(texts: pa.ChunkedArray, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(texts, pattern)).as_py())

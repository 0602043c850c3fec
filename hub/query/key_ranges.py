"""Which ranges of the order key a condition can be true in: for pruning files."""

from bisect import bisect_right
from collections.abc import Sequence

from sqlglot import exp

from hub.tables.description import Partition

Interval = tuple[int, int]
"""First and last key, both inclusive."""

_MIRRORED: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.LT: exp.GT,
    exp.GT: exp.LT,
    exp.LTE: exp.GTE,
    exp.GTE: exp.LTE,
}
LOWEST, HIGHEST = -(2**63), 2**63 - 1


def key_ranges(condition: exp.Expr | None, alias: str, key: str) -> list[Interval] | None:
    """Return sorted, disjoint intervals outside of which ``condition`` is never true.

    Parameters
    ----------
    condition
        Resolved condition of a WHERE; null stands for no condition.
    alias, key
        The relation's name in the tree, and its first order column.

    Returns
    -------
    list[Interval] | None
        Null when the condition says nothing about the key; empty when it can
        never be true.
    """
    match condition:
        case None:
            return None
        case exp.Paren():
            return key_ranges(condition.this, alias, key)
        case exp.And():
            sides = [
                key_ranges(condition.args[name], alias, key) for name in ("this", "expression")
            ]
            known = [side for side in sides if side is not None]
            return _intersection(*known) if len(known) == 2 else (known[0] if known else None)
        case exp.Or():
            left = key_ranges(condition.this, alias, key)
            right = key_ranges(condition.expression, alias, key)
            return None if left is None or right is None else _union(left + right)
        case exp.Between():
            return _compared(
                condition.this,
                alias,
                key,
                _number(condition.args["low"]),
                _number(condition.args["high"]),
            )
        case exp.EQ() | exp.LT() | exp.LTE() | exp.GT() | exp.GTE():
            return _comparison(condition, alias, key)
        case exp.In() if condition.expressions:
            numbers = [_number(value) for value in condition.expressions]
            if any(number is None for number in numbers):
                return None
            parts = [_compared(condition.this, alias, key, n, n) for n in numbers]
            known = [part for part in parts if part is not None]
            return _union([i for part in known for i in part]) if known else None
    return None


def _comparison(node: exp.Expr, alias: str, key: str) -> list[Interval] | None:
    left, right = node.args["this"], node.args["expression"]
    number, subject = _number(right), left
    kind: type[exp.Expr] = type(node)
    if number is None:
        number, subject = _number(left), right
        kind = _MIRRORED.get(kind, kind)
    if number is None:
        return None
    low = number + 1 if kind is exp.GT else number if kind in {exp.GTE, exp.EQ} else LOWEST
    high = number - 1 if kind is exp.LT else number if kind in {exp.LTE, exp.EQ} else HIGHEST
    return _compared(subject, alias, key, low, high)


def _compared(
    subject: exp.Expr, alias: str, key: str, low: int | None, high: int | None
) -> list[Interval] | None:
    """Return the interval of ``low <= subject <= high``; the subject may be a shifted key."""
    if low is None or high is None:
        return None
    shift = 0
    while isinstance(subject, exp.Paren | exp.BitwiseRightShift):
        if isinstance(subject, exp.BitwiseRightShift):
            by = _number(subject.expression)
            if by is None or not 0 <= by < 63:
                return None
            shift += by
        subject = subject.this
    if not (isinstance(subject, exp.Column) and subject.table == alias and subject.name == key):
        return None
    if low > high:
        return []
    first = LOWEST if low <= LOWEST >> shift else low << shift
    last = HIGHEST if high >= HIGHEST >> shift else (high << shift) | ((1 << shift) - 1)
    return [(first, last)]


def _number(node: exp.Expr) -> int | None:
    while isinstance(node, exp.Paren | exp.Cast):
        node = node.this
    if isinstance(node, exp.Neg):
        inner = _number(node.this)
        return None if inner is None else -inner
    if isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit():
        return int(node.name)
    return None


def _union(intervals: Sequence[Interval]) -> list[Interval]:
    merged: list[Interval] = []
    for low, high in sorted(intervals):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return merged


def _intersection(left: list[Interval], right: list[Interval]) -> list[Interval]:
    found: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        low, high = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if low <= high:
            found.append((low, high))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return found


def prune(partitions: Sequence[Partition], ranges: list[Interval] | None) -> tuple[Partition, ...]:
    """Return the partitions that hold keys of the ranges; all when ``ranges`` is null."""
    if ranges is None:
        return tuple(partitions)
    starts = [low for low, _ in ranges]
    kept = []
    for partition in partitions:
        at = bisect_right(starts, partition.key_max) - 1
        if at >= 0 and ranges[at][1] >= partition.key_min:
            kept.append(partition)
    return tuple(kept)

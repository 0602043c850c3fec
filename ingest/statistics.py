"""Statistics of columns: additive, exact, the same in any order of adding."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from hub.tables.description import Scalar

_ORDERED: tuple[Callable[[pa.DataType], bool], ...] = (
    pa.types.is_string,
    pa.types.is_boolean,
    pa.types.is_date,
    pa.types.is_timestamp,
    pa.types.is_decimal,
)
_WARM_TYPES = ("int8", "int16", "int32", "int64", "float32", "float64")


@dataclass(frozen=True, kw_only=True)
class ColumnStatistics:
    """What is known about the values of a column."""

    nulls: int = 0
    nans: int | None = None
    """Null where the type has no NaN."""

    minimum: Scalar | None = None
    """Without NaN; null when there is no value."""

    maximum: Scalar | None = None
    at_minimum: int = 0
    """Numbers equal to the minimum: sentinels such as -999 show by this."""

    at_maximum: int = 0

    def __add__(self, other: "ColumnStatistics") -> "ColumnStatistics":
        minimum, at_minimum = _extreme(self, other, "minimum", lambda a, b: a < b)
        maximum, at_maximum = _extreme(self, other, "maximum", lambda a, b: a > b)
        has_nans = self.nans is not None or other.nans is not None
        return ColumnStatistics(
            nulls=self.nulls + other.nulls,
            nans=(self.nans or 0) + (other.nans or 0) if has_nans else None,
            minimum=minimum,
            maximum=maximum,
            at_minimum=at_minimum,
            at_maximum=at_maximum,
        )


def _extreme(
    left: ColumnStatistics,
    right: ColumnStatistics,
    name: str,
    is_better: Callable[[Any, Any], bool],
) -> tuple[Scalar | None, int]:
    a, b = getattr(left, name), getattr(right, name)
    counts = getattr(left, f"at_{name}"), getattr(right, f"at_{name}")
    if a is None or b is None:
        return (b, counts[1]) if a is None else (a, counts[0])
    if a == b:
        return a, counts[0] + counts[1]
    return (a, counts[0]) if is_better(a, b) else (b, counts[1])


def _bounds(values: npt.NDArray[Any]) -> tuple[Any, Any, int, int, int]:
    """Return minimum, maximum, how many values equal them, and how many are NaN."""
    low = high = values[0]
    at_low = at_high = nans = 0
    for value in values:
        if value != value:  # only NaN differs from itself
            nans += 1
            continue
        if at_low == 0:
            low = high = value
        if value < low:
            low, at_low = value, 1
        elif value == low:
            at_low += 1
        if value > high:
            high, at_high = value, 1
        elif value == high:
            at_high += 1
    return low, high, at_low, at_high, nans


_find_bounds: Callable[..., tuple[Any, Any, int, int, int]] = njit(nogil=True, cache=True)(_bounds)


def warm_up() -> None:
    """Compile the kernel for every type, before threads start."""
    for name in _WARM_TYPES:
        _find_bounds(np.zeros(1, name))


def columns_with_nan(batches: Sequence[pa.RecordBatch]) -> set[str]:
    """Return the names of the float columns that hold a NaN."""
    found: set[str] = set()
    for batch in batches:
        for field, column in zip(batch.schema, batch.columns, strict=True):
            if field.name in found or not pa.types.is_floating(field.type):
                continue
            values = column.drop_null() if column.null_count else column
            if np.isnan(values.to_numpy(zero_copy_only=True)).any():
                found.add(field.name)
    return found


def _plain_float(value: Any) -> float:
    """Return a float without the sign of zero, which says nothing about order."""
    return float(value) + 0.0


def column_statistics(array: pa.Array) -> ColumnStatistics:
    """Return the statistics of an array; lists have only nulls counted."""
    arrow = array.type
    nulls = array.null_count
    is_float = pa.types.is_floating(arrow)
    nans = 0 if is_float else None
    if nulls == len(array):
        return ColumnStatistics(nulls=nulls, nans=nans)
    if is_float or pa.types.is_integer(arrow):
        values = (array.drop_null() if nulls else array).to_numpy(zero_copy_only=True)
        low, high, at_low, at_high, found = _find_bounds(values)
        if at_low == 0:
            return ColumnStatistics(nulls=nulls, nans=int(found))
        cast: Callable[[Any], Scalar] = _plain_float if is_float else int
        return ColumnStatistics(
            nulls=nulls,
            nans=int(found) if is_float else None,
            minimum=cast(low),
            maximum=cast(high),
            at_minimum=int(at_low),
            at_maximum=int(at_high),
        )
    if any(is_ordered(arrow) for is_ordered in _ORDERED):
        bounds = pc.min_max(array)
        return ColumnStatistics(
            nulls=nulls, minimum=bounds["min"].as_py(), maximum=bounds["max"].as_py()
        )
    return ColumnStatistics(nulls=nulls)

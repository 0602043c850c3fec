"""Numbers that look like "missing": pointed out when the description is silent."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa

from ingest.columns import PlannedColumn
from ingest.statistics import ColumnStatistics

_LOW = (
    -99.0,
    -99.9,
    -99.99,
    -99.999,
    -999.0,
    -999.9,
    -999.99,
    -9999.0,
    -99999.0,
    -32768.0,
    -2147483648.0,
    -9223372036854775808.0,
)
_HIGH = (
    99.0,
    99.9,
    99.99,
    99.999,
    99.9999,
    999.0,
    999.9,
    999.99,
    9999.0,
    9999.99,
    99999.0,
    1e20,
    1e30,
)

_LONG = 1e16
"""Numbers from here on are written with an exponent."""


def sentinel_notes(
    columns: Sequence[PlannedColumn], statistics: Mapping[str, ColumnStatistics]
) -> Iterator[str]:
    """Yield a note for each column whose extreme value is a usual sentinel.

    Whole numbers are looked at from below only: 99 and 999 are usual counts.
    """
    for column in columns:
        found = statistics.get(column.name)
        is_float = pa.types.is_floating(column.type)
        if found is None or not (is_float or pa.types.is_integer(column.type)):
            continue
        suspects: list[tuple[object, int, Sequence[float]]] = [
            (found.minimum, found.at_minimum, _LOW)
        ]
        if is_float:
            suspects.append((found.maximum, found.at_maximum, _HIGH))
        for value, count, known in suspects:
            usual = _usual(value, known, column.type)
            # One 99.0 among many values is a value; several equal ones are not.
            if usual is not None and count > (0 if usual < 0 else 1):
                # As it can be copied to the description: all digits of a whole number.
                written = f"{usual:.0f}" if usual.is_integer() and usual < _LONG else f"{usual:g}"
                yield (
                    f"column {column.original_name} holds {written} {count} times; if it means "
                    "null, list it in the description (null_values)"
                )


def _usual(value: object, known: Sequence[float], arrow: pa.DataType) -> float | None:
    for sentinel in known:
        stored = float(np.float32(sentinel)) if arrow == pa.float32() else sentinel
        if value == stored:
            return sentinel
    return None

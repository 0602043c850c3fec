"""Ranges of axes that nobody gave: from statistics, else from one pass over the values."""

import math

import numpy as np
import pyarrow as pa

from hub.explore import kernels
from hub.explore.arrays import numbers
from hub.tables.description import ColumnDescription

Range = tuple[float, float]


def range_from_statistics(column: ColumnDescription, *, log: bool) -> Range | None:
    """Return the range of a table's column, or null when its statistics do not tell it.

    They do not when they hold an infinity or, for a logarithmic axis, a minimum
    of 0 or less.
    """
    low, high = column.minimum, column.maximum
    if low is None or high is None or isinstance(low, (str, bytes)):
        return None
    ends = float(low), float(high)  # type: ignore[arg-type]  # dates are refused before
    if not all(math.isfinite(end) for end in ends) or (log and ends[0] <= 0):
        return None
    return ends


class RangeFinder:
    """Finds the finite minimum and maximum of columns, positive ones on log axes."""

    def __init__(self, logs: tuple[bool, ...]) -> None:
        self._logs = logs
        self._states = [np.array([np.inf, -np.inf]) for _ in logs]

    def add(self, batch: pa.RecordBatch) -> None:
        """Look at the rows of a batch, which has a column per axis."""
        for array, log, state in zip(batch.columns, self._logs, self._states, strict=True):
            column = numbers(array, "the axis")
            codes = np.zeros(batch.num_rows, np.int32)
            if column.bitmap is not None:
                kernels.mark_nulls(column.bitmap, column.offset, codes)
            kernels.add_range(column.values, codes, 0.0 if log else -np.inf, state)

    def ranges(self) -> list[Range]:
        """Return the range per column; 0 to 1 (1 to 10 on log axes) where there was no value."""
        found = [(float(state[0]), float(state[1])) for state in self._states]
        return [
            ends if ends[0] <= ends[1] else ((1.0, 10.0) if log else (0.0, 1.0))
            for ends, log in zip(found, self._logs, strict=True)
        ]

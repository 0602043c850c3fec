"""`Binner`: Arrow batches in, a grid and the counts of everything outside out."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from hub.explore import kernels
from hub.explore.arrays import Numbers, numbers
from hub.explore.axes import Axis
from hub.explore.counts import Counts, counts_from_tally
from hub.explore.grids import Grid, make_grid
from hub.explore.statistic import Statistic

_BLOCK = 16_384
"""Rows per step: the codes of two axes (128 KiB) stay in the second-level cache."""

_RETRY = 16
"""Batches after which guessing is tried again, when it left too much to a second look."""

_MOST_FRESH_ROWS = 2**32 - 1
"""Rows after which a cell of 32 bits may be full."""


@dataclass(frozen=True, kw_only=True)
class Binned:
    """What the rows made: a finished grid and where every row went."""

    grid: npt.NDArray[Any]
    """Counts int64, else float64; shape (nx) or (ny, nx).

    Cells without rows are 0 for counts and sums and NaN for all other statistics.
    """

    filled: npt.NDArray[np.bool_]
    """Cells with a value, same shape: a sum of 0 is not the same as no rows."""

    counts: Counts
    of_null: int
    """Rows in view whose expression of the statistic is null: in view, but in no cell's value."""

    of_nan: int
    """Rows in view whose expression of the statistic is NaN; as ``of_null``."""


class Binner:
    """Bins rows on one or two axes; several can work at once and be merged.

    Batches have one column per axis and, for all statistics but the count, a
    last one with the values. Memory is that of the grid; batches are read in
    place.
    """

    def __init__(self, x: Axis, y: Axis | None, statistic: Statistic) -> None:
        self._x = x
        self._y = y
        self._statistic = statistic
        cells = x.bins * (y.bins if y else 1)
        self._rows = 0
        self._tally = np.zeros(kernels.CLASSES, np.int64)
        counted = 0 if statistic.needs_expression else cells
        self._counts = np.zeros(counted, np.int64)
        # Half the memory is touched at random, twice as fast; see `_keep_counts`.
        self._fresh = np.zeros(counted, np.uint32)
        self._fresh_rows = 0
        self._grid: Grid | None = (
            make_grid(statistic, cells) if statistic.needs_expression else None
        )
        self._of_null = 0
        self._of_nan = 0
        self._codes = np.empty((2, _BLOCK), np.int32)
        self._cells = np.empty(_BLOCK, np.int32)
        self._unsure = np.empty(0, np.int32)
        self._skips = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Add the rows of a batch.

        Raises
        ------
        NotNumericError
            A column has no place on an axis.
        """
        names = ("x", "y", "the statistic") if self._y else ("x", "the statistic")
        columns = [numbers(array, name) for array, name in zip(batch.columns, names, strict=False)]
        self._fresh_rows += batch.num_rows
        if self._fresh_rows > _MOST_FRESH_ROWS:
            self._keep_counts()
            self._fresh_rows = batch.num_rows
        guess = self._guess_for(columns)
        if guess is not None and self._skips == 0:
            self._add_guessed(columns, guess)
        else:
            self._skips = max(self._skips - 1, 0)
            for first in range(0, batch.num_rows, _BLOCK):
                self._add_located([_part(column, first, _BLOCK) for column in columns])
        self._rows += batch.num_rows

    def merge(self, other: Self) -> None:
        """Add the rows of another binner with the same axes and statistic."""
        other._keep_counts()
        self._rows += other._rows
        self._tally += other._tally
        self._counts += other._counts
        self._of_null += other._of_null
        self._of_nan += other._of_nan
        if self._grid is not None and other._grid is not None:
            self._grid.merge(other._grid)

    def finish(self) -> Binned:
        """Return what the rows so far make; more may be added after."""
        self._keep_counts()
        if self._grid is None:
            grid: npt.NDArray[Any] = self._counts.copy()
            filled = grid > 0
        else:
            grid = self._grid.finish(self._statistic)
            filled = self._grid.filled
        shape = (self._y.bins, self._x.bins) if self._y else (self._x.bins,)
        return Binned(
            grid=grid.reshape(shape),
            filled=filled.reshape(shape),
            counts=counts_from_tally(self._rows, self._tally),
            of_null=self._of_null,
            of_nan=self._of_nan,
        )

    def _keep_counts(self) -> None:
        """Move the fresh counts to where they cannot overflow."""
        self._counts += self._fresh
        self._fresh[:] = 0
        self._fresh_rows = 0

    def _guess_for(self, columns: list[Numbers]) -> "_Guess | None":
        """Return how cells can be guessed in one pass; null where they cannot."""
        if self._y is None or self._grid is not None:
            return None
        single = all(column.values.dtype == np.float32 for column in columns)
        for number in (np.float32, np.float64) if single else (np.float64,):
            x, y = self._x.place(number), self._y.place(number)
            if x is not None and y is not None:
                return _Guess(x=x, y=y, one=number(1), zero=number(0))
        return None

    def _add_guessed(self, columns: list[Numbers], guess: "_Guess") -> None:
        """Count the rows whose cell is sure in one pass, and look at the others again."""
        x, y = columns
        if self._unsure.size < x.values.size:
            self._unsure = np.empty(x.values.size, np.int32)
        unsure = kernels.count_guessed(
            x.values,
            _nulls(x),
            y.values,
            _nulls(y),
            (guess.x, guess.y, np.int32(self._x.bins), guess.one, guess.zero),
            self._cells,
            self._fresh,
            self._tally,
            self._unsure,
        )
        if unsure > x.values.size // 4:
            self._skips = _RETRY
        rows = self._unsure[:unsure]
        for first in range(0, rows.size, _BLOCK):
            self._add_located([_taken(column, rows[first : first + _BLOCK]) for column in columns])

    def _add_located(self, columns: list[Numbers]) -> None:
        size = columns[0].values.size
        x = self._codes[0, :size]
        self._x.locate(columns[0], x)
        if self._y is None:
            self._add_1d(x, columns[-1])
        else:
            y = self._codes[1, :size]
            self._y.locate(columns[1], y)
            self._add_2d(x, y, columns[-1])

    def _add_1d(self, x: npt.NDArray[np.int32], of: Numbers) -> None:
        if self._grid is None:
            kernels.count_1d(x, self._fresh, self._tally)
        else:
            kernels.cells_1d(x, self._tally)
            self._add_values(self._grid, x, of)

    def _add_2d(self, x: npt.NDArray[np.int32], y: npt.NDArray[np.int32], of: Numbers) -> None:
        if self._grid is None:
            kernels.count_2d(x, y, self._x.bins, self._fresh, self._tally)
        else:
            kernels.cells_2d(x, y, self._x.bins, self._tally)
            self._add_values(self._grid, x, of)

    def _add_values(self, grid: Grid, cells: npt.NDArray[np.int32], of: Numbers) -> None:
        if of.bitmap is not None:
            self._of_null += int(kernels.mark_nulls(of.bitmap, of.offset, cells))
        self._of_nan += grid.add(cells, of.values)


@dataclass(frozen=True, kw_only=True)
class _Guess:
    """Both axes as `hub.explore.kernels.guess_cells` takes them."""

    x: tuple[Any, Any, Any, Any]
    y: tuple[Any, Any, Any, Any]
    one: Any
    zero: Any


_NO_BITMAP = np.empty(0, np.uint8)


def _nulls(column: Numbers) -> tuple[npt.NDArray[np.uint8], int]:
    return (_NO_BITMAP if column.bitmap is None else column.bitmap), column.offset


def _taken(column: Numbers, rows: npt.NDArray[np.int32]) -> Numbers:
    """Return some rows of a column, none of them null."""
    values = np.empty(rows.size, column.values.dtype)
    kernels.take(column.values, rows, values)
    return Numbers(values=values, bitmap=None, offset=0)


def _part(column: Numbers, first: int, rows: int) -> Numbers:
    """Return the block of a column that begins with a row."""
    return Numbers(
        values=column.values[first : first + rows],
        bitmap=column.bitmap,
        offset=column.offset + first,
    )

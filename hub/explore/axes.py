"""`Axis`: one axis of a grid with its edges, and the codes of values on it."""

import math
import sys
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from hub.errors import UsageError
from hub.explore import kernels
from hub.explore.arrays import Numbers

_WIDEST_MARGIN = 0.25
"""Bins; with guesses less certain than this every value is searched instead."""


_WIDEST_SINGLE_MARGIN = 0.02
"""Bins; single precision that errs more leaves too many rows to a second look."""

_SINGLE_ROUNDING = 2.0**-24

_WIDEST_STRETCH = 48
"""Bits of a double; 16 stretches to an octave."""

_MOST_STRETCHES = 1 << 18
"""A table of 1 MiB, which a processor's cache still holds."""


class AxisError(UsageError):
    """A range or a number of bins that makes no axis."""


@dataclass(frozen=True, kw_only=True)
class Axis:
    """A linear or logarithmic axis of equal bins, with what there is to say about it.

    Raises
    ------
    AxisError
        The range is empty, not finite, not positive on a logarithmic axis, or
        too narrow for the bins: neighbouring edges would be the same double.
    """

    expression: str
    """Column or expression whose values lie on the axis."""

    low: float
    high: float
    bins: int
    log: bool = False

    unit: str = ""
    """VOUnits text; empty when unknown."""

    ucd: str = ""

    column: str = ""
    """Name of the column when the expression is no more than one, else empty."""

    frame: str = ""
    """Frame such as ``icrs`` when the axis is the table's right ascension or declination."""

    def __post_init__(self) -> None:
        check_range(self.low, self.high, log=self.log, name=self.expression)
        if self.bins < 1:
            raise AxisError(f"{self.expression}: {self.bins} bins; at least one is needed.")
        if not np.all(np.diff(self.edges) > 0):
            raise AxisError(
                f"{self.expression}: the range {self.low!r} to {self.high!r} is too narrow "
                f"for {self.bins} bins of double precision.",
                hint="Take fewer bins or a wider range.",
            )

    @cached_property
    def edges(self) -> npt.NDArray[np.float64]:
        """Edges, float64 of shape (bins + 1), ascending; the ends are low and high exactly."""
        return _edges(self.low, self.high, self.bins, log=self.log)

    @cached_property
    def centres(self) -> npt.NDArray[np.float64]:
        """Middles of the bins, in the logarithm on logarithmic axes."""
        if self.log:
            return np.sqrt(self.edges[:-1]) * np.sqrt(self.edges[1:])
        return 0.5 * self.edges[:-1] + 0.5 * self.edges[1:]

    @property
    def bin_width(self) -> float:
        """Width of a bin; in decades on a logarithmic axis."""
        if self.log:
            return (math.log10(self.high) - math.log10(self.low)) / self.bins
        return (self.high - self.low) / self.bins

    def locate(self, numbers: Numbers, codes: npt.NDArray[np.int32]) -> None:
        """Write the bin or class of each value into ``codes`` (`hub.explore.kernels`).

        Values count as doubles: a bigint beyond 2^53 is rounded to the nearest.
        """
        if self.log:
            unsure = self._look_up(numbers.values, codes)
        else:
            unsure = self._guess(numbers.values, codes)
        if unsure:
            kernels.decide(numbers.values, self.edges, self.log, codes)
        if numbers.bitmap is not None:
            kernels.mark_nulls(numbers.bitmap, numbers.offset, codes)

    def _guess(self, values: npt.NDArray[Any], codes: npt.NDArray[np.int32]) -> bool:
        """Write codes by multiplication; return whether some are left to the edges."""
        if self._scale is None:
            codes[:] = kernels.UNSURE
            return True
        scale, margin = self._scale
        guess = kernels.guess_linear
        return bool(guess(values, self.low, float(self.bins), scale, margin, codes))

    @cached_property
    def _scale(self) -> tuple[float, float] | None:
        """Bins per unit, and how near to an edge a guess may err, in bins.

        Differences, products and edges are each rounded to a few units in the
        last place of the largest number involved; 16 of them are taken. Null
        when no guess would be certain.
        """
        span = self.high - self.low
        largest = max(abs(self.low), abs(self.high), sys.float_info.min)
        scale = self.bins / span
        error = 16 * sys.float_info.epsilon * largest * scale
        if not (0 < scale < math.inf and error < _WIDEST_MARGIN):
            return None
        return scale, max(error, 1e-9)

    def place(self, dtype: npt.DTypeLike) -> tuple[Any, Any, Any, Any] | None:
        """Return (low, scale, bins, margin) for `hub.explore.kernels.guess_cells`.

        Null when the axis is logarithmic, or when guesses in this precision
        would be uncertain too often.
        """
        if self.log or self._scale is None:
            return None
        scale, margin = self._scale
        single = np.dtype(dtype) == np.float32
        if single:
            # Rounding of low, of the difference and of the product, twice over.
            margin += 4 * _SINGLE_ROUNDING * (abs(self.low) * scale + 2 * self.bins)
            is_extreme = not (1e-30 < scale < 1e30 and abs(self.low) < 1e30)
            if is_extreme or margin > _WIDEST_SINGLE_MARGIN:
                return None
        number = np.float32 if single else np.float64
        return number(self.low), number(scale), number(self.bins), number(margin)

    def _look_up(self, values: npt.NDArray[Any], codes: npt.NDArray[np.int32]) -> bool:
        """Write codes of a logarithmic axis; return whether some are left to the edges."""
        if self._table is None:
            codes[:] = kernels.UNSURE
            return True
        first, shift, table = self._table
        doubles = values.astype(np.float64, copy=False)
        bits = doubles.view(np.int64)
        look_up = kernels.look_up_log
        return bool(look_up(doubles, bits, self.edges, first, shift, table, codes))

    @cached_property
    def _table(self) -> tuple[int, int, npt.NDArray[np.int32]] | None:
        """First stretch, bits that a stretch spans, and the bin where each stretch begins.

        Null when stretches with at most one edge each would be too many.
        """
        ends = np.array([self.low, self.high]).view(np.int64).tolist()
        for shift in range(_WIDEST_STRETCH, -1, -1):
            first, last = ends[0] >> shift, ends[1] >> shift
            if last - first >= _MOST_STRETCHES:
                return None
            starts = (np.arange(first, last + 1) << shift).view(np.float64)
            table = np.searchsorted(self.edges, starts, side="right") - 1
            table = np.clip(table, 0, self.bins - 1)
            if np.diff(table, append=self.bins - 1).max() <= 1:
                return int(first), shift, table.astype(np.int32)
        return None


def check_range(low: float, high: float, *, log: bool, name: str) -> None:
    """Raise `AxisError` unless low and high can be the ends of an axis."""
    if not (math.isfinite(low) and math.isfinite(high)):
        raise AxisError(f"{name}: the range {low!r} to {high!r} is not finite.")
    if not low < high:
        raise AxisError(
            f"{name}: the range {low!r} to {high!r} is empty.",
            hint="Give the smaller end first; pictures turn axes by themselves.",
        )
    if log and low <= 0:
        raise AxisError(
            f"{name}: a logarithmic axis cannot begin at {low!r}.",
            hint="Give a range above 0.",
        )


def widened(low: float, high: float, bins: int, *, log: bool) -> tuple[float, float]:
    """Return a range found in data, made wide enough for the bins.

    A range of one value gets half a unit on both sides (a factor of the square
    root of ten on logarithmic axes), or what doubles of its size can resolve.
    """
    if low < high and np.all(np.diff(_edges(low, high, bins, log=log)) > 0):
        return low, high
    if log:
        return low / math.sqrt(10), high * math.sqrt(10)
    half = max(0.5 if low == high else 0.0, 2.0 * bins * math.ulp(max(abs(low), abs(high))))
    return low - half, high + half


def _edges(low: float, high: float, bins: int, *, log: bool) -> npt.NDArray[np.float64]:
    if log:
        edges = np.exp(np.linspace(math.log(low), math.log(high), bins + 1))
        decades = np.logspace(math.log10(low), math.log10(high), bins + 1)
        edges = decades if np.all(np.isfinite(decades)) else edges
    elif math.isfinite(high - low):
        edges = np.linspace(low, high, bins + 1)
    else:
        edges = 2.0 * np.linspace(0.5 * low, 0.5 * high, bins + 1)
    edges[0] = low
    edges[-1] = high
    return edges

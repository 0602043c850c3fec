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
        guess, origin, scale, margin = self._guess
        if guess is None:
            codes[:] = kernels.UNSURE
        else:
            guess(numbers.values, origin, float(self.bins), scale, margin, codes)
        kernels.decide(numbers.values, self.edges, self.log, codes)
        if numbers.bitmap is not None:
            kernels.mark_nulls(numbers.bitmap, numbers.offset, codes)

    @cached_property
    def _guess(self) -> tuple[Any, float, float, float]:
        """Kernel, origin, bins per unit, and how near to an edge a guess may err, in bins.

        Differences, products and edges are each rounded to a few units in the
        last place of the largest number involved; 16 of them are taken.
        """
        if self.log:
            origin = math.log(self.low)
            span = math.log(self.high) - origin
            largest = max(abs(origin), abs(math.log(self.high)), 1.0)
            kernel = kernels.guess_log
        else:
            origin = self.low
            span = self.high - self.low
            largest = max(abs(self.low), abs(self.high))
            kernel = kernels.guess_linear
        scale = self.bins / span if span > 0 else math.inf
        error = 16 * sys.float_info.epsilon * max(largest, sys.float_info.min) * scale
        if not (math.isfinite(scale) and scale > 0 and error < _WIDEST_MARGIN):
            return None, origin, 0.0, 0.0
        return kernel, origin, scale, max(error, 1e-9)


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

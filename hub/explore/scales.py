"""`ColourScale`: which value has which place on a colour map, and the ticks of its bar."""

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from hub.errors import UsageError
from hub.explore.figures import short
from hub.explore.plot import BinnedPlot
from hub.explore.statistic import Statistic
from hub.explore.ticks import Tick, Ticks, linear_ticks, log_ticks

_QUANTILES = 256
_CLIPPED_PERCENT = 0.5
_CLIP_IF_WIDER = 3.0
"""A linear scale is cut at the percentiles when outliers stretch it by this factor."""


class ScaleKind(StrEnum):
    """How values spread over the colours."""

    LINEAR = "linear"
    LOG = "log"
    EQUALISED = "eq_hist"
    """Each colour covers as many cells as any other."""


@dataclass(frozen=True, kw_only=True)
class ColourScale:
    """A monotonic map of values to places on a colour map, 0 to 1, both ways."""

    kind: ScaleKind
    values: npt.NDArray[np.float64]
    """Values at the knots, ascending; the first and last are the ends."""

    places: npt.NDArray[np.float64]
    """Places of the knots; straight lines lie between (in the logarithm for a log scale)."""

    below: int = 0
    """Cells with values below the first end; they have its colour."""

    above: int = 0
    """Cells with values above the last end; they have its colour."""

    def place(self, values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Return the places of values, 0 to 1; NaN stays NaN, values outside go to the ends."""
        numbers = np.asarray(values, np.float64)
        if self.kind is ScaleKind.LOG:
            with np.errstate(divide="ignore", invalid="ignore"):
                return np.interp(np.log(numbers), np.log(self.values), self.places)
        return np.interp(numbers, self.values, self.places)

    def ticks(self) -> Ticks:
        """Return the ticks of the colour bar: real values."""
        low, high = float(self.values[0]), float(self.values[-1])
        match self.kind:
            case ScaleKind.LOG:
                return log_ticks(low, high, most=8)
            case ScaleKind.LINEAR:
                return linear_ticks(low, high)
            case ScaleKind.EQUALISED:
                nearest = np.searchsorted(self.places, np.linspace(0, 1, 6) - 1e-9)
                levels = np.unique(self.values[nearest]).tolist()
                return Ticks(tuple(Tick(level, short(level)) for level in levels))


def plot_scale(
    plot: BinnedPlot, kind: ScaleKind | None = None, *, symmetric: bool = False
) -> ColourScale:
    """Return the scale of a heat map's colours; logarithmic counts, linear statistics.

    Raises
    ------
    UsageError
        As `colour_scale`.
    """
    counts = plot.statistic is Statistic.COUNT
    kind = kind or (ScaleKind.LOG if counts else ScaleKind.LINEAR)
    values = plot.grid[plot.filled & np.isfinite(plot.grid)]
    return colour_scale(kind, values, symmetric=symmetric, cut=not counts)


def colour_scale(
    kind: ScaleKind, values: npt.NDArray[Any], *, symmetric: bool = False, cut: bool = False
) -> ColourScale:
    """Return the scale that spreads values from the smallest to the largest.

    Parameters
    ----------
    values
        The finite values of the filled cells; may be empty.
    symmetric
        Put 0 in the middle, for diverging colour maps; linear scales only.
    cut
        Let a few outliers share the colours of the ends where they would leave
        one colour for all others; linear scales only.

    Raises
    ------
    UsageError
        A logarithmic scale of values that are not all positive.
    """
    if values.size == 0:
        return _between(kind, 1.0, 10.0)
    low, high = float(values.min()), float(values.max())
    if kind is ScaleKind.LOG and low <= 0:
        raise UsageError(
            f"Values down to {low:g} have no place on a logarithmic colour scale.",
            hint="Take a linear or an equalised scale.",
        )
    if kind is ScaleKind.EQUALISED and low < high:
        return _equalised(values)
    if kind is ScaleKind.LINEAR and cut:
        low, high = _ends_without_outliers(values, low, high)
    if kind is ScaleKind.LINEAR and symmetric:
        largest = max(abs(low), abs(high)) or 1.0
        low, high = -largest, largest
    scale = _between(kind, low, high)
    return replace(
        scale, below=int((values < low).sum()), above=int((values > scale.values[-1]).sum())
    )


def _ends_without_outliers(
    values: npt.NDArray[Any], low: float, high: float
) -> tuple[float, float]:
    inner = np.percentile(values, [_CLIPPED_PERCENT, 100 - _CLIPPED_PERCENT]).tolist()
    width = inner[1] - inner[0]
    return (inner[0], inner[1]) if 0 < _CLIP_IF_WIDER * width < high - low else (low, high)


def _between(kind: ScaleKind, low: float, high: float) -> ColourScale:
    if not low < high:
        high = low * 10 if kind is ScaleKind.LOG else low + max(1.0, 4 * math.ulp(low))
    return ColourScale(kind=kind, values=np.array([low, high]), places=np.array([0.0, 1.0]))


def _equalised(values: npt.NDArray[Any]) -> ColourScale:
    """Return the scale of the cumulative distribution, thinned to some hundred knots.

    Equal values share one place, so a map of few different counts keeps them apart.
    """
    different, numbers = np.unique(values, return_counts=True)
    below = np.cumsum(numbers) - numbers
    places = below / below[-1]
    if different.size > _QUANTILES:
        wanted = np.searchsorted(places, np.linspace(0, 1, _QUANTILES))
        kept = np.unique(np.concatenate([wanted, [0, different.size - 1]]))
        different, places = different[kept], places[kept]
    return ColourScale(kind=ScaleKind.EQUALISED, values=different.astype(np.float64), places=places)

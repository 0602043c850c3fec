"""Grids that grow: one accumulator per statistic, each mergeable with its like."""

from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt

from hub.explore import kernels
from hub.explore.statistic import Statistic

Values = npt.NDArray[np.float64]


class Grid(Protocol):
    """State per cell, flat; x runs fastest."""

    def add(self, cells: npt.NDArray[np.int32], values: npt.NDArray[Any]) -> int:
        """Add a value per row to its cell; negative cells are skipped.

        Returns
        -------
            How many rows with a cell had NaN, which enters no statistic.
        """
        ...

    def merge(self, other: Self) -> None:
        """Add the rows of another grid with the same cells."""
        ...

    def finish(self, statistic: Statistic) -> Values:
        """Return the statistic per cell; cells without values give 0 or NaN."""
        ...

    @property
    def filled(self) -> npt.NDArray[np.bool_]:
        """Cells that got at least one value."""
        ...


def make_grid(statistic: Statistic, cells: int) -> Grid:
    """Return an empty grid that can give the statistic; not for counts."""
    match statistic:
        case Statistic.SUM | Statistic.MEAN:
            return SumGrid(cells)
        case Statistic.MIN | Statistic.MAX:
            return ExtremeGrid(cells)
        case Statistic.STD:
            return MomentGrid(cells)
        case Statistic.COUNT:
            raise AssertionError("Counts need no values.")


class SumGrid:
    """Number, compensated sum and its compensation per cell."""

    def __init__(self, cells: int) -> None:
        self._state = np.zeros((cells, 3))

    def add(self, cells: npt.NDArray[np.int32], values: npt.NDArray[Any]) -> int:
        """See `Grid.add`."""
        return int(kernels.add_sums(cells, values, self._state))

    def merge(self, other: Self) -> None:
        """Add both sums without losing the digits that their rounding drops."""
        ours, theirs = self._state, other._state
        with np.errstate(invalid="ignore", over="ignore"):
            total = ours[:, 1] + theirs[:, 1]
            ours_larger = np.abs(ours[:, 1]) >= np.abs(theirs[:, 1])
            large = np.where(ours_larger, ours[:, 1], theirs[:, 1])
            small = np.where(ours_larger, theirs[:, 1], ours[:, 1])
            ours[:, 2] += theirs[:, 2] + ((large - total) + small)
        ours[:, 1] = total
        ours[:, 0] += theirs[:, 0]

    def finish(self, statistic: Statistic) -> Values:
        """Return sums (0 where empty) or means (NaN where empty)."""
        number, total, compensation = self._state.T
        # Once a sum is infinite, its compensation is NaN and means nothing.
        sums = np.where(np.isfinite(total), total + compensation, total)
        if statistic is Statistic.SUM:
            return sums
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(number > 0, sums / number, np.nan)

    @property
    def filled(self) -> npt.NDArray[np.bool_]:
        """See `Grid.filled`."""
        filled: npt.NDArray[np.bool_] = self._state[:, 0] > 0
        return filled


class ExtremeGrid:
    """Number, minimum and maximum per cell."""

    def __init__(self, cells: int) -> None:
        self._state = np.empty((cells, 3))
        self._state[:] = (0.0, np.inf, -np.inf)

    def add(self, cells: npt.NDArray[np.int32], values: npt.NDArray[Any]) -> int:
        """See `Grid.add`."""
        return int(kernels.add_extremes(cells, values, self._state))

    def merge(self, other: Self) -> None:
        """Take the smaller minimum and the larger maximum."""
        self._state[:, 0] += other._state[:, 0]
        np.minimum(self._state[:, 1], other._state[:, 1], out=self._state[:, 1])
        np.maximum(self._state[:, 2], other._state[:, 2], out=self._state[:, 2])

    def finish(self, statistic: Statistic) -> Values:
        """Return minima or maxima; NaN where empty."""
        values = self._state[:, 1 if statistic is Statistic.MIN else 2]
        return np.where(self._state[:, 0] > 0, values, np.nan)

    @property
    def filled(self) -> npt.NDArray[np.bool_]:
        """See `Grid.filled`."""
        filled: npt.NDArray[np.bool_] = self._state[:, 0] > 0
        return filled


class MomentGrid:
    """Number, origin, and the sums of differences to the origin and of their squares."""

    def __init__(self, cells: int) -> None:
        self._state = np.zeros((cells, 4))

    def add(self, cells: npt.NDArray[np.int32], values: npt.NDArray[Any]) -> int:
        """See `Grid.add`."""
        return int(kernels.add_moments(cells, values, self._state))

    def merge(self, other: Self) -> None:
        """Combine by T. F. Chan, G. H. Golub, R. J. LeVeque, COMPSTAT 1982, equation 2.1."""
        ours, theirs = self._state, other._state
        with np.errstate(invalid="ignore", over="ignore"):
            n, m = ours[:, 0], theirs[:, 0]
            number = n + m
            shift = theirs[:, 1] - ours[:, 1]
            step = shift + _ratio(theirs[:, 2], m) - _ratio(ours[:, 2], n)
            about_mean = (
                _about_mean(ours) + _about_mean(theirs) + step * step * _ratio(n * m, number)
            )
            total = ours[:, 2] + theirs[:, 2] + m * shift
            merged = np.stack(
                [number, ours[:, 1], total, about_mean + total * _ratio(total, number)], axis=1
            )
        self._state = np.where((m == 0)[:, None], ours, merged)
        self._state[n == 0] = theirs[n == 0]

    def finish(self, statistic: Statistic) -> Values:
        """Return population standard deviations; NaN where empty."""
        del statistic
        number = self._state[:, 0]
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            squares = np.maximum(_about_mean(self._state), 0.0)
            return np.where(number > 0, np.sqrt(squares / number), np.nan)

    @property
    def filled(self) -> npt.NDArray[np.bool_]:
        """See `Grid.filled`."""
        filled: npt.NDArray[np.bool_] = self._state[:, 0] > 0
        return filled


def _about_mean(state: Values) -> Values:
    """Return the sum of squared differences to the mean, per cell."""
    return state[:, 3] - state[:, 2] * _ratio(state[:, 2], state[:, 0])


def _ratio(numerator: Values, denominator: Values) -> Values:
    """Return the quotient, 0 where the denominator is 0."""
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator != 0)

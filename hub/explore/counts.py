"""`Counts`: where each selected row went; every one exactly once."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from hub.explore import kernels


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Rows in view and rows outside, by the first test that they fail.

    Order of the tests: null, NaN, infinite, non-positive (each of any axis),
    then below or above x, then y.
    """

    in_view: int = 0
    null: int = 0
    nan: int = 0
    infinite: int = 0
    nonpositive: int = 0
    """Zero or less on a logarithmic axis."""

    x_below: int = 0
    x_above: int = 0
    y_below: int = 0
    y_above: int = 0

    @property
    def selected(self) -> int:
        """All rows that came: the sum of all the classes."""
        return sum(getattr(self, field.name) for field in fields(self))


def counts_from_tally(rows: int, tally: npt.NDArray[np.int64]) -> Counts:
    """Return the counts of ``rows`` rows from a kernel's tally of those outside."""

    def outside(kind: int) -> int:
        return int(tally[-kind - 1])

    return Counts(
        in_view=rows - int(tally.sum()),
        null=outside(kernels.NULL),
        nan=outside(kernels.NAN),
        infinite=outside(kernels.INFINITE),
        nonpositive=outside(kernels.NONPOSITIVE),
        x_below=outside(kernels.BELOW),
        x_above=outside(kernels.ABOVE),
        y_below=outside(kernels.Y_BELOW),
        y_above=outside(kernels.Y_ABOVE),
    )

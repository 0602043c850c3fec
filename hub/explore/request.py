"""`PlotRequest`: which binned statistic of which selection is wanted."""

import re
from dataclasses import dataclass

from hub.errors import UsageError
from hub.explore.axes import AxisError, check_range
from hub.explore.statistic import Statistic
from hub.query.selection import Selection

MAX_BINS = 10_000
"""Bins of one axis."""

MAX_CELLS = 16_000_000
"""Cells of a grid: 128 MB of counts."""

HEAT_MAP_BINS = (400, 300)
"""Used when nobody asks: cells of about 2 px in a picture of 830 px."""

HISTOGRAM_BINS = 100

_BINS = re.compile(r"(\d{1,9})(?:x(\d{1,9}))?")


@dataclass(frozen=True, kw_only=True)
class AxisRequest:
    """What lies on an axis, and from where to where.

    Raises
    ------
    AxisError
        The range is empty, not finite, or begins at 0 or less on a log axis.
    """

    expression: str
    """Column, expression, or name of a column that the selection itself makes."""

    log: bool = False
    range: tuple[float, float] | None = None
    """First and last edge; null for the finite minimum and maximum of a table's
    column, or of an expression in the selected rows."""

    def __post_init__(self) -> None:
        if not self.expression.strip():
            raise AxisError("An axis needs a column or an expression.")
        if self.range is not None:
            check_range(*self.range, log=self.log, name=self.expression)


@dataclass(frozen=True, kw_only=True)
class PlotRequest:
    """A histogram (one axis) or a heat map (two) of a statistic.

    Raises
    ------
    UsageError
        The bins are too many, or the statistic and its expression do not fit.
    """

    selection: Selection
    x: AxisRequest
    y: AxisRequest | None = None
    bins: tuple[int, int | None] | None = None
    """Bins of x and of y; null for `HISTOGRAM_BINS` or `HEAT_MAP_BINS`."""

    statistic: Statistic = Statistic.COUNT
    of: str | None = None
    """Expression that the statistic is of; null for counts."""

    fit: bool = False
    """Take ranges that are not given from the selected rows, for plain columns too."""

    def __post_init__(self) -> None:
        columns, rows = self.grid
        for bins in (columns, rows):
            if not 1 <= bins <= MAX_BINS:
                raise UsageError(f"{bins} bins are not possible.", hint=f"Take 1 to {MAX_BINS}.")
        if columns * rows > MAX_CELLS:
            raise UsageError(
                f"{columns} x {rows} bins are too many cells.",
                hint=f"Take at most {MAX_CELLS:,} cells.",
            )
        if self.statistic.needs_expression and not self.of:
            raise UsageError(
                f"The statistic {self.statistic.value} needs a column or an expression (of).",
                hint="Or take the statistic count.",
            )
        if not self.statistic.needs_expression and self.of:
            raise UsageError(
                f"Counts are of rows, not of {self.of}.",
                hint="Take the statistic mean, sum, min, max or std.",
            )

    @property
    def grid(self) -> tuple[int, int]:
        """Bins of x and of y; 1 for the y of a histogram."""
        if self.bins is None:
            return (HISTOGRAM_BINS, 1) if self.y is None else HEAT_MAP_BINS
        x, y = self.bins
        return (x, 1) if self.y is None else (x, y or x)


def parse_bins(text: str) -> tuple[int, int | None]:
    """Return the bins that ``N`` or ``NxM`` (x by y) means.

    Raises
    ------
    UsageError
        The text is neither.
    """
    match = _BINS.fullmatch(text.strip().lower().replace("×", "x"))
    if match is None:
        raise UsageError(f"{text} is no number of bins.", hint="Write 100, or 400x300 (x by y).")
    return int(match[1]), int(match[2]) if match[2] else None


def parse_range(text: str, name: str) -> tuple[float, float]:
    """Return the range that ``A:B`` means.

    Raises
    ------
    UsageError
        The text is not two numbers with a colon between.
    """
    low, colon, high = text.partition(":")
    try:
        ends = float(low), float(high)
    except ValueError as error:
        raise UsageError(f"{text} is no range of {name}.", hint="Write -0.5:4.5.") from error
    if not colon:
        raise UsageError(f"{text} is no range of {name}.", hint="Write -0.5:4.5.")
    return ends

"""What every picture says in words: quantity, cells, sample, and where each row went."""

from dataclasses import dataclass

from hub.explore.axes import Axis
from hub.explore.figures import Number, short, whole
from hub.explore.plot import BinnedPlot
from hub.explore.statistic import Statistic

UNIT_UNKNOWN = "unit unknown"

_QUANTITIES = {
    Statistic.MEAN: "Mean of",
    Statistic.SUM: "Sum of",
    Statistic.MIN: "Minimum of",
    Statistic.MAX: "Maximum of",
    Statistic.STD: "Standard deviation of",
}
_SCALES = {"log": "log scale", "linear": "linear scale", "eq_hist": "equalised scale"}


@dataclass(frozen=True)
class CaptionPart:
    """A run of text in one style."""

    text: str
    bold: bool = False
    raised: bool = False
    """Digits of an exponent."""


@dataclass(frozen=True)
class Caption:
    """A caption as runs of text, so that a page can set the quantity in bold."""

    parts: tuple[CaptionPart, ...]

    @property
    def text(self) -> str:
        """The caption as plain text, with ``^`` before raised digits."""
        return "".join(f"^{part.text}" if part.raised else part.text for part in self.parts)


def caption(plot: BinnedPlot, scale: str | None = None) -> Caption:
    """Return the caption of a plot.

    Parameters
    ----------
    scale
        Scale of the colours, or of the bars of a histogram: ``log``, ``linear``
        or ``eq_hist``; not mentioned when null.
    """
    parts = [CaptionPart(quantity(plot), bold=True), *_cells(plot)]
    if scale is not None:
        parts.append(CaptionPart(f", {_SCALES[scale]}"))
    parts.append(CaptionPart(f", {_rows(plot)}. "))
    parts.append(CaptionPart(" ".join(_sentences(plot))))
    return Caption(tuple(part for part in parts if part.text))


def quantity(plot: BinnedPlot) -> str:
    """Return what a cell or bin says, such as ``Objects per cell``."""
    cell = "cell" if plot.y else "bin"
    if plot.statistic is Statistic.COUNT:
        return f"Objects per {cell}"
    unit = plot.of_unit if plot.of_unit else UNIT_UNKNOWN
    return f"{_QUANTITIES[plot.statistic]} {plot.of} per {cell} [{unit}]"


def _cells(plot: BinnedPlot) -> list[CaptionPart]:
    """Return the size of a cell with its units: `` (0.0135 × 0.0633 mag)``."""
    x = _width(plot.x)
    if plot.y is None:
        return [CaptionPart(" ("), *x, *_unit(plot.x), CaptionPart(" wide)")]
    same = _unit(plot.x) == _unit(plot.y)
    first = x if same else [*x, *_unit(plot.x)]
    size = [*first, CaptionPart(" × "), *_width(plot.y), *_unit(plot.y)]
    return [CaptionPart(" ("), *size, CaptionPart(")")]


def _width(axis: Axis) -> list[CaptionPart]:
    return _parts(short(axis.bin_width))


def _unit(axis: Axis) -> list[CaptionPart]:
    if axis.log:
        return [CaptionPart(" dex")]
    return [CaptionPart(f" {axis.unit}" if axis.unit else f", {UNIT_UNKNOWN}")]


def _parts(number: Number) -> list[CaptionPart]:
    raised = [CaptionPart(number.exponent, raised=True)] if number.exponent else []
    return [CaptionPart(number.text), *raised]


def _rows(plot: BinnedPlot) -> str:
    selected = plot.counts.selected
    kind = f" ({plot.sample})" if plot.sample else ""
    if not plot.exact:
        share = short(100 * plot.fraction).plain
        return f"from {share} % of the rows: {whole(selected)} of {whole(plot.rows_total)}{kind}"
    if selected == plot.rows_total:
        return f"all {whole(selected)} rows"
    return f"{whole(selected)} of {whole(plot.rows_total)} rows selected{kind}"


def _sentences(plot: BinnedPlot) -> list[str]:
    counts = plot.counts
    everything = counts.in_view == counts.selected
    sentences = ["All in view." if everything else f"In view {whole(counts.in_view)}."]
    outside = [
        *_outside(plot.x.expression, counts.x_below, counts.x_above),
        *_outside(plot.y.expression if plot.y else "", counts.y_below, counts.y_above),
    ]
    unplaced = [
        f"{whole(number)} {word}"
        for number, word in (
            (counts.null, "null"),
            (counts.nan, "NaN"),
            (counts.infinite, "infinite"),
            (counts.nonpositive, "zero or negative on a log axis"),
        )
        if number
    ]
    if outside:
        sentences.append(f"Outside: {', '.join(outside)}.")
    if unplaced:
        sentences.append(f"Without a place: {', '.join(unplaced)}.")
    valueless = [
        f"{whole(number)} {word}"
        for number, word in ((plot.of_null, "null"), (plot.of_nan, "NaN"))
        if number
    ]
    if valueless:
        sentences.append(f"In view without a value of {plot.of}: {', '.join(valueless)}.")
    sentences.append("Lower edges belong to a bin, the last upper one too.")
    return sentences


def _outside(name: str, below: int, above: int) -> list[str]:
    """Return ``12 below and 3 above bp_rp``, without what is zero."""
    ends = [
        f"{whole(number)} {side}" for number, side in ((below, "below"), (above, "above")) if number
    ]
    return [f"{' and '.join(ends)} {name}"] if ends else []

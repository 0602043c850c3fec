"""What every picture says in words: quantity, cells, sample, and where each row went."""

from dataclasses import dataclass

from hub.explore.axes import Axis
from hub.explore.figures import Number, short, whole
from hub.explore.plot import BinnedPlot
from hub.explore.scales import ColourScale, ScaleKind, plot_scale
from hub.explore.statistic import Statistic

UNIT_UNKNOWN = "unit unknown"

_QUANTITIES = {
    Statistic.MEAN: "Mean of",
    Statistic.SUM: "Sum of",
    Statistic.MIN: "Minimum of",
    Statistic.MAX: "Maximum of",
    Statistic.STD: "Standard deviation of",
}
_SCALES = {
    ScaleKind.LOG: "log scale",
    ScaleKind.LINEAR: "linear scale",
    ScaleKind.EQUALISED: "equalised scale",
}


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


def caption(
    plot: BinnedPlot, scale: ColourScale | None = None, *, log_bars: bool = False
) -> Caption:
    """Return the caption of a plot.

    Parameters
    ----------
    scale
        Scale of a heat map's colours; null for the one it has by default.
    log_bars
        Whether the bars of a histogram are logarithmic.
    """
    parts = [CaptionPart(quantity(plot), bold=True), *_cells(plot)]
    sentences = _sentences(plot)
    if plot.y is not None:
        scale = scale or plot_scale(plot)
        parts.append(CaptionPart(f", {_SCALES[scale.kind]}"))
        sentences = [*_cut_colours(scale), *sentences]
    elif log_bars:
        parts.append(CaptionPart(f", {_SCALES[ScaleKind.LOG]}"))
    parts.append(CaptionPart(f", {_rows(plot)}. "))
    parts.append(CaptionPart(" ".join(sentences)))
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


def _cut_colours(scale: ColourScale) -> list[str]:
    """Return how many cells have the colour of an end without its value."""
    if not scale.below and not scale.above:
        return []
    low, high = (short(float(end)).plain for end in scale.values[[0, -1]])
    cells = [
        f"{whole(number)} {side}"
        for number, side in ((scale.below, "below"), (scale.above, "above"))
        if number
    ]
    return [f"Colours end at {low} and {high}; cells beyond: {', '.join(cells)}."]


def _outside(name: str, below: int, above: int) -> list[str]:
    """Return ``12 below and 3 above bp_rp``, without what is zero."""
    ends = [
        f"{whole(number)} {side}" for number, side in ((below, "below"), (above, "above")) if number
    ]
    return [f"{' and '.join(ends)} {name}"] if ends else []

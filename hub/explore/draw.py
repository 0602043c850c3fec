"""Pictures of binned plots as PNG; loads Matplotlib and Datashader.

Text is never scaled: ask for a picture in the width it is shown in (`WIDTHS`)
and the density of the screen.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from hub.errors import UsageError
from hub.explore import shading
from hub.explore.axes import Axis
from hub.explore.canvas import DRAWING, Canvas, wrap
from hub.explore.captions import UNIT_UNKNOWN, caption, quantity
from hub.explore.colour_bar import EMPTY, bar_room, draw_colour_bar
from hub.explore.colours import Theme, find_theme, rgba
from hub.explore.frame import (
    Box,
    DrawnAxis,
    bottom_room,
    draw_axes,
    left_room,
    most_ticks,
    top_room,
)
from hub.explore.orientation import is_sky, points_down, runs_left
from hub.explore.plot import BinnedPlot
from hub.explore.scales import ScaleKind, plot_scale
from hub.explore.statistic import Statistic
from hub.explore.ticks import linear_ticks, log_ticks

WIDTHS = (350, 600, 830, 1190)
"""Widths of pictures in CSS pixels; pages ask for the one that fits."""

_EDGE = 10.0
_LEAST_HEIGHT = 120.0
_LARGEST_HEIGHT = 500
_CAPTION_LINE = 19.0
_CAPTION_SIZE = 13.0
_BAR_SPACE = 0.6
"""Gap between the bars of a histogram, CSS pixels."""


@dataclass(frozen=True, kw_only=True)
class Style:
    """How a plot is drawn; nothing here changes what it says."""

    theme: str = "light"
    width_px: int = 600
    height_px: int | None = None
    """Height of the picture without a caption; null for the usual proportion."""

    scale: int = 1
    """Device pixels per CSS pixel, 1 or 2."""

    colours: str | None = None
    """Colour map; null for ``tide`` (counts) or ``ember`` (all else)."""

    colour_scale: ScaleKind | None = None
    """Null for logarithmic counts and linear statistics."""

    log_counts: bool = False
    """Logarithmic bars of a histogram."""

    caption: bool = False
    """Write the caption below the plot, for pictures that leave the page."""


def draw_png(
    plot: BinnedPlot,
    *,
    theme: str = "light",
    width_px: int = 600,
    height_px: int | None = None,
    scale: int = 1,
    **more: Any,
) -> bytes:
    """Return a picture of a plot; ``more`` are further fields of `Style`.

    Its metadata (iTXt) hold the caption, the numbers and where the rows come
    from.

    Raises
    ------
    UsageError
        A theme, colour map or size that does not exist, or a logarithmic colour
        scale of values that are not positive.
    """
    style = Style(theme=theme, width_px=width_px, height_px=height_px, scale=scale, **more)
    check_size(style.width_px, style.height_px, style.scale)
    return _draw_histogram(plot, style) if plot.y is None else _draw_heat_map(plot, plot.y, style)


def check_size(width_px: int, height_px: int | None, scale: int) -> None:
    """Raise `UsageError` unless a picture of this size can be drawn."""
    check_scale(scale)
    if not 200 <= width_px <= 4000 or not 100 <= (height_px or 100) <= 4000:
        raise UsageError(
            f"A picture of {width_px} × {height_px} pixels cannot be drawn.",
            hint="Take 200 to 4000 pixels in width and 100 to 4000 in height.",
        )


def check_scale(scale: int) -> None:
    """Raise `UsageError` unless a picture may have so many device pixels per pixel."""
    if scale not in (1, 2):
        raise UsageError(f"A picture has 1 or 2 device pixels per pixel, not {scale}.")


def _draw_heat_map(plot: BinnedPlot, y_axis: Axis, style: Style) -> bytes:
    theme = find_theme(style.theme)
    colours = style.colours or ("tide" if plot.statistic is Statistic.COUNT else "ember")
    shown = plot.filled & np.isfinite(plot.grid)
    scale = plot_scale(plot, style.colour_scale, symmetric=colours == "shore")
    x = _drawn(plot.x, flipped=runs_left(plot.x), most=most_ticks(style.width_px))
    y = _drawn(y_axis, flipped=points_down(y_axis), most=7)
    bar_ticks = scale.ticks()
    box, height = _heat_map_box(plot, y_axis, style, left_room(y), bar_room(bar_ticks))
    places = np.where(shown, scale.place(plot.grid), np.nan)
    cells = shading.shade(places, colours, theme.name)
    # Pictures begin at the top, grids at the bottom.
    cells = cells if points_down(y_axis) else cells[::-1]
    cells = cells[:, ::-1] if runs_left(plot.x) else cells
    pixels = shading.nearest(cells, _device(box.width, style), _device(box.height, style))
    text = caption(plot, scale)
    with DRAWING:
        canvas, lines = _canvas(style, height, text.text, _origin_line(plot), theme)
        canvas.image(box.left, box.top, shading.on_ground(pixels, rgba(theme.plot)))
        draw_axes(canvas, box, x, y, theme)
        title = quantity(plot)
        empty = "0" if plot.statistic is Statistic.COUNT else EMPTY
        title = title[0].lower() + title[1:]
        draw_colour_bar(canvas, box, scale, bar_ticks, colours, theme, title, empty)
        _write_caption(canvas, lines, height, theme)
        return canvas.png(_texts(plot, text.text))


def _draw_histogram(plot: BinnedPlot, style: Style) -> bytes:
    theme = find_theme(style.theme)
    shown = plot.filled & np.isfinite(plot.grid)
    values = np.where(shown, plot.grid, np.nan).astype(float)
    low, high, log = _bar_range(plot, values[shown], log=style.log_counts)
    ticks = log_ticks(low, high) if log else linear_ticks(low, high)
    x = _drawn(plot.x, flipped=runs_left(plot.x), most=most_ticks(style.width_px))
    name, _, unit = quantity(plot).partition(" [")
    y = DrawnAxis(
        name=name[0].lower() + name[1:],
        unit=unit.rstrip("]"),
        ticks=ticks,
        place=_place(low, high, log=log, flipped=False),
    )
    box, height = _histogram_box(style, left_room(y))
    text = caption(plot, log_bars=log)
    with DRAWING:
        canvas, lines = _canvas(style, height, text.text, _origin_line(plot), theme)
        canvas.rectangle(box.left, box.top, box.width, box.height, fill=theme.plot)
        grid = [box.bottom - box.height * y.place(tick.value) for tick in ticks.major]
        canvas.lines([[(box.left, at), (box.right, at)] for at in grid], colour=theme.grid)
        canvas.polygons(_bars(plot, values, box, x, y, low), fill=theme.bar)
        draw_axes(canvas, box, x, y, theme)
        _write_caption(canvas, lines, height, theme)
        return canvas.png(_texts(plot, text.text))


def _drawn(axis: Axis, *, flipped: bool, most: int) -> DrawnAxis:
    ticks = (
        log_ticks(axis.low, axis.high, most=most)
        if axis.log
        else linear_ticks(axis.low, axis.high, degrees=axis.unit == "deg", most=most)
    )
    frame = f", {axis.frame.upper()}" if axis.frame else ""
    return DrawnAxis(
        name=f"{axis.expression}{frame}",
        unit=axis.unit or UNIT_UNKNOWN,
        ticks=ticks,
        place=_place(axis.low, axis.high, log=axis.log, flipped=flipped),
    )


def _place(low: float, high: float, *, log: bool, flipped: bool) -> Callable[[float], float]:
    """Return the function from values to 0 (left, lower) … 1 (right, upper)."""
    function = math.log if log else float
    start, stop = function(low), function(high)

    def place(value: float) -> float:
        share = (function(value) - start) / (stop - start)
        return 1.0 - share if flipped else share

    return place


def _heat_map_box(
    plot: BinnedPlot, y: Axis, style: Style, left: float, right: float
) -> tuple[Box, int]:
    """Return the plot area and the height of the picture."""
    left = math.ceil(left)
    width = math.floor(style.width_px - left - right)
    around = top_room() + bottom_room() + 4
    usual = min(round(width * 2 / 3), _LARGEST_HEIGHT)
    height = (style.height_px - around) if style.height_px else usual
    if is_sky(plot.x, y):
        # True to scale at the centre: a degree of RA is shorter by cos(dec).
        middle = math.cos(math.radians((y.low + y.high) / 2))
        true = (plot.x.high - plot.x.low) * max(middle, 0.01) / (y.high - y.low)
        tallest = height if style.height_px else _LARGEST_HEIGHT
        height = min(max(width / true, _LEAST_HEIGHT), tallest)
        width = max(min(width, round(height * true)), round(0.4 * width))
    height = math.floor(height)
    picture = style.height_px or math.ceil(height + around)
    return Box(left=left, top=top_room(), width=width, height=height), picture


def _histogram_box(style: Style, left: float) -> tuple[Box, int]:
    left = math.ceil(left)
    width = math.floor(style.width_px - left - _EDGE - 6)
    around = top_room() + bottom_room() + 4
    height = math.floor(style.height_px - around if style.height_px else width / 2)
    picture = style.height_px or math.ceil(height + around)
    return Box(left=left, top=top_room(), width=width, height=height), picture


def _device(length: float, style: Style) -> int:
    return round(length * style.scale)


def _canvas(
    style: Style, height: int, text: str, origin: str, theme: Theme
) -> tuple[Canvas, list[str]]:
    """Return a canvas with room for the caption, and the caption's lines."""
    width = style.width_px - 2 * _EDGE
    lines: list[str] = []
    if style.caption:
        lines += wrap(text, _CAPTION_SIZE, width)
        lines += wrap(origin, _CAPTION_SIZE, width, most=len(origin))
    room = math.ceil(len(lines) * _CAPTION_LINE + 16) if lines else 0
    return Canvas(style.width_px, height + room, style.scale, theme.panel), lines


def _write_caption(canvas: Canvas, lines: list[str], top: float, theme: Theme) -> None:
    for number, line in enumerate(lines):
        y = top + 8 + (number + 0.7) * _CAPTION_LINE
        canvas.text(_EDGE, y, line, size=_CAPTION_SIZE, colour=theme.ink_2)


def _bar_range(plot: BinnedPlot, values: Any, *, log: bool) -> tuple[float, float, bool]:
    """Return the ends of the vertical axis of a histogram, and whether it is logarithmic.

    Counts and sums begin at 0, other statistics near their smallest value.
    """
    if values.size == 0:
        return 0.0, 1.0, False
    low, high = float(values.min()), float(values.max())
    if log and low > 0:
        return low / 2, max(high * 1.3, low * 10), True
    if plot.statistic in (Statistic.COUNT, Statistic.SUM):
        low, high = min(low, 0.0), max(high, 0.0)
    room = 0.05 * (high - low) or max(1.0, abs(high)) * 0.05
    return (low if low == 0 else low - room), (high if high == 0 else high + room), False


def _bars(plot: BinnedPlot, values: Any, box: Box, x: DrawnAxis, y: DrawnAxis, low: float) -> Any:
    """Return the corners of the bars, shape (bars, 4, 2)."""
    drawn = np.flatnonzero(~np.isnan(values))
    places = np.array([x.place(edge) for edge in plot.x_edges.tolist()]) * box.width + box.left
    left = np.minimum(places[:-1], places[1:])[drawn]
    right = np.maximum(places[:-1], places[1:])[drawn]
    gap = np.where(right - left > 3 * _BAR_SPACE, _BAR_SPACE / 2, 0.0)
    floor = box.bottom - box.height * y.place(max(low, 0.0) if low <= 0 else low)
    tops = box.bottom - box.height * np.array([y.place(value) for value in values[drawn].tolist()])
    corners = np.empty((drawn.size, 4, 2))
    corners[:, 0, 0] = corners[:, 3, 0] = left + gap
    corners[:, 1, 0] = corners[:, 2, 0] = right - gap
    corners[:, :2, 1] = floor
    corners[:, 2:, 1] = tops[:, None]
    return corners


def _origin_line(plot: BinnedPlot) -> str:
    """Return whence a picture comes, in a line that finds the selection again."""
    origin = plot.origin
    short_id = f"selection {origin.selection_id[:12]}"
    parts = (origin.table, short_id, origin.engine, origin.created[:10], origin.software)
    return " · ".join(part for part in parts if part)


def _texts(plot: BinnedPlot, text: str) -> dict[str, str]:
    """Return the metadata of a picture; the keys are those of the PNG standard, and our own."""
    origin = plot.origin
    return {
        "Title": f"{quantity(plot)}: {origin.table}",
        "Description": text,
        "Source": origin.table,
        "Software": origin.software,
        "Creation Time": origin.created,
        "Selection": origin.words,
        "Citation": "; ".join(origin.citations),
        "hub:meta": plot.meta_text,
    }

"""Pictures of where a table's rows lie: the whole sky, or the field of a small survey."""

import math

import numpy as np

from hub.explore import shading
from hub.explore.canvas import DRAWING, Canvas
from hub.explore.captions import Caption, CaptionPart
from hub.explore.colour_bar import bar_room, draw_colour_bar
from hub.explore.colours import Theme, find_theme, rgba
from hub.explore.density import SkyDensity
from hub.explore.draw import check_size
from hub.explore.figures import short, whole
from hub.explore.frame import (
    Box,
    DrawnAxis,
    bottom_room,
    draw_axes,
    left_room,
    most_ticks,
    top_room,
)
from hub.explore.scales import ColourScale, ScaleKind, colour_scale
from hub.explore.sky_views import Field, Floats, mollweide, small_field, to_mollweide, values_at
from hub.explore.ticks import Tick, Ticks, linear_ticks

_ROWS_PER_PIXEL = 6.0
"""Rows that a drawn pixel has on average: fewer show more noise than sky."""

_HIGHEST_ALL_SKY = 8
_TALLEST = 500.0
_SHORTEST = 120.0
_EDGE = 10.0


def sky_density_png(
    density: SkyDensity, *, theme: str = "light", width_px: int = 600, scale: int = 1
) -> bytes:
    """Return a map of rows per square degree: Mollweide, or a field of a small survey.

    Raises
    ------
    UsageError
        A theme or size that does not exist.
    """
    check_size(width_px, None, scale)
    colours = find_theme(theme)
    drawn, field = _drawn(density)
    values = drawn.counts / drawn.pixel_deg2
    places = colour_scale(ScaleKind.LOG, values)
    if field is None:
        return _whole_sky(density, drawn, places, colours, width_px, scale)
    return _field(density, drawn, places, field, colours, width_px, scale)


def density_caption(density: SkyDensity) -> Caption:
    """Return what the map of a density says."""
    drawn, field = _drawn(density)
    unplaced = density.rows_total - density.rows_placed
    without = f", {whole(unplaced)} of them without a position" if unplaced else ""
    view = (
        "Mollweide, equal area, RA 0° at the centre and increasing to the left"
        if field is None
        else "RA increasing to the left, true to scale at the centre"
    )
    cell = short(drawn.pixel_deg2)
    return Caption(
        (
            CaptionPart("Objects per deg²", bold=True),
            CaptionPart(f", log scale, all {whole(density.rows_total)} rows{without}. "),
            CaptionPart(f"Cells of {cell.text}"),
            *([CaptionPart(cell.exponent, raised=True)] if cell.exponent else []),
            CaptionPart(f" deg² (HEALPix order {drawn.order}), ICRS; {view}."),
        )
    )


def _drawn(density: SkyDensity) -> tuple[SkyDensity, Field | None]:
    """Return the density at the order that is drawn, and the field unless it is all sky."""
    coarse = density.filled_at_least(_ROWS_PER_PIXEL)
    field = small_field(coarse) if coarse.pixels.size else None
    if field is None:
        coarse = coarse.at_order(_HIGHEST_ALL_SKY)
    return coarse, field


def _whole_sky(
    density: SkyDensity,
    drawn: SkyDensity,
    scale: ColourScale,
    theme: Theme,
    width_px: int,
    density_scale: int,
) -> bytes:
    ticks = scale.ticks()
    width = math.floor(width_px - 2 * _EDGE - bar_room(ticks))
    box = Box(left=_EDGE, top=_EDGE, width=width, height=width // 2)
    ra, dec, on_sky = mollweide(width * density_scale, round(box.height) * density_scale)
    values = np.where(on_sky, values_at(drawn, ra, dec), np.nan)
    pixels = shading.shade(scale.place(values), "tide", theme.name)
    sky, panel = np.array(rgba(theme.plot), np.uint8), np.array(rgba(theme.panel), np.uint8)
    ground = np.where(on_sky[..., None], sky, panel)
    pixels = np.where(pixels[..., 3:] == 0, ground, pixels)
    with DRAWING:
        canvas = Canvas(width_px, math.ceil(box.bottom + 28), density_scale, theme.panel)
        canvas.image(box.left, box.top, pixels)
        _draw_graticule(canvas, box, theme)
        draw_colour_bar(canvas, box, scale, ticks, "tide", theme, "objects per deg²", "0")
        return canvas.png(_texts(density))


def _draw_graticule(canvas: Canvas, box: Box, theme: Theme) -> None:
    steps = np.linspace(-1.0, 1.0, 181)
    meridians = [
        to_mollweide(np.full(181, ra), 90 * steps) for ra in (-120.0, -60.0, 0.0, 60.0, 120.0)
    ]
    parallels = [
        to_mollweide(180 * steps, np.full(181, dec)) for dec in (-60.0, -30.0, 0.0, 30.0, 60.0)
    ]
    edge = np.linspace(0, 2 * np.pi, 361)
    canvas.lines(
        [_on_box(box, *line) for line in meridians + parallels],
        colour=theme.ink_3,
        width=0.5,
        crisp=False,
        opacity=0.35,
    )
    outline = _on_box(box, np.cos(edge), np.sin(edge))
    canvas.lines([outline], colour=theme.ink_3, crisp=False)


def _on_box(box: Box, x: Floats, y: Floats) -> Floats:
    return np.stack(
        [box.left + (x + 1) / 2 * box.width, box.top + (1 - y) / 2 * box.height], axis=1
    )


def _field(
    density: SkyDensity,
    drawn: SkyDensity,
    scale: ColourScale,
    field: Field,
    theme: Theme,
    width_px: int,
    density_scale: int,
) -> bytes:
    ticks = scale.ticks()
    low, high = field.ra_middle - field.half_width, field.ra_middle + field.half_width
    x = DrawnAxis(
        name="RA, ICRS",
        unit="deg",
        ticks=_wrapped(linear_ticks(low, high, most=most_ticks(width_px))),
        place=lambda value: (high - value) / (high - low),
    )
    y = DrawnAxis(
        name="Dec, ICRS",
        unit="deg",
        ticks=linear_ticks(field.dec_min, field.dec_max),
        place=lambda value: (value - field.dec_min) / (field.dec_max - field.dec_min),
    )
    left = math.ceil(left_room(y))
    width = math.floor(width_px - left - bar_room(ticks))
    true = (high - low) * field.stretch / (field.dec_max - field.dec_min)
    height = math.floor(min(max(width / true, _SHORTEST), _TALLEST))
    width = min(width, max(round(height * true), width // 3))
    box = Box(left=left, top=top_room(), width=width, height=height)
    columns, rows = width * density_scale, height * density_scale
    ra = (high - (np.arange(columns) + 0.5) / columns * (high - low)) % 360.0
    dec = field.dec_max - (np.arange(rows) + 0.5) / rows * (field.dec_max - field.dec_min)
    values = values_at(drawn, *np.broadcast_arrays(ra[None, :], dec[:, None]))
    pixels = shading.shade(scale.place(values), "tide", theme.name)
    with DRAWING:
        picture = math.ceil(box.bottom + bottom_room() + 4)
        canvas = Canvas(width_px, picture, density_scale, theme.panel)
        canvas.image(box.left, box.top, shading.on_ground(pixels, rgba(theme.plot)))
        draw_axes(canvas, box, x, y, theme)
        draw_colour_bar(canvas, box, scale, ticks, "tide", theme, "objects per deg²", "0")
        return canvas.png(_texts(density))


def _wrapped(ticks: Ticks) -> Ticks:
    """Return ticks of right ascension with labels from 0 to 360."""
    return Ticks(
        tuple(
            Tick(
                tick.value,
                short(tick.value % 360.0, 7) if not 0 <= tick.value < 360 else tick.label,
            )
            for tick in ticks.major
        )
    )


def _texts(density: SkyDensity) -> dict[str, str]:
    return {"Title": "Sky density", "Description": density_caption(density).text}

"""Pictures of where a table's rows lie: the whole sky, or the field of a small survey."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

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
from hub.explore.ticks import Tick, Ticks, linear_ticks
from hub.sky.healpix import keys, pixels_of_keys

_ROWS_PER_PIXEL = 6.0
"""Rows that a drawn pixel has on average: fewer show more noise than sky."""

_SMALL_DEG2 = 8_000.0
"""Surveys up to this area are drawn as a field, if they are one field."""

_FIELD_WIDTH_DEG = 140.0
"""Largest width of a field on the sky."""

_FIELD_HEIGHT_DEG = 75.0

_HIGHEST_ALL_SKY = 8
_TALLEST = 500.0
_SHORTEST = 120.0
_EDGE = 10.0

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Field:
    """A rectangle in ICRS longitude and latitude, degrees."""

    ra_middle: float
    half_width: float
    """In degrees of right ascension."""

    dec_min: float
    dec_max: float

    @property
    def stretch(self) -> float:
        """Degrees of sky per degree of right ascension at the centre."""
        return math.cos(math.radians((self.dec_min + self.dec_max) / 2))


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
    field = _small_field(coarse) if coarse.pixels.size else None
    if field is None:
        coarse = coarse.at_order(_HIGHEST_ALL_SKY)
    return coarse, field


def _small_field(density: SkyDensity) -> Field | None:
    """Return the field around all pixels, or null when it would be most of the sky."""
    if density.covered_deg2 > _SMALL_DEG2:
        return None
    ra, dec = density.positions()
    ordered = np.sort(ra)
    gaps = np.diff(np.append(ordered, ordered[0] + 360.0))
    widest = int(gaps.argmax())
    size = math.sqrt(density.pixel_deg2)
    start = ordered[(widest + 1) % ordered.size]
    half = (360.0 - gaps[widest]) / 2
    low, high = float(dec.min()), float(dec.max())
    stretch = max(math.cos(math.radians((low + high) / 2)), 0.02)
    half += 0.04 * half + size / stretch
    pad = 0.04 * (high - low) + size
    too_wide = 2 * half * stretch > _FIELD_WIDTH_DEG or half > 90
    if too_wide or high - low > _FIELD_HEIGHT_DEG or max(-low, high) + pad > 89:
        return None
    return Field(
        ra_middle=(start + (360.0 - gaps[widest]) / 2) % 360.0,
        half_width=half,
        dec_min=low - pad,
        dec_max=high + pad,
    )


def _values_at(density: SkyDensity, ra: Floats, dec: Floats) -> Floats:
    """Return rows per square degree at positions; NaN where there are none."""
    pixels = pixels_of_keys(keys(ra.ravel(), dec.ravel()), density.order)
    at = np.minimum(np.searchsorted(density.pixels, pixels), max(density.pixels.size - 1, 0))
    if density.pixels.size == 0:
        return np.full(ra.shape, np.nan)
    values = np.where(density.pixels[at] == pixels, density.counts[at] / density.pixel_deg2, np.nan)
    return values.reshape(ra.shape)


@lru_cache(maxsize=8)
def _mollweide(width: int, height: int) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Return right ascension and declination of device pixels, and which lie on the sky.

    J. P. Snyder, Map Projections: A Working Manual (1987), equations 31-5 to 31-8.
    """
    x = (np.arange(width) + 0.5) / width * 2 - 1
    y = 1 - (np.arange(height) + 0.5) / height * 2
    theta = np.arcsin(y)[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        longitude = 180.0 * x[None, :] / np.cos(theta)
    on_sky = np.abs(longitude) <= 180.0
    latitude = np.degrees(np.arcsin((2 * theta + np.sin(2 * theta)) / np.pi))
    ra = np.where(on_sky, -longitude % 360.0, 0.0)
    dec = np.where(on_sky, np.broadcast_to(latitude, ra.shape), 0.0)
    return ra, dec, on_sky


def _to_mollweide(longitude: Floats, latitude: Floats) -> tuple[Floats, Floats]:
    """Return x and y, -1 to 1, of longitudes (-180 to 180, leftwards) and latitudes in degrees."""
    goal = np.pi * np.sin(np.radians(latitude))
    theta = np.radians(latitude)
    for _ in range(30):
        slope = np.maximum(2 + 2 * np.cos(2 * theta), 1e-9)
        theta = np.clip(
            theta - (2 * theta + np.sin(2 * theta) - goal) / slope, -np.pi / 2, np.pi / 2
        )
    return -longitude / 180.0 * np.cos(theta), np.sin(theta)


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
    ra, dec, on_sky = _mollweide(width * density_scale, round(box.height) * density_scale)
    values = np.where(on_sky, _values_at(drawn, ra, dec), np.nan)
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
        _to_mollweide(np.full(181, ra), 90 * steps) for ra in (-120.0, -60.0, 0.0, 60.0, 120.0)
    ]
    parallels = [
        _to_mollweide(180 * steps, np.full(181, dec)) for dec in (-60.0, -30.0, 0.0, 30.0, 60.0)
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
    values = _values_at(drawn, *np.broadcast_arrays(ra[None, :], dec[:, None]))
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

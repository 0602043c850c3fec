"""Small pictures of where a table's rows lie, for lists: density alone, without text."""

import numpy as np

from hub.explore import shading
from hub.explore.canvas import DRAWING, Canvas
from hub.explore.colours import Theme, find_theme, rgba
from hub.explore.density import SkyDensity
from hub.explore.draw import check_scale
from hub.explore.scales import ScaleKind, colour_scale
from hub.explore.shading import Pixels
from hub.explore.sky_views import Field, Floats, mollweide, small_field, values_at

WIDTH, HEIGHT = 148, 84
"""Of the pictures, in CSS pixels."""

_ROWS_PER_PIXEL = 6.0
_HIGHEST_ALL_SKY = 5
"""HEALPix pixels of 1.8°: a pixel of the picture is 2.6° wide."""

_EDGE = 4


def thumbnail_png(density: SkyDensity, *, theme: str = "light", scale: int = 1) -> bytes:
    """Return a picture of `WIDTH` × `HEIGHT`: the whole sky, or the field of a small survey.

    Raises
    ------
    UsageError
        A theme or scale that does not exist.
    """
    check_scale(scale)
    colours = find_theme(theme)
    coarse = density.filled_at_least(_ROWS_PER_PIXEL)
    field = small_field(coarse) if coarse.pixels.size else None
    with DRAWING:
        canvas = Canvas(WIDTH, HEIGHT, scale, colours.plot)
        if field is None:
            _draw_sky(canvas, coarse.at_order(_HIGHEST_ALL_SKY), colours)
        else:
            canvas.image(0, 0, _shaded(_values_in(field, coarse, scale), colours))
        return canvas.png({"Title": "Sky density"})


def _draw_sky(canvas: Canvas, density: SkyDensity, theme: Theme) -> None:
    """Draw the sky in Mollweide's ellipse, with an edge: it may be empty anywhere."""
    width, height = WIDTH - 2 * _EDGE, WIDTH // 2 - _EDGE
    top = (HEIGHT - height) / 2
    ra, dec, on_sky = mollweide(width * canvas.scale, height * canvas.scale)
    values = np.where(on_sky, values_at(density, ra, dec), np.nan)
    canvas.image(_EDGE, top, _shaded(values, theme))
    angle = np.linspace(0, 2 * np.pi, 181)
    x = WIDTH / 2 + width / 2 * np.cos(angle)
    y = HEIGHT / 2 + height / 2 * np.sin(angle)
    canvas.lines([np.stack([x, y], axis=1)], colour=theme.line, crisp=False)


def _values_in(field: Field, density: SkyDensity, scale: int) -> Floats:
    """Return rows per square degree: true to scale, the field as large as the picture takes it."""
    width, height = WIDTH * scale, HEIGHT * scale
    wide, tall = 2 * field.half_width * field.stretch, field.dec_max - field.dec_min
    degrees = max(wide / width, tall / height)
    leftwards = (width / 2 - np.arange(width) - 0.5) * degrees / field.stretch
    upwards = (height / 2 - np.arange(height) - 0.5) * degrees
    dec = (field.dec_min + field.dec_max) / 2 + upwards
    # A tall field leaves room beside it, which may reach round the sky or over a pole.
    seen = (np.abs(leftwards) < 180.0)[None, :] & (np.abs(dec) <= 90.0)[:, None]
    places = np.broadcast_arrays(
        ((field.ra_middle + leftwards) % 360.0)[None, :], np.clip(dec, -90.0, 90.0)[:, None]
    )
    return np.where(seen, values_at(density, *places), np.nan)


def _shaded(values: Floats, theme: Theme) -> Pixels:
    """Return the colours of values, the ground where there is none."""
    scale = colour_scale(ScaleKind.LOG, values[np.isfinite(values)])
    return shading.on_ground(
        shading.shade(scale.place(values), "tide", theme.name), rgba(theme.plot)
    )

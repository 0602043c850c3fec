"""Views of the sky: the field that holds a survey, Mollweide's ellipse, and values in them."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from hub.explore.density import SkyDensity
from hub.sky.healpix import keys, pixels_of_keys

_SMALL_DEG2 = 8_000.0
"""Surveys up to this area are drawn as a field, if they are one field."""

_FIELD_WIDTH_DEG = 140.0
"""Largest width of a field on the sky."""

_FIELD_HEIGHT_DEG = 75.0

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


def small_field(density: SkyDensity) -> Field | None:
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


def values_at(density: SkyDensity, ra: Floats, dec: Floats) -> Floats:
    """Return rows per square degree at positions; NaN where there are none."""
    pixels = pixels_of_keys(keys(ra.ravel(), dec.ravel()), density.order)
    at = np.minimum(np.searchsorted(density.pixels, pixels), max(density.pixels.size - 1, 0))
    if density.pixels.size == 0:
        return np.full(ra.shape, np.nan)
    values = np.where(density.pixels[at] == pixels, density.counts[at] / density.pixel_deg2, np.nan)
    return values.reshape(ra.shape)


@lru_cache(maxsize=8)
def mollweide(width: int, height: int) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
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


def to_mollweide(longitude: Floats, latitude: Floats) -> tuple[Floats, Floats]:
    """Return x and y, -1 to 1, of longitudes (-180 to 180, leftwards) and latitudes in degrees."""
    goal = np.pi * np.sin(np.radians(latitude))
    theta = np.radians(latitude)
    for _ in range(30):
        slope = np.maximum(2 + 2 * np.cos(2 * theta), 1e-9)
        theta = np.clip(
            theta - (2 * theta + np.sin(2 * theta) - goal) / slope, -np.pi / 2, np.pi / 2
        )
    return -longitude / 180.0 * np.cos(theta), np.sin(theta)

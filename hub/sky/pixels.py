"""HEALPix pixels in numpy, nested numbering: for small sets of positions and cells.

Loads in no time. The key of every row of a table is `hub.sky.healpix.keys`,
which needs numba; both take the same steps and give the same pixels.
"""

from math import acos, pi

import numpy as np
from numpy.typing import ArrayLike, NDArray

KEY_ORDER = 29
"""Order of ``_healpix_29``: pixels of 0.39 mas, the finest that fit into int64."""

LAST_KEY = 12 * 4**KEY_ORDER - 1
"""Largest value of ``_healpix_29``."""

_TRANSITION = np.arcsin(2.0 / 3.0)  # latitude in rad where the belt meets the caps
_SQRT6 = np.sqrt(6.0)

# South corner of each base pixel in the plane of Calabretta and Roukema 2007
# (MNRAS 381, 865), figure 1: x in units of 45 deg, y from -2 to 2.
_CORNER_X = np.array([1, 3, 5, 7, 0, 2, 4, 6, 1, 3, 5, 7])
_CORNER_Y = np.array([0, 0, 0, 0, -1, -1, -1, -1, -2, -2, -2, -2])

_STEPS_I = np.repeat([-1, 0, 1], 3)
_STEPS_J = np.tile([-1, 0, 1], 3)

_SPREADS = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)
_SQUEEZES = (
    (1, 0x3333333333333333),
    (2, 0x0F0F0F0F0F0F0F0F),
    (4, 0x00FF00FF00FF00FF),
    (8, 0x0000FFFF0000FFFF),
    (16, 0x00000000FFFFFFFF),
)


def pixels_of_keys(key: ArrayLike, order: int) -> NDArray[np.int64]:
    """Return the pixels of an order that hold the given order-29 keys."""
    # Nested numbering: one order up drops the two lowest bits.
    return np.asarray(key, dtype=np.int64) >> (2 * (KEY_ORDER - order))


def key_range(order: int, pixel: int) -> tuple[int, int]:
    """Return the first and last key of a pixel, both inclusive."""
    shift = 2 * (KEY_ORDER - order)
    return pixel << shift, ((pixel + 1) << shift) - 1


def pixels(ra_deg: ArrayLike, dec_deg: ArrayLike, order: int) -> NDArray[np.int64]:
    """Return the pixel of each position: finite, in degrees, with ``|dec| <= 90``."""
    lon = np.radians(np.mod(np.asarray(ra_deg, dtype=np.float64), 360.0))
    lat = np.radians(np.asarray(dec_deg, dtype=np.float64))
    x = lon * (4.0 / pi)
    odd = x.astype(np.int64) | 1
    east, quarter = x - odd, (odd & 7) >> 1
    face, east, north = _in_face(east, quarter, lat)
    nside = 1 << order
    i = np.clip(((north + east) * (nside / 2)).astype(np.int64), 0, nside - 1)
    j = np.clip(((north - east) * (nside / 2)).astype(np.int64), 0, nside - 1)
    return _number(face, i, j, order)


def _in_face(
    east: NDArray[np.float64], quarter: NDArray[np.int64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return base pixel and (eastward, northward) in it, as `hub.sky.healpix` does."""
    belt = np.sin(lat) * 1.5
    south_east = (east > belt).astype(np.int64)
    north_east = (east >= -belt).astype(np.int64)
    rows_down = south_east + 1 - north_east
    face = 4 * rows_down + ((quarter + (south_east & north_east)) & 3)
    x, y = east - (south_east + north_east - 1), belt + rows_down
    scale = _SQRT6 * np.cos(np.abs(lat) / 2.0 + pi / 4.0)
    upper, lower = lat > _TRANSITION, lat < -_TRANSITION
    cap = upper | lower
    face = np.where(upper, quarter, np.where(lower, quarter + 8, face))
    x = np.where(cap, east * scale, x)
    y = np.where(upper, 2.0 - scale, np.where(lower, scale, y))
    return face, x, y


def centres(order: int, pixel: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return unit vectors to the centres of pixels, shape ``(pixels, 3)``."""
    face = pixel >> (2 * order)
    inside = pixel & ((1 << 2 * order) - 1)
    i, j = _squeeze(inside), _squeeze(inside >> 1)
    step = 1.0 / (1 << order)
    x = _CORNER_X[face] + (i - j) * step
    y = _CORNER_Y[face] + (i + j + 1) * step
    height = np.abs(y)
    # In the caps the distance to the pole comes first: z alone would lose digits.
    scale = np.where(height > 1.0, 2.0 - height, 1.0)
    z = np.where(height > 1.0, 1.0 - scale**2 / 3.0, height * (2.0 / 3.0))
    rho = np.where(height > 1.0, scale * np.sqrt((2.0 - scale**2 / 3.0) / 3.0), np.sqrt(1 - z**2))
    middle = 2.0 * np.floor((x % 8.0) / 2.0) + 1.0
    x = np.where(height > 1.0, middle + (x % 8.0 - middle) / scale, x)
    lon = x * (pi / 4.0)
    return np.stack([rho * np.cos(lon), rho * np.sin(lon), np.copysign(z, y)], axis=-1)


def radius(order: int) -> float:
    """Return an angle in rad that no point of a pixel is farther from its centre than.

    The largest distance from a centre to a corner (as in HEALPix C++,
    ``T_Healpix_Base::max_pixrad``), and a tenth more for curved sides.
    """
    nside = 1 << order
    if order > 20:  # small pixels only scale: the formula would lose its digits
        return radius(20) / (1 << (order - 20))
    z = 1.0 - (1.0 - 1.0 / nside) ** 2 / 3.0
    lon = pi / (4 * nside)
    rho, top = np.sqrt(1.0 - 4.0 / 9.0), np.sqrt(1.0 - z * z)
    cosine = rho * top * np.cos(lon) + 2.0 / 3.0 * z
    return float(1.1 * acos(min(cosine, 1.0)))


def face_neighbours(
    order: int, pixel: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return each pixel with its eight neighbours, where all are in its base pixel.

    Shapes ``(pixels, 9)`` and ``(pixels,)``; the latter is false for pixels at
    the edge of their base pixel, whose rows have no meaning.
    """
    face = pixel >> (2 * order)
    inside = pixel & ((1 << 2 * order) - 1)
    i, j = _squeeze(inside), _squeeze(inside >> 1)
    last = (1 << order) - 1
    whole = (i > 0) & (i < last) & (j > 0) & (j < last)
    columns = np.clip(i[:, np.newaxis] + _STEPS_I, 0, last)
    rows = np.clip(j[:, np.newaxis] + _STEPS_J, 0, last)
    return _number(face[:, np.newaxis], columns, rows, order), whole


def _number(
    face: NDArray[np.int64], i: NDArray[np.int64], j: NDArray[np.int64], order: int
) -> NDArray[np.int64]:
    return (face << 2 * order) | _spread(i) | (_spread(j) << 1)


def _spread(value: NDArray[np.int64]) -> NDArray[np.int64]:
    """Put a zero bit before each of the low 32 bits."""
    for shift, mask in _SPREADS:
        value = (value | value << shift) & mask
    return value


def _squeeze(value: NDArray[np.int64]) -> NDArray[np.int64]:
    """Take every second bit: the inverse of `_spread`."""
    value = value & 0x5555555555555555
    for shift, mask in _SQUEEZES:
        value = (value | value >> shift) & mask
    return value

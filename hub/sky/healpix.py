"""The HEALPix key of every row: its pixel of order 29, nested numbering.

Own kernel, because that of cdshealpix holds the GIL. It takes the same steps in
the same order as cdshealpix, so that points on the border of a pixel get the
same key as in `hats`.
"""

from math import asin, cos, pi, sin, sqrt
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from hub.sky.pixels import KEY_ORDER, key_range, pixels_of_keys

__all__ = ["KEY_ORDER", "key_range", "keys", "pixels_of_keys"]

_NSIDE = 1 << KEY_ORDER
_HALF_NSIDE = float(_NSIDE // 2)
_TRANSITION = asin(2.0 / 3.0)  # latitude in rad where the belt meets the caps
_FOUR_OVER_PI = 4.0 / pi
_RADIAN = pi / 180.0
_SQRT6 = sqrt(6.0)


def _spread(value: int) -> int:
    """Put a zero bit before each of the low 32 bits."""
    value = (value | value << 16) & 0x0000FFFF0000FFFF
    value = (value | value << 8) & 0x00FF00FF00FF00FF
    value = (value | value << 4) & 0x0F0F0F0F0F0F0F0F
    value = (value | value << 2) & 0x3333333333333333
    return (value | value << 1) & 0x5555555555555555


_spread_bits: Any = njit(nogil=True, cache=True)(_spread)


def _face(lon: float, lat: float) -> tuple[int, float, float]:
    """Return the base pixel, and the position in it from its south corner.

    The position is (eastward, northward) in units of half the diagonal: the
    base pixel reaches from (0, 0) to (0, 2), its other corners are (±1, 1).
    """
    x = lon * _FOUR_OVER_PI
    odd = int(x) | 1
    east = x - odd
    quarter = (odd & 7) >> 1
    # The caps take z from the distance to the pole: 1 - |sin lat| would lose
    # half of the digits close to it.
    if lat > _TRANSITION:
        scale = _SQRT6 * cos(lat / 2.0 + pi / 4.0)
        return quarter, east * scale, 2.0 - scale
    if lat < -_TRANSITION:
        scale = _SQRT6 * cos(lat / 2.0 - pi / 4.0)
        return quarter + 8, east * scale, scale
    north = sin(lat) * 1.5
    south_east = 1 if east > north else 0
    north_east = 1 if east >= -north else 0
    rows_down = south_east + 1 - north_east
    face = 4 * rows_down + ((quarter + (south_east & north_east)) & 3)
    return face, east - (south_east + north_east - 1), north + rows_down


_find_face: Any = njit(nogil=True, cache=True)(_face)


def _fill_keys(
    ra_deg: NDArray[np.float64], dec_deg: NDArray[np.float64], out: NDArray[np.int64]
) -> None:
    """Write the key of each position to ``out``."""
    for row in range(ra_deg.size):
        ra = ra_deg[row] % 360.0
        if ra >= 360.0:  # a tiny negative ra rounds up to the full circle
            ra = 0.0
        face, east, north = _find_face(ra * _RADIAN, dec_deg[row] * _RADIAN)
        # Rounding errors at corners can leave the base pixel by one step.
        i = min(max(int((north + east) * _HALF_NSIDE), 0), _NSIDE - 1)
        j = min(max(int((north - east) * _HALF_NSIDE), 0), _NSIDE - 1)
        out[row] = (face << 2 * KEY_ORDER) | _spread_bits(i) | (_spread_bits(j) << 1)


_fill: Any = njit(nogil=True, cache=True)(_fill_keys)


def keys(ra_deg: ArrayLike, dec_deg: ArrayLike) -> NDArray[np.int64]:
    """Return the order-29 nested pixel of each position; releases the GIL.

    Parameters
    ----------
    ra_deg, dec_deg
        ICRS positions in degrees, of one shape. The caller has checked that
        they are finite and that ``|dec| <= 90``; ra is taken modulo 360.

    Returns
    -------
    NDArray[np.int64]
        Of the same shape. At a pole ra still matters: each quarter has its pixel.

    Notes
    -----
    Gorski et al. 2005, ApJ 622, 759, sections 4 and 5.
    """
    ra = np.ascontiguousarray(ra_deg, dtype=np.float64)
    dec = np.ascontiguousarray(dec_deg, dtype=np.float64)
    out = np.empty(ra.shape, dtype=np.int64)
    _fill(ra.ravel(), dec.ravel(), out.ravel())
    return out

"""Many small discs of one radius → the HEALPix cells that each touches."""

from math import asin, floor, log2, radians, sin

import numpy as np
from numpy.typing import NDArray

from hub.sky.frames import unit_vectors
from hub.sky.pixels import centres, face_neighbours, pixels, radius

_SLACK = 1e-14  # rad, above the rounding of unit vectors
_FINEST = 26  # 3 mas: finer cells would not prune better
# rad at order 0. No two sides of a pixel that face each other are closer than
# twice this; half of it again saves more cells than it adds rows.
_SMALLEST_SIDE = 0.3

Integers = NDArray[np.int64]


def order_for_discs(radius_deg: float) -> int:
    """Return the finest order whose pixels are wider than a disc's radius."""
    reach = max(radians(radius_deg), 1e-12)
    return min(max(floor(log2(_SMALLEST_SIDE / reach)), 0), _FINEST)


def cells_of_discs(
    ra_deg: NDArray[np.float64], dec_deg: NDArray[np.float64], radius_deg: float
) -> tuple[Integers, int, Integers]:
    """Return the cells that discs touch, at an order that suits their radius.

    Memory goes with the number of discs.

    Returns
    -------
    discs, order, cells
        ``cells[i]``, a pixel of ``order``, may hold positions of disc number
        ``discs[i]``. No cell of a disc is missing; some may be there in vain.
    """
    order = order_for_discs(radius_deg)
    points = unit_vectors(ra_deg, dec_deg)
    around, whole = face_neighbours(order, pixels(ra_deg, dec_deg, order))
    whole &= radians(radius_deg) < _SMALLEST_SIDE / (1 << order)
    inner = np.flatnonzero(whole)
    near = (np.repeat(inner, 9), around[whole].ravel())
    near = _keep_close(points, near, order, radius_deg)
    # Neighbours across the edge of a base pixel follow other rules: these few
    # discs are walked down from the base pixels.
    far = _walk(points, np.flatnonzero(~whole), order, radius_deg)
    discs = np.concatenate([near[0], far[0]])
    return discs, order, np.concatenate([near[1], far[1]])


def _walk(
    points: NDArray[np.float64], discs: Integers, order: int, radius_deg: float
) -> tuple[Integers, Integers]:
    pairs = (np.repeat(discs, 12), np.tile(np.arange(12), len(discs)))
    pairs = _keep_close(points, pairs, 0, radius_deg)
    for level in range(1, order + 1):
        children = ((pairs[1] << 2)[:, np.newaxis] + np.arange(4)).ravel()
        pairs = _keep_close(points, (np.repeat(pairs[0], 4), children), level, radius_deg)
    return pairs


def _keep_close(
    points: NDArray[np.float64], pairs: tuple[Integers, Integers], order: int, radius_deg: float
) -> tuple[Integers, Integers]:
    """Drop the pairs (disc, cell) whose circles do not meet."""
    discs, cells = pairs
    offset = points[discs] - centres(order, cells)
    chord = np.einsum("ij,ij->i", offset, offset)
    reach = min(radians(radius_deg) + radius(order) + _SLACK, 2.0 * asin(1.0))
    close = chord <= 4.0 * sin(reach / 2.0) ** 2 * (1.0 + 1e-12)
    return discs[close], cells[close]

"""Region → ranges of order-29 keys: all that it touches, and few more.

Cells are walked from the twelve base pixels down; those whose bounding circle
misses the region are dropped. The ranges are a superset: they prune, and the
exact test decides.
"""

from collections.abc import Callable
from math import pi, radians, sin

import numpy as np
from numpy.typing import NDArray

from hub.sky.ascii_moc import merge_ranges
from hub.sky.discs import cells_of_discs
from hub.sky.frames import ICRS_TO_GALACTIC, angles, unit_vectors
from hub.sky.pixels import KEY_ORDER, LAST_KEY, centres, radius
from hub.sky.regions import AllSky, Box, Cone, MocRegion, Polygon, Region, Targets

# Above the rounding of unit vectors and of the exact tests, far below the
# smallest pixel (2e-9 rad).
_SLACK = 1e-14
_FULL = np.array([[0, LAST_KEY]], dtype=np.int64)
_WALKED_TARGETS = 32

Bools = NDArray[np.bool_]
Ranges = NDArray[np.int64]

Judge = Callable[[NDArray[np.float64], float], tuple[Bools, Bools]]
"""(cell centres, bounding radius in rad) → which may touch, which lie inside."""


def cover(region: Region, max_ranges: int = 64) -> Ranges:
    """Return ranges of keys that miss no position of a region.

    They are sorted, disjoint, inclusive, of shape ``(n, 2)`` with n at most
    ``max_ranges``: ranges with the smallest gaps between them are joined.
    """
    match region:
        case AllSky():
            return _FULL
        case MocRegion():
            return join_nearest(region.ranges, max_ranges)
        case Targets():
            return join_nearest(_targets_touched(region), max_ranges)
        case Cone() | Box() | Polygon():
            return join_nearest(_walk(_judge(region), 4 * max_ranges), max_ranges)


def join_nearest(ranges: Ranges, max_ranges: int) -> Ranges:
    """Join sorted ranges over the smallest gaps until at most ``max_ranges`` are left."""
    if len(ranges) <= max_ranges:
        return ranges
    gaps = ranges[1:, 0] - ranges[:-1, 1]
    kept = np.sort(np.argpartition(gaps, -(max_ranges - 1))[len(gaps) - (max_ranges - 1) :])
    first = np.concatenate([[0], kept + 1])
    last = np.append(kept, len(ranges) - 1)
    return np.stack([ranges[first, 0], ranges[last, 1]], axis=1)


def _walk(judge: Judge, budget: int) -> Ranges:
    """Split cells on the border until there are ``budget`` of them, or none."""
    order, cells = 0, np.arange(12)
    found: list[Ranges] = []
    while True:
        touch, within = judge(centres(order, cells), radius(order) + _SLACK)
        found.append(_ranges(order, cells[within]))
        cells = cells[touch & ~within]
        steps = 2 if len(cells) * 8 < budget else 1
        if len(cells) * 2 > budget or len(cells) == 0 or order == KEY_ORDER:
            break
        steps = min(steps, KEY_ORDER - order)
        order += steps
        cells = ((cells << 2 * steps)[:, np.newaxis] + np.arange(4**steps)).ravel()
    touched = np.concatenate([*found, _ranges(order, cells)])
    return merge_ranges(touched) if len(touched) else touched


def _ranges(order: int, cells: NDArray[np.int64]) -> Ranges:
    shift = 2 * (KEY_ORDER - order)
    return np.stack([cells << shift, ((cells + 1) << shift) - 1], axis=1)


def _judge(region: Cone | Box | Polygon) -> Judge:
    match region:
        case Cone():
            return _cone_judge(*region.centre_deg, region.radius_deg)
        case Box():
            return _box_judge(region)
        case Polygon():
            return _polygon_judge(region)


def _cone_judge(ra_deg: float, dec_deg: float, radius_deg: float) -> Judge:
    centre, reach = unit_vectors(ra_deg, dec_deg), radians(radius_deg)

    def judge(cells: NDArray[np.float64], bound: float) -> tuple[Bools, Bools]:
        offset = cells - centre
        chord = np.einsum("ij,ij->i", offset, offset)
        return chord <= _chord(reach + bound), chord < _chord(reach - bound)

    return judge


def _chord(angle: float) -> float:
    """Return the square of the chord of an angle in rad, below 0 for angles below 0."""
    if angle >= pi:
        return 5.0  # more than any
    return 4.0 * sin(angle / 2.0) ** 2 if angle > 0.0 else -1.0


def _box_judge(box: Box) -> Judge:
    low, high = radians(box.lat_min_deg), radians(box.lat_max_deg)
    half = radians(box.width_deg) / 2.0
    middle = radians(box.start_deg) + half

    def judge(cells: NDArray[np.float64], bound: float) -> tuple[Bools, Bools]:
        frame = cells if box.frame == "icrs" else cells @ ICRS_TO_GALACTIC.T
        lon, lat = (np.radians(angle) for angle in angles(frame))
        touch = (lat >= low - bound) & (lat <= high + bound)
        within = (lat > low + bound) & (lat < high - bound)
        if box.full_circle:
            # A pole on the border has nothing beyond it.
            top, bottom = high >= pi / 2, low <= -pi / 2
            return touch, (top | (lat < high - bound)) & (bottom | (lat > low + bound))
        off = np.abs(np.mod(lon - middle + pi, 2.0 * pi) - pi)
        # Half of the longitudes that the bounding circle spans; all near a pole.
        ratio = sin(min(bound, pi / 2)) / np.maximum(np.cos(lat), 1e-300)
        spread = (
            np.where(
                np.abs(lat) + bound < pi / 2, np.arcsin(np.minimum(ratio, 1.0)) * (1 + 1e-9), 4.0
            )
            + _SLACK
        )
        return touch & (off <= half + spread), within & (off < half - spread)

    return judge


def _polygon_judge(polygon: Polygon) -> Judge:
    def judge(cells: NDArray[np.float64], bound: float) -> tuple[Bools, Bools]:
        near = polygon.shape.distances(cells) <= bound
        held = polygon.contains(*angles(cells))
        return near | held, held & ~near

    return judge


def _targets_touched(targets: Targets) -> Ranges:
    ra, dec = targets.centres_deg
    if len(ra) <= _WALKED_TARGETS:
        walks = [
            _walk(_cone_judge(*centre, targets.radius_deg), 16)
            for centre in zip(ra.tolist(), dec.tolist(), strict=True)
        ]
        return merge_ranges(np.concatenate(walks))
    _, order, cells = cells_of_discs(ra, dec, targets.radius_deg)
    return merge_ranges(_ranges(order, np.unique(cells)))

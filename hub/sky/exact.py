"""The exact tests of regions, written once for numpy and for SQL.

A test is built with ``+ - *`` and comparisons on whatever stands for ra
and dec, and with the functions of an `Algebra`; so the formula of
`Region.contains` and that of the condition in SQL are the same, step by step.
A NaN position is never inside: every test is positive.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from math import cos, pi, radians, sin
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hub.sky.frames import ICRS_TO_GALACTIC, Frame
from hub.sky.polygons import SphericalPolygon

_RADIAN = pi / 180.0
_HALF_RADIAN = pi / 360.0

# Rounding must not push a position off a border: that of the formulas below
# (relative for cones, in rad for sides), and that of degrees themselves, which
# have no more digits than this near 360. All are below a nanoarcsecond.
_CONE_SLACK = 4e-15
_SIDE_SLACK = 1e-15
_DEGREE_SLACK = 6e-14


@dataclass(frozen=True)
class Algebra:
    """What tests need beside operators."""

    number: Callable[[float], Any]
    """A double that stands as it is."""

    sin: Callable[[Any], Any]
    cos: Callable[[Any], Any]

    negate: Callable[[Any], Any]
    all_of: Callable[[Sequence[Any]], Any]
    """Whether every test holds."""

    any_of: Callable[[Sequence[Any]], Any]
    """Whether one of the tests holds."""

    is_odd: Callable[[Sequence[Any]], Any]
    """Whether an odd number of the tests hold."""


class _Box(Protocol):
    @property
    def frame(self) -> Frame: ...
    @property
    def lat_min_deg(self) -> float: ...
    @property
    def lat_max_deg(self) -> float: ...
    @property
    def full_circle(self) -> bool: ...
    @property
    def start_deg(self) -> float: ...
    @property
    def end_deg(self) -> float: ...
    @property
    def width_deg(self) -> float: ...


def numpy_algebra() -> Algebra:
    """Return the algebra of float64 arrays."""
    return Algebra(
        number=float,
        sin=np.sin,
        cos=np.cos,
        negate=np.logical_not,
        all_of=np.logical_and.reduce,
        any_of=np.logical_or.reduce,
        is_odd=np.logical_xor.reduce,
    )


def cone_test(
    centre_ra: float, centre_dec: float, radius_deg: float, ra: Any, dec: Any, algebra: Algebra
) -> Any:
    """Test whether positions in degrees lie within ``radius_deg`` of a centre.

    Haversine form: the cosine form loses its digits below an arcsecond. Beyond
    90 degrees it is asked how far the opposite point is, for the same reason.
    """
    wide = radius_deg > 90.0
    reach = 180.0 - radius_deg if wide else radius_deg
    ra0, dec0 = (centre_ra + 180.0, -centre_dec) if wide else (centre_ra, centre_dec)
    separation = haversine(
        algebra.number(ra0),
        algebra.number(dec0),
        algebra.number(cos(dec0 * _RADIAN)),
        ra,
        dec,
        algebra,
    )
    if wide:
        inner = max(reach - _DEGREE_SLACK, 0.0)
        limit = sin(inner * _HALF_RADIAN) ** 2 * (1.0 - _CONE_SLACK)
        return separation >= algebra.number(limit)
    return separation <= algebra.number(cone_limit(reach))


def haversine(ra0: Any, dec0: Any, cos_dec0: Any, ra: Any, dec: Any, algebra: Algebra) -> Any:
    """Return sin² of half of the angle between two positions in degrees."""
    # Differences are taken in degrees: those of a user's round numbers are exact.
    half_dec = algebra.sin((dec - dec0) * algebra.number(_HALF_RADIAN))
    half_ra = algebra.sin((ra - ra0) * algebra.number(_HALF_RADIAN))
    cos_dec = algebra.cos(dec * algebra.number(_RADIAN))
    return half_dec * half_dec + cos_dec * cos_dec0 * half_ra * half_ra


def cone_limit(radius_deg: float) -> float:
    """Return the largest `haversine` inside a cone of at most 180 degrees."""
    return sin((radius_deg + _DEGREE_SLACK) * _HALF_RADIAN) ** 2 * (1.0 + _CONE_SLACK)


def box_test(box: _Box, ra: Any, dec: Any, algebra: Algebra) -> Any:
    """Test whether positions lie in a longitude-latitude box; ra in [0, 360)."""
    if box.frame == "galactic":
        return _galactic_box_test(box, ra, dec, algebra)
    number = algebra.number
    tests = [dec >= number(box.lat_min_deg), dec <= number(box.lat_max_deg)]
    if not box.full_circle:
        join = algebra.all_of if box.start_deg <= box.end_deg else algebra.any_of
        tests.append(join([ra >= number(box.start_deg), ra <= number(box.end_deg)]))
    return algebra.all_of(tests)


def _galactic_box_test(box: _Box, ra: Any, dec: Any, algebra: Algebra) -> Any:
    """Test without an arc tangent, which not every engine has."""
    x, y, z = (_dot(row, ra, dec, algebra) for row in ICRS_TO_GALACTIC)
    tests = [
        _above(box.lat_min_deg, x, y, z, algebra),
        _above(-box.lat_max_deg, x, y, -z, algebra),
    ]
    if not box.full_circle:
        join = algebra.all_of if box.width_deg <= 180.0 else algebra.any_of
        after = _east_of(box.start_deg, x, y, algebra)
        before = _east_of(box.end_deg + 180.0, x, y, algebra)
        tests.append(join([after, before]))
    return algebra.all_of(tests)


def _above(lat_deg: float, x: Any, y: Any, z: Any, algebra: Algebra) -> Any:
    """Test ``latitude >= lat_deg`` by z, or near the poles by the distance from the axis."""
    number = algebra.number
    if abs(lat_deg) <= 45.0:
        return z >= number(sin(radians(lat_deg)) - _SIDE_SLACK)
    axis = sin(radians(90.0 - abs(lat_deg)))  # exactly 0 for a pole
    if lat_deg > 0:
        near = x * x + y * y <= number((axis + _SIDE_SLACK) ** 2)
        return algebra.all_of([z > number(0.0), near])
    inner = max(axis - _SIDE_SLACK, 0.0)
    return algebra.any_of([z >= number(0.0), x * x + y * y >= number(inner**2)])


def _east_of(lon_deg: float, x: Any, y: Any, algebra: Algebra) -> Any:
    """Test whether a position is 0 to 180 degrees east of a longitude."""
    lon = radians(lon_deg % 360.0)
    return y * algebra.number(cos(lon)) - x * algebra.number(sin(lon)) >= algebra.number(
        -_SIDE_SLACK
    )


def polygon_test(shape: SphericalPolygon, ra: Any, dec: Any, algebra: Algebra) -> Any:
    """Test whether positions lie in a polygon or on its border."""

    def dot(vector: NDArray[np.float64]) -> Any:
        return _dot(vector, ra, dec, algebra)

    zero, slack = algebra.number(0.0), algebra.number(_SIDE_SLACK)
    back = algebra.number(-_SIDE_SLACK)
    crossings, borders = [], []
    for start, end, normal in zip(shape.starts, shape.ends, shape.normals, strict=True):
        across = dot(normal)
        left = dot(np.cross(shape.reference, start)) >= zero
        right = dot(np.cross(shape.reference, end)) < zero
        crossings.append(algebra.all_of([left, right, across < zero]))
        middle = (start + end) / np.linalg.norm(start + end)
        between = dot(middle) >= algebra.number(float(middle @ start) - _SIDE_SLACK)
        borders.append(algebra.all_of([across <= slack, across >= back, between]))
    inside = algebra.is_odd(crossings)
    if shape.reference_inside:
        # NaN must not slip in by a negation: it is nowhere, so not up to 90 degrees.
        known = [dec <= algebra.number(90.0), ra <= algebra.number(360.0)]
        inside = algebra.all_of([algebra.negate(inside), *known])
    return algebra.any_of([inside, *borders])


def _dot(vector: NDArray[np.float64], ra: Any, dec: Any, algebra: Algebra) -> Any:
    """Return the product of a constant vector with the unit vector of a position."""
    number = algebra.number
    lon, lat = ra * number(_RADIAN), dec * number(_RADIAN)
    a, b, c = (float(component) for component in vector)
    planar = algebra.cos(lon) * number(a) + algebra.sin(lon) * number(b)
    return algebra.cos(lat) * planar + algebra.sin(lat) * number(c)


def balanced(join: Callable[[Any, Any], Any], terms: Sequence[Any]) -> Any:
    """Join terms pairwise, so that the tree is as low as it can be."""
    level = list(terms)
    while len(level) > 1:
        level = [reduce(join, level[place : place + 2]) for place in range(0, len(level), 2)]
    return level[0]

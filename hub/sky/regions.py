"""Shapes on the sky: frozen values, checked at birth; borders belong to them.

Each says which ICRS positions it holds (`contains`); the same formulas make the
condition in SQL (`hub.query.region_condition`), see `hub.sky.exact`.
"""

from dataclasses import dataclass, field
from math import isfinite

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hub.sky.ascii_moc import parse_moc
from hub.sky.errors import RegionError
from hub.sky.exact import box_test, cone_test, numpy_algebra, polygon_test
from hub.sky.frames import Frame, icrs_of, unit_vectors
from hub.sky.pixels import KEY_ORDER, pixels
from hub.sky.polygons import SphericalPolygon

MAX_TARGETS = 100_000
MAX_VERTICES = 500

Pairs = tuple[tuple[float, float], ...]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class AllSky:
    """Everywhere, rows without a position included."""

    def contains(self, ra_deg: ArrayLike, dec_deg: ArrayLike) -> Bools:
        """Mark every position."""
        return np.ones(np.broadcast(ra_deg, dec_deg).shape, dtype=np.bool_)


@dataclass(frozen=True)
class Cone:
    """All within an angle of a centre."""

    lon_deg: float
    lat_deg: float
    radius_deg: float
    frame: Frame = "icrs"

    def __post_init__(self) -> None:
        check_position(self.lon_deg, self.lat_deg)
        _check_range("radius_deg", self.radius_deg, 0.0, 180.0)

    @property
    def centre_deg(self) -> tuple[float, float]:
        """ICRS position of the centre."""
        ra, dec = icrs_of(self.lon_deg, self.lat_deg, self.frame)
        return float(ra), float(dec)

    def contains(self, ra_deg: ArrayLike, dec_deg: ArrayLike) -> Bools:
        """Mark the ICRS positions inside; false where one is NaN."""
        ra, dec = _doubles(ra_deg, dec_deg)
        return np.asarray(cone_test(*self.centre_deg, self.radius_deg, ra, dec, numpy_algebra()))


@dataclass(frozen=True)
class Box:
    """Rectangle in longitude and latitude; ``lon_min > lon_max`` goes through 0."""

    lon_min_deg: float
    lon_max_deg: float
    lat_min_deg: float
    lat_max_deg: float
    frame: Frame = "icrs"

    def __post_init__(self) -> None:
        _check_range("the smallest longitude", self.lon_min_deg, -360.0, 360.0)
        _check_range("the largest longitude", self.lon_max_deg, -360.0, 360.0)
        _check_range("the smallest latitude", self.lat_min_deg, -90.0, 90.0)
        _check_range("the largest latitude", self.lat_max_deg, -90.0, 90.0)
        if self.lat_min_deg > self.lat_max_deg:
            raise RegionError(
                f"The box goes from latitude {self.lat_min_deg:g} up to {self.lat_max_deg:g}, "
                "which is below it.",
                hint="Exchange the two latitudes.",
            )

    @property
    def full_circle(self) -> bool:
        """Whether every longitude is inside."""
        return self.lon_max_deg - self.lon_min_deg >= 360.0

    @property
    def start_deg(self) -> float:
        """First longitude, in [0, 360)."""
        return self.lon_min_deg % 360.0 % 360.0

    @property
    def end_deg(self) -> float:
        """Last longitude going east, in [0, 360); less than the first if through 0."""
        return self.lon_max_deg % 360.0 % 360.0

    @property
    def width_deg(self) -> float:
        """Extent in longitude, in [0, 360]."""
        return 360.0 if self.full_circle else (self.end_deg - self.start_deg) % 360.0

    def contains(self, ra_deg: ArrayLike, dec_deg: ArrayLike) -> Bools:
        """Mark the ICRS positions inside, ra in [0, 360); false where one is NaN."""
        ra, dec = _doubles(ra_deg, dec_deg)
        # The test of a full circle does not look at ra.
        return np.asarray(box_test(self, ra, dec, numpy_algebra()) & ~np.isnan(ra))


@dataclass(frozen=True)
class Polygon:
    """The smaller side of a closed line of great-circle arcs."""

    vertices_deg: Pairs
    frame: Frame = "icrs"
    shape: SphericalPolygon = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        vertices = self.vertices_deg
        for number, vertex in enumerate(vertices):
            check_position(*vertex, where=f"vertices_deg[{number}]")
        if len(vertices) > 1 and vertices[0] == vertices[-1]:
            vertices = vertices[:-1]
        if len(vertices) < 3:
            raise RegionError(f"A polygon needs 3 vertices or more, not {len(vertices)}.")
        if len(vertices) > MAX_VERTICES:
            raise RegionError(
                f"The polygon has {len(vertices)} vertices; {MAX_VERTICES} are possible.",
                hint="Give a shape this fine as a MOC.",
            )
        lon, lat = np.array(vertices, dtype=np.float64).T
        ra, dec = icrs_of(lon, lat, self.frame)
        object.__setattr__(self, "shape", SphericalPolygon.of(unit_vectors(ra, dec)))

    def contains(self, ra_deg: ArrayLike, dec_deg: ArrayLike) -> Bools:
        """Mark the ICRS positions inside; false where one is NaN."""
        ra, dec = _doubles(ra_deg, dec_deg)
        return np.asarray(polygon_test(self.shape, ra, dec, numpy_algebra()))


@dataclass(frozen=True)
class MocRegion:
    """The cells of an ASCII MOC (IVOA MOC 2.0, section 4.3.2), in ICRS."""

    moc: str
    ranges: NDArray[np.int64] = field(init=False, repr=False, compare=False)
    """Order-29 keys of the cells: first and last, inclusive; sorted, disjoint; ``(n, 2)``."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "ranges", parse_moc(self.moc))

    def contains(self, ra_deg: ArrayLike, dec_deg: ArrayLike) -> Bools:
        """Mark the ICRS positions inside; false where one is NaN."""
        ra, dec = _doubles(ra_deg, dec_deg)
        known = np.isfinite(ra) & np.isfinite(dec)
        key = pixels(np.where(known, ra, 0.0), np.where(known, dec, 0.0), KEY_ORDER)
        place = np.searchsorted(self.ranges[:, 0], key, side="right") - 1
        inside = (place >= 0) & (key <= self.ranges[np.maximum(place, 0), 1])
        return np.asarray(inside & known)


@dataclass(frozen=True)
class Targets:
    """All within an angle of at least one of many positions."""

    positions_deg: Pairs
    radius_arcsec: float
    frame: Frame = "icrs"

    def __post_init__(self) -> None:
        _check_range("radius_arcsec", self.radius_arcsec, 0.0, 180.0 * 3600.0)
        if not self.positions_deg:
            raise RegionError("The list of targets is empty.")
        if len(self.positions_deg) > MAX_TARGETS:
            raise RegionError(
                f"The list has {len(self.positions_deg)} targets; {MAX_TARGETS} are possible.",
                hint="Split the list, or ingest it as a catalog and join with it in SQL.",
            )
        positions = np.array(self.positions_deg, dtype=np.float64)
        wrong = ~(np.isfinite(positions).all(axis=1) & (np.abs(positions[:, 1]) <= 90.0))
        wrong |= np.abs(positions[:, 0]) > 360.0
        if wrong.any():
            number = int(np.argmax(wrong))
            check_position(*self.positions_deg[number], where=f"positions_deg[{number}]")

    @property
    def radius_deg(self) -> float:
        """Radius in degrees."""
        return self.radius_arcsec / 3600.0

    @property
    def centres_deg(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """ICRS positions of the targets, shape ``(targets,)`` each."""
        lon, lat = np.array(self.positions_deg, dtype=np.float64).T
        return icrs_of(lon, lat, self.frame)

    def contains(self, ra_deg: ArrayLike, dec_deg: ArrayLike) -> Bools:
        """Mark the ICRS positions inside; false where one is NaN. Takes targets × rows steps."""
        ra, dec = _doubles(ra_deg, dec_deg)
        inside = np.zeros(np.broadcast(ra, dec).shape, dtype=np.bool_)
        algebra = numpy_algebra()
        for centre in zip(*self.centres_deg, strict=True):
            inside |= cone_test(*centre, self.radius_deg, ra, dec, algebra)
        return inside


Region = AllSky | Cone | Box | Polygon | MocRegion | Targets


def check_position(lon_deg: float, lat_deg: float, where: str = "") -> None:
    """Raise `RegionError` unless a position is on the sky; longitudes may go around once."""
    _check_range("the longitude", lon_deg, -360.0, 360.0, where)
    _check_range("the latitude", lat_deg, -90.0, 90.0, where)


def _check_range(name: str, value: float, low: float, high: float, where: str = "") -> None:
    if not isfinite(value) or not low <= value <= high:
        raise RegionError(
            f"{name[0].upper()}{name[1:]} is {value:g}; it must be from {low:g} to {high:g}.",
            where=where,
        )


def _doubles(
    ra_deg: ArrayLike, dec_deg: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.asarray(ra_deg, dtype=np.float64), np.asarray(dec_deg, dtype=np.float64)

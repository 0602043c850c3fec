"""Polygons on the sphere: which side is inside, and what tells it of a point."""

from dataclasses import dataclass
from math import pi

import numpy as np
from numpy.typing import NDArray

from hub.sky.errors import PolygonError

Vectors = NDArray[np.float64]

_SMALLEST_ANGLE = 1e-13  # rad: below, rounding decides where a great circle goes


@dataclass(frozen=True, eq=False)
class SphericalPolygon:
    """A polygon made ready for testing points; all vectors are of length one or less.

    A point P is on the other side than a reference point R when the arc from P
    to R crosses an odd number of sides. With the sides (A, B) turned so that R
    is to the left (R·(A×B) > 0), the arc crosses a side when

    ``P·(R×A) >= 0``, ``P·(R×B) < 0`` and ``P·(A×B) < 0``:

    A is left of the great circle from P to R, B is right of it, and P is right
    of the side. A vertex on that circle counts as left for both of its sides,
    so it is never counted twice. Everything is linear in P.
    """

    vertices: Vectors
    """Shape ``(n, 3)``."""

    starts: Vectors
    """Start A of each side, turned; ``(n, 3)``."""

    ends: Vectors
    """End B of each side, turned; ``(n, 3)``."""

    normals: Vectors
    """A×B of each side, of length one; ``(n, 3)``."""

    reference: Vectors
    """R; ``(3,)``."""

    reference_inside: bool

    @classmethod
    def of(cls, vertices: Vectors) -> "SphericalPolygon":
        """Make a polygon of unit vectors, shape ``(n, 3)``, n at least 3.

        Raises
        ------
        PolygonError
            A side has no length, or joins opposite points; sides cross; the
            polygon has no area, or exactly half of the sky.
        """
        starts, ends = vertices, np.roll(vertices, -1, axis=0)
        _check_sides(starts, ends)
        normals = _unit(np.cross(starts - ends, starts + ends))
        _check_crossings(starts, ends, normals)
        reference = _reference(starts, ends, normals)
        inside = _is_inside(reference, starts, ends)
        right = normals @ reference < 0
        turned = right[:, np.newaxis]
        return cls(
            vertices=vertices,
            starts=np.where(turned, ends, starts),
            ends=np.where(turned, starts, ends),
            normals=np.where(turned, -normals, normals),
            reference=reference,
            reference_inside=inside,
        )

    def distances(self, points: Vectors) -> NDArray[np.float64]:
        """Return the angle in rad from each point, shape ``(m, 3)``, to the nearest side."""
        angles = _side_distances(points, self.starts, self.ends, self.normals)
        return np.asarray(angles.min(axis=1))


def _unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))


def _check_sides(starts: Vectors, ends: Vectors) -> None:
    short = np.linalg.norm(starts - ends, axis=1) < _SMALLEST_ANGLE
    opposite = np.linalg.norm(starts + ends, axis=1) < 1e-9
    for wrong, reason in ((short, "lie at the same place"), (opposite, "are opposite points")):
        if wrong.any():
            first = int(np.argmax(wrong))
            second = (first + 1) % len(starts)
            raise PolygonError(
                f"Vertices {first + 1} and {second + 1} of the polygon {reason}, "
                "so no single side joins them.",
                hint="Leave one out, or put another vertex between them.",
                where=f"vertices_deg[{second}]",
            )


def _check_crossings(starts: Vectors, ends: Vectors, normals: Vectors) -> None:
    """Refuse sides that cross each other: then there are more than two sides to be in."""
    a, b = normals @ starts.T, normals @ ends.T  # [side, point]
    clear = (np.abs(a) > _SMALLEST_ANGLE) & (np.abs(b) > _SMALLEST_ANGLE)
    splits = clear & (np.sign(a) != np.sign(b))
    # Both split each other, and meet on the same half of the sky: the four
    # orientations of `SphericalPolygon` have one sign.
    crosses = splits & splits.T & (np.sign(a) == -np.sign(a).T)
    if crosses.any():
        first, second = sorted(int(side) for side in np.argwhere(crosses)[0])
        raise PolygonError(
            f"Sides {first + 1} and {second + 1} of the polygon cross.",
            hint="Give the vertices in order along the border.",
        )


def _side_distances(points: Vectors, starts: Vectors, ends: Vectors, normals: Vectors) -> Vectors:
    """Return angles in rad, shape ``(points, sides)``."""
    ahead = points @ np.cross(normals, starts).T >= 0
    before = points @ np.cross(ends, normals).T >= 0
    to_circle = np.abs(np.arcsin(np.clip(points @ normals.T, -1.0, 1.0)))
    chords = np.linalg.norm(points[:, np.newaxis] - starts, axis=2)
    other = np.linalg.norm(points[:, np.newaxis] - ends, axis=2)
    to_corner = 2.0 * np.arcsin(np.minimum(np.minimum(chords, other) / 2.0, 1.0))
    return np.asarray(np.where(ahead & before, np.minimum(to_circle, to_corner), to_corner))


def _reference(starts: Vectors, ends: Vectors, normals: Vectors) -> Vectors:
    """Return a point that is far from all sides, and whose opposite point is, too."""
    turns = np.arange(64)
    z = 1.0 - (2.0 * turns + 1.0) / turns.size
    lon = turns * pi * (3.0 - np.sqrt(5.0)) + 0.123456789  # no whole angle a user would give
    rho = np.sqrt(1.0 - z * z)
    points = np.stack([rho * np.cos(lon), rho * np.sin(lon), z], axis=1)
    near = _side_distances(points, starts, ends, normals).min(axis=1)
    far = _side_distances(-points, starts, ends, normals).min(axis=1)
    return np.asarray(points[np.argmax(np.minimum(near, far))])


def _is_inside(reference: Vectors, starts: Vectors, ends: Vectors) -> bool:
    """Tell whether a point is on the smaller side.

    The areas of the triangles of the point with each side add up to the area
    of the side of the polygon that the point is in, when the polygon goes
    around it, and else to that of the side that the point is not in.
    """
    volume = np.cross(starts, ends) @ reference
    a, b, c = starts @ reference, ends @ reference, np.sum(starts * ends, axis=1)
    # Eriksson 1990, Mathematics Magazine 63, 184.
    area = abs(float(np.sum(2.0 * np.arctan2(volume, 1.0 + a + b + c))))
    turns = round(float(np.sum(np.arctan2(volume, c - a * b))) / (2.0 * pi))
    longest = float(np.max(np.linalg.norm(starts - starts[0], axis=1)))
    if min(area, abs(4.0 * pi - area)) < _SMALLEST_ANGLE * longest:
        raise PolygonError("The polygon has no area: its vertices lie on one line.")
    if abs(area - 2.0 * pi) < 1e-12:
        raise PolygonError(
            "The polygon halves the sky, so no side is the smaller one.",
            hint="Use a cone of 90 degrees for half of the sky.",
        )
    return (area < 2.0 * pi) == (turns != 0)

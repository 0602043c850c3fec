"""Where the mock survey looks, and where its galaxies stand on the sky.

The footprint is a rectangle in right ascension and declination across RA 0, cut
into cells of equal area. A random field of plane waves, sharpened along its
ridges, gives each cell a density, so that galaxies lie along filaments around
voids; clusters sit where the field is high; discs around bright stars are empty.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

RA_FIRST = 300.0
RA_WIDTH = 120.0
"""Right ascension runs from 300 deg through 0 to 60 deg."""

DEC_MIN = -5.0
DEC_MAX = 39.0
"""With the width above: 4 918 square degrees."""

_COLUMNS = 1440
_ROWS = 512
_SIN_MIN = np.sin(np.radians(DEC_MIN))
_SIN_MAX = np.sin(np.radians(DEC_MAX))

_WAVES = 96
_ROUGH_DEG = (0.5, 6.0)
_SMOOTH_DEG = (4.0, 12.0)
"""Shortest and longest half waves of the two parts of the field."""

_STARS = 900
_CLUSTERS = 4000
_STARS_PER_CELL = 6
"""Most stars whose disc is tested in one cell; a test holds it for some seeds."""

MAX_CLUSTER_REDSHIFT = 1.4


@dataclass(frozen=True)
class Clusters:
    """Clusters of galaxies: where they are, and how many galaxies they draw."""

    ra_deg: Floats
    dec_deg: Floats
    redshift: Floats
    radius_deg: Floats
    """Core radius on the sky; the same length looks smaller at larger redshift."""

    cumulative_richness: Floats
    """Share of cluster galaxies up to and with each cluster; the last is 1."""


@dataclass(frozen=True)
class Stars:
    """Bright stars, whose discs are masked."""

    vectors: Floats
    """Unit vectors, shape (stars, 3)."""

    ra_deg: Floats
    dec_deg: Floats
    radius_deg: Floats
    of_cell: Integers
    """Stars whose disc or halo may touch a cell, shape (cells, 6); -1 for none."""


@dataclass(frozen=True)
class MockSky:
    """The sky of one seed."""

    cumulative_density: Floats
    """Share of field galaxies up to and with each cell; the last is 1."""

    clusters: Clusters
    stars: Stars


def make_sky(seed: int) -> MockSky:
    """Make the sky of a seed; takes about two seconds and 60 MB."""
    rng = np.random.default_rng([seed, 0x5EED])
    ra_deg, dec_deg = _cell_centres()
    density = _density(_vectors(ra_deg, dec_deg), rng)
    cumulative = np.cumsum(density)
    cumulative /= cumulative[-1]
    return MockSky(
        cumulative_density=cumulative,
        clusters=_make_clusters(density, rng),
        stars=_make_stars(rng),
    )


def positions_in_cells(cells: Integers, across: Floats, up: Floats) -> tuple[Floats, Floats]:
    """Return ra in [0, 360) and dec (deg) of points in cells.

    ``across`` and ``up`` in [0, 1) place a point in its cell; equal steps are
    equal areas.
    """
    row, column = np.divmod(cells, _COLUMNS)
    ra_deg = (RA_FIRST + (column + across) * (RA_WIDTH / _COLUMNS)) % 360.0
    sine = _SIN_MIN + (row + up) * ((_SIN_MAX - _SIN_MIN) / _ROWS)
    return ra_deg, np.degrees(np.arcsin(sine))


def cells_of(ra_deg: Floats, dec_deg: Floats) -> Integers:
    """Return the cell of each point, -1 outside of the footprint."""
    column = np.floor((ra_deg - RA_FIRST) % 360.0 * (_COLUMNS / RA_WIDTH)).astype(np.int64)
    sine = np.sin(np.radians(dec_deg))
    row = np.floor((sine - _SIN_MIN) * (_ROWS / (_SIN_MAX - _SIN_MIN))).astype(np.int64)
    inside = (column < _COLUMNS) & (row >= 0) & (row < _ROWS)
    return np.where(inside, row * _COLUMNS + column, -1)


def nearness_to_stars(
    stars: Stars, cells: Integers, ra_deg: Floats, dec_deg: Floats
) -> npt.NDArray[np.float32]:
    """Return the distance to the nearest star in units of its disc's radius.

    Infinite where no disc and no halo (1.5 radii) is near.
    """
    nearness = np.full(len(cells), np.inf, np.float32)
    candidates = stars.of_cell[cells]
    near = np.flatnonzero(candidates[:, 0] >= 0)
    points = _vectors(ra_deg[near], dec_deg[near])
    for place in range(_STARS_PER_CELL):
        star = candidates[near, place]
        some = star >= 0
        chord = np.linalg.norm(points[some] - stars.vectors[star[some]], axis=1)
        ratio = np.degrees(2.0 * np.arcsin(chord / 2.0)) / stars.radius_deg[star[some]]
        rows = near[some]
        nearness[rows] = np.minimum(nearness[rows], ratio.astype(np.float32))
    return nearness


def _cell_centres() -> tuple[Floats, Floats]:
    cells = np.arange(_COLUMNS * _ROWS)
    half = np.full(len(cells), 0.5)
    return positions_in_cells(cells, half, half)


def _vectors(ra_deg: Floats, dec_deg: Floats) -> Floats:
    """Return unit vectors, shape (points, 3)."""
    ra, dec = np.radians(ra_deg), np.radians(dec_deg)
    return np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)], axis=1)


def _density(points: Floats, rng: np.random.Generator) -> Floats:
    """Return a positive density at each point: log-normal, high along ridges of a field."""
    smooth = _waves(points, rng, _WAVES // 2, _SMOOTH_DEG)
    rough = _waves(points, rng, _WAVES, _ROUGH_DEG)
    ridges = 1.0 - np.abs(rough)
    return np.exp(0.45 * smooth + 0.9 * ridges)


def _waves(
    points: Floats, rng: np.random.Generator, count: int, scales_deg: tuple[float, float]
) -> Floats:
    """Return a random field of unit variance: plane waves cut by the sphere."""
    directions = rng.normal(size=(count, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    half_waves = np.radians(np.geomspace(*scales_deg, count))
    phases = rng.uniform(0.0, 2.0 * np.pi, count)
    amplitudes = np.sqrt(half_waves)
    # Single precision: a phase of at most 360 half waves is good to 1e-4 all the same.
    points = points.astype(np.float32)
    field = np.zeros(len(points), np.float32)
    for direction, half_wave, phase, amplitude in zip(
        directions, half_waves, phases, amplitudes, strict=True
    ):
        wave = (direction * np.pi / half_wave).astype(np.float32)
        field += np.float32(amplitude) * np.cos(points @ wave + np.float32(phase))
    waves: Floats = field / np.sqrt(0.5 * np.sum(amplitudes**2))
    return waves


def _make_clusters(density: Floats, rng: np.random.Generator) -> Clusters:
    """Put clusters where the density is high; rich ones are rare."""
    steep = np.cumsum(density**2)
    cells = np.searchsorted(steep / steep[-1], rng.random(_CLUSTERS), side="right")
    ra_deg, dec_deg = positions_in_cells(cells, *rng.random((2, _CLUSTERS)))
    redshift = 0.03 + (MAX_CLUSTER_REDSHIFT - 0.03) * rng.beta(1.6, 2.6, _CLUSTERS)
    richness = (1.0 - rng.random(_CLUSTERS)) ** -0.7
    seen = np.minimum(richness, 200.0) / (0.2 + redshift)
    return Clusters(
        ra_deg=ra_deg,
        dec_deg=dec_deg,
        redshift=redshift,
        radius_deg=0.006 / redshift**0.7 * np.minimum(richness, 200.0) ** 0.2,
        cumulative_richness=np.cumsum(seen) / np.sum(seen),
    )


def _make_stars(rng: np.random.Generator) -> Stars:
    """Scatter bright stars; few are very bright and have large discs."""
    cells = rng.integers(0, _COLUMNS * _ROWS, _STARS)
    ra_deg, dec_deg = positions_in_cells(cells, *rng.random((2, _STARS)))
    radius_deg = np.minimum(0.05 * (1.0 - rng.random(_STARS)) ** -0.6, 0.9)
    centres = _vectors(*_cell_centres())
    vectors = _vectors(ra_deg, dec_deg)
    of_cell = np.full((_COLUMNS * _ROWS, _STARS_PER_CELL), -1)
    filled = np.zeros(_COLUMNS * _ROWS, np.int64)
    cell_reach = np.radians(0.15)
    for star, (vector, radius) in enumerate(zip(vectors, np.radians(radius_deg), strict=True)):
        touched = np.flatnonzero(centres @ vector > np.cos(1.5 * radius + cell_reach))
        touched = touched[filled[touched] < _STARS_PER_CELL]
        of_cell[touched, filled[touched]] = star
        filled[touched] += 1
    return Stars(
        vectors=vectors, ra_deg=ra_deg, dec_deg=dec_deg, radius_deg=radius_deg, of_cell=of_cell
    )

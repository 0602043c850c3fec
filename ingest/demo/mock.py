"""The mock galaxy survey, made on the spot, and the reader that hands it to ingest.

Rows come in chunks of a fixed number, each from a counter-based generator of its
own (Philox, keyed by seed and chunk): any chunk can be made alone, in any thread,
and a longer survey begins with the rows of a shorter one. A file ``*.mock.json``
with ``{"rows": 1000000, "seed": 0}`` stands for the rows, so that a survey of
10^9 rows needs no copy of them beside the one that ingest writes.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.demo.mock_galaxies import BANDS, Galaxies, make_galaxies
from ingest.demo.mock_sky import (
    MockSky,
    cells_of,
    make_sky,
    nearness_to_stars,
    positions_in_cells,
)
from ingest.readers import InputError, Piece, ReadOptions, SourceColumn

CHUNK_ROWS = 250_000
DEFAULT_ROWS = 2_000_000
MAX_ROWS = 1_000_000_000

SCHEMA = pa.schema(
    [("id", pa.int64()), ("ra", pa.float64()), ("dec", pa.float64())]
    + [(f"mag_{band}", pa.float32()) for band in BANDS]
    + [("z_phot", pa.float32()), ("size", pa.float32()), ("flags", pa.int32())]
)

_ROW_BYTES = 60.0
_CLUSTER_SHARE = 0.12
_DRAWN_EXTRA = 1.12
"""Candidates per row wanted: about 4 % fall into masked discs or off the edge."""


@dataclass(frozen=True)
class _Candidates:
    """Drawn positions that are inside the footprint and outside of the masked discs."""

    ra_deg: npt.NDArray[np.float64]
    dec_deg: npt.NDArray[np.float64]
    cluster_redshift: npt.NDArray[np.float32]
    nearness: npt.NDArray[np.float32]


_sky = cache(make_sky)


def make_chunk(seed: int, number: int, rows: int = CHUNK_ROWS) -> pa.Table:
    """Make the first ``rows`` rows of a chunk; ids count from 1 over all chunks.

    The rows are the same whatever ``rows`` is.
    """
    rng = np.random.Generator(np.random.Philox(key=[seed, number]))
    places = _draw_places(rng, _sky(seed))
    galaxies = make_galaxies(rng, places.cluster_redshift, places.nearness)
    first = number * CHUNK_ROWS + 1
    return _table(np.arange(first, first + CHUNK_ROWS), places, galaxies).slice(0, rows)


def _draw_places(rng: np.random.Generator, sky: MockSky) -> _Candidates:
    """Draw positions until a chunk is full."""
    batches = [_draw_candidates(rng, sky, int(CHUNK_ROWS * _DRAWN_EXTRA))]
    while sum(len(batch.ra_deg) for batch in batches) < CHUNK_ROWS:
        batches.append(_draw_candidates(rng, sky, CHUNK_ROWS // 10))
    return _Candidates(
        ra_deg=np.concatenate([batch.ra_deg for batch in batches])[:CHUNK_ROWS],
        dec_deg=np.concatenate([batch.dec_deg for batch in batches])[:CHUNK_ROWS],
        cluster_redshift=np.concatenate([batch.cluster_redshift for batch in batches])[:CHUNK_ROWS],
        nearness=np.concatenate([batch.nearness for batch in batches])[:CHUNK_ROWS],
    )


def _draw_candidates(rng: np.random.Generator, sky: MockSky, count: int) -> _Candidates:
    chance = rng.random(count)
    cells = np.searchsorted(sky.cumulative_density, chance, side="right")
    ra_deg, dec_deg = positions_in_cells(cells, rng.random(count), rng.random(count))
    redshift = np.full(count, np.nan, np.float32)
    _move_into_clusters(rng, sky, ra_deg, dec_deg, redshift)
    cells = cells_of(ra_deg, dec_deg)
    nearness = nearness_to_stars(sky.stars, cells, ra_deg, dec_deg)
    keep = (cells >= 0) & (nearness > 1.0)
    return _Candidates(ra_deg[keep], dec_deg[keep], redshift[keep], nearness[keep])


def _move_into_clusters(
    rng: np.random.Generator,
    sky: MockSky,
    ra_deg: npt.NDArray[np.float64],
    dec_deg: npt.NDArray[np.float64],
    redshift: npt.NDArray[np.float32],
) -> None:
    """Put a share of the galaxies into clusters, in place.

    Surface density falls as 1 / (1 + (r/core)²)², to 12 core radii.
    """
    members = np.flatnonzero(rng.random(len(ra_deg)) < _CLUSTER_SHARE)
    clusters = sky.clusters
    which = np.searchsorted(clusters.cumulative_richness, rng.random(len(members)), side="right")
    enclosed = rng.random(len(members)) * (144.0 / 145.0)
    radius = clusters.radius_deg[which] * np.sqrt(enclosed / (1.0 - enclosed))
    angle = rng.random(len(members)) * 2.0 * np.pi
    dec = clusters.dec_deg[which] + radius * np.sin(angle)
    dec_deg[members] = dec
    ra_deg[members] = (
        clusters.ra_deg[which] + radius * np.cos(angle) / np.cos(np.radians(dec))
    ) % 360.0
    redshift[members] = clusters.redshift[which]


def _table(ids: npt.NDArray[np.int64], places: _Candidates, galaxies: Galaxies) -> pa.Table:
    columns = {"id": pa.array(ids), "ra": pa.array(places.ra_deg), "dec": pa.array(places.dec_deg)}
    for band, values, detected in zip(BANDS, galaxies.magnitudes, galaxies.detected, strict=True):
        columns[f"mag_{band}"] = pa.array(values, mask=~detected)
    columns["z_phot"] = pa.array(galaxies.z_phot, mask=~galaxies.has_z_phot)
    columns["size"] = pa.array(galaxies.size_arcsec)
    columns["flags"] = pa.array(galaxies.flags)
    return pa.table(columns, schema=SCHEMA)


@dataclass(frozen=True, kw_only=True)
class MockSource:
    """A survey that is made while it is read."""

    path: Path
    rows: int
    seed: int
    columns: tuple[SourceColumn, ...] = tuple(
        SourceColumn(name=entry.name, type=entry.type) for entry in SCHEMA
    )
    row_bytes: float = _ROW_BYTES
    notes: tuple[str, ...] = field(default=())

    def pieces(self, file: int, rows: int) -> Iterator[Piece]:
        """Yield pieces of whole chunks, one at least however small ``rows`` is."""
        _sky(self.seed)  # made once, before the threads ask for it
        step = max(1, rows // CHUNK_ROWS) * CHUNK_ROWS
        for first in range(0, self.rows, step):
            count = min(step, self.rows - first)
            yield Piece(
                file=file,
                path=self.path,
                first_row=first,
                rows=count,
                read=partial(read_rows, self.seed, first, count),
            )


def read_rows(seed: int, first: int, count: int) -> pa.Table:
    """Make the rows [first, first + count); ``first`` begins a chunk."""
    chunks = []
    for start in range(first, first + count, CHUNK_ROWS):
        rows = min(CHUNK_ROWS, first + count - start)
        chunks.append(make_chunk(seed, start // CHUNK_ROWS, rows))
    return pa.concat_tables(chunks)


@dataclass(frozen=True)
class MockReader:
    """Reader of ``*.mock.json``: the recipe of a survey instead of its rows."""

    name: str = "mock"
    suffixes: tuple[str, ...] = (".mock.json",)

    def open(self, path: Path, options: ReadOptions) -> MockSource:  # noqa: ARG002
        """Read the recipe."""
        try:
            recipe = json.loads(path.read_text(encoding="utf-8"))
            rows, seed = recipe["rows"], recipe.get("seed", 0)
        except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
            raise InputError(
                f"{path} is not the recipe of a mock survey.",
                hint='It looks like {"rows": 1000000, "seed": 0}.',
                where=str(path),
            ) from error
        if type(rows) is not int or type(seed) is not int or not 1 <= rows <= MAX_ROWS or seed < 0:
            raise InputError(
                f"A mock survey of {rows} rows with seed {seed} is not possible.",
                hint=f"Use 1 to {MAX_ROWS} rows and a seed from 0.",
                where=str(path),
            )
        return MockSource(path=path, rows=rows, seed=seed)


def write_recipe(path: Path, *, rows: int, seed: int = 0) -> None:
    """Write the file that stands for a survey; its name ends in ``.mock.json``."""
    path.write_text(json.dumps({"rows": rows, "seed": seed}) + "\n", encoding="utf-8")


MOCK = MockReader()

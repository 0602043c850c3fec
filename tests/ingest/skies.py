"""Small skies for tests of ingest."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq


def sky(rows: int, seed: int = 1, clustered: float = 0.5) -> pa.Table:
    """Make a sky with a cluster, repeated positions, nulls and texts."""
    rng = np.random.default_rng(seed)
    ra = rng.uniform(0, 360, rows)
    dec = np.degrees(np.arcsin(rng.uniform(-1, 1, rows)))
    members = rng.random(rows) < clustered
    ra[members] = (rng.normal(0, 2, members.sum())) % 360
    dec[members] = rng.normal(30, 2, members.sum())
    same = rng.random(rows) < 0.05
    ra[same], dec[same] = 10.0, -20.0
    mag = rng.normal(20, 2, rows).astype("f4")
    return pa.table(
        {
            "id": rng.permutation(rows) + 1,
            "ra": ra,
            "dec": dec,
            "mag": pa.array(mag, mask=rng.random(rows) < 0.1),
            "name": [f"star {number}" for number in rng.integers(0, 1000, rows)],
            "flags": rng.integers(0, 4, rows).astype("i4"),
        }
    )


def write_sky(path: Path, table: pa.Table, **options: object) -> Path:
    """Write a sky as Parquet."""
    pq.write_table(table, path, **options)
    return path

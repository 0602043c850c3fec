"""A small table in memory, and DuckDB to run the trees of selections on it."""

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from hub.query.compose import compose
from hub.query.selection import Selection
from hub.sky.healpix import keys
from hub.tables.description import ColumnDescription, PositionDescription, TableDescription
from hub.tables.types import type_name

UNITS = {"ra": "deg", "dec": "deg", "g_mag": "mag", "bp_mag": "mag", "rp_mag": "mag"}


@dataclass
class Bench:
    """Runs selections on one Arrow table."""

    rows: pa.Table
    description: TableDescription

    def select(self, **parts) -> pa.Table:
        """Return the rows of a selection, in the order in which DuckDB gives them."""
        selection = Selection.parse({"catalog": "stars", **parts})
        composed = compose(selection, self.description)
        with duckdb.connect() as connection:
            connection.execute('CREATE SCHEMA "stars@1.0"')
            connection.register("_rows", self.rows)
            connection.execute('CREATE TABLE "stars@1.0".main AS SELECT * FROM _rows')
            for name, table in composed.inline.items():
                connection.register(name, table)
            return connection.sql(composed.tree.sql("duckdb")).to_arrow_table()

    def ids(self, **parts) -> list[int]:
        """Return the ids of the rows of a selection."""
        return self.select(columns=["id"], **parts)["id"].to_pylist()

    def where(self, mask) -> list[int]:
        """Return the ids of the rows that a mask marks, in the order of the table."""
        return self.rows["id"].to_numpy()[np.asarray(mask)].tolist()


def describe_rows(rows: pa.Table, *, position: bool = True) -> TableDescription:
    columns = tuple(
        ColumnDescription(
            name=field.name,
            original_name=field.name.upper(),
            type=type_name(field.type),
            unit=UNITS.get(field.name, ""),
        )
        for field in rows.schema
    )
    return TableDescription(
        catalog="stars",
        version="1.0",
        name="main",
        rows=rows.num_rows,
        bytes=rows.nbytes,
        location="file:///nowhere",
        key="id",
        position=PositionDescription(ra="ra", dec="dec") if position else None,
        order_key=("_healpix_29", "_random") if position else ("_row",),
        columns=columns,
        partitions=(),
    )


@pytest.fixture(scope="session")
def sky() -> Bench:
    """30 000 positions: all over the sky, many near both poles and near RA 0, two null."""
    random = np.random.default_rng(7)
    count = 30_000
    ra = random.uniform(0, 360, count)
    dec = np.degrees(np.arcsin(random.uniform(-1, 1, count)))
    near = 10.0 ** random.uniform(-8, 0.5, 3_000)
    dec[:3_000] = np.where(random.random(3_000) < 0.5, 90 - near, near - 90)
    ra[3_000:6_000] = np.where(random.random(3_000) < 0.5, near, 360 - near)
    ra[6_000:6_004], dec[6_000:6_004] = [0, 90, 180, 270], [0, 90, -90, 0]
    key = keys(ra, dec)
    draw = random.integers(0, 2**31, count).astype(np.int32)
    order = np.lexsort((draw, key))
    placed = pa.table(
        {
            "id": pa.array(np.arange(count)),
            "ra": ra[order],
            "dec": dec[order],
            "_healpix_29": key[order],
            "_random": draw[order],
        }
    )
    unplaced = pa.table(
        {"id": [-1, -2], "ra": [None, 5.0], "dec": [3.0, None], "_healpix_29": [None, None]}
        | {"_random": [1, 2]},
        schema=placed.schema,
    )
    rows = pa.concat_tables([placed, unplaced])
    return Bench(rows, describe_rows(rows))


@pytest.fixture(scope="session")
def stars() -> Bench:
    """500 rows with every type of column, nulls in each, no NaN."""
    random = np.random.default_rng(11)
    count = 500

    def nulls(values, kind):
        return pa.array(values, kind, mask=random.random(count) < 0.1)

    ra, dec = random.uniform(0, 360, count), random.uniform(-90, 90, count)
    words = np.array(["M31", "NGC 224", "50%", "a_b", "back\\slash", "", "Übung", "m31"])
    rows = pa.table(
        {
            "id": pa.array(np.arange(count)),
            "ra": ra,
            "dec": dec,
            "g_mag": nulls(random.integers(20, 90, count) / 8, pa.float64()),
            "bp_mag": nulls((random.integers(20, 90, count) / 8).astype(np.float32), pa.float32()),
            "rp_mag": nulls(random.normal(6, 2, count).astype(np.float32), pa.float32()),
            "flags": nulls(random.integers(0, 64, count), pa.int32()),
            "big": nulls(2**60 + random.integers(0, 5, count), pa.int64()),
            "name": nulls(random.choice(words, count), pa.string()),
            "good": nulls(random.random(count) < 0.5, pa.bool_()),
            "day": nulls(np.datetime64("2026-01-01") + random.integers(0, 30, count), pa.date32()),
            "seen": nulls(
                np.datetime64("2026-01-01T00:00:00", "us")
                + random.integers(0, 10**6, count) * np.timedelta64(10**6, "us"),
                pa.timestamp("us", tz="UTC"),
            ),
            "_healpix_29": keys(ra, dec),
            "_random": random.permutation(2**31 // 1000)[:count].astype(np.int32) * 1000,
        }
    )
    rows = rows.sort_by([("_healpix_29", "ascending"), ("_random", "ascending")])
    return Bench(rows, describe_rows(rows))

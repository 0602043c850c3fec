"""ORDER BY the order key gives that order, whatever the engine does to answer the rest."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hub.engines.duckdb_engine import DuckDBEngine
from hub.query.parse import parse_sql
from hub.query.planner import plan_query
from hub.settings import Settings
from hub.tables.description import ColumnDescription, Partition, TableDescription
from hub.tables.stream import Provenance

FILES, ROWS = 4, 250_000
"""Enough rows for several threads of the engine to take turns."""


@pytest.fixture(scope="module")
def long_table(tmp_path_factory: pytest.TempPathFactory) -> TableDescription:
    """Return a table of 10^6 rows in four files, in order of its key."""
    folder = tmp_path_factory.mktemp("long")
    partitions = []
    for number in range(FILES):
        row = np.arange(number * ROWS, (number + 1) * ROWS)
        path = folder / f"p{number}.parquet"
        pq.write_table(
            pa.table({"_row": row, "n": row, "v": row % 1000}), path, row_group_size=50_000
        )
        partitions.append(
            Partition(
                path=path.name,
                rows=ROWS,
                bytes=path.stat().st_size,
                key_min=int(row[0]),
                key_max=int(row[-1]),
            )
        )
    columns = tuple(
        ColumnDescription(name=name, original_name=name, type="bigint")
        for name in ("_row", "n", "v")
    )
    return TableDescription(
        catalog="long",
        version="1.0",
        name="main",
        rows=FILES * ROWS,
        bytes=sum(partition.bytes for partition in partitions),
        location=folder.as_uri(),
        key=None,
        position=None,
        order_key=("_row",),
        columns=columns,
        partitions=tuple(partitions),
    )


@pytest.mark.parametrize(
    "rest",
    [
        "FROM long.main",
        "FROM long.main WHERE v IN (1, 7, 30, 42)",
        "FROM long.main WHERE v IN (1, 7, 8, 30, 42, 500, 999)",
        "FROM long.main WHERE v NOT IN (1, 7, 8, 30, 42, 500, 999)",
        "FROM long.main WHERE v IN (SELECT v FROM long.main WHERE v < 100)",
        "FROM long.main t WHERE EXISTS (SELECT 1 FROM long.main r WHERE r._row = t.v + 200)",
        ", v IN (1, 7, 8, 30, 42, 500, 999) AS listed FROM long.main",
        ", (SELECT max(r.v) FROM long.main r WHERE r._row = t.v) AS w FROM long.main t",
    ],
)
def test_rows_come_sorted_by_the_order_key(
    long_table: TableDescription, tmp_path: Path, rest: str
) -> None:
    tree = parse_sql(f"SELECT n {rest} ORDER BY _row", max_terms=100, max_depth=10)
    plan = plan_query(tree, lambda *_: long_table, provenance=Provenance(query="", catalogs=()))
    settings = Settings(
        home=tmp_path, warehouse=long_table.location, memory_bytes=1 << 30, threads=4
    )
    with DuckDBEngine(settings).stream(plan) as stream:
        rows = stream.read_all()["n"].to_numpy()
    assert len(rows) > 0
    assert np.all(np.diff(rows) > 0)

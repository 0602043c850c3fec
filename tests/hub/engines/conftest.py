"""A small table of awkward values, run through the real planner and the real engine."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hub.engines.base import Cancel
from hub.engines.duckdb_engine import DuckDBEngine
from hub.errors import MissingError
from hub.query.parse import parse_sql
from hub.query.plan import QueryPlan
from hub.query.planner import plan_query
from hub.settings import Settings
from hub.tables.description import (
    ColumnDescription,
    Partition,
    PositionDescription,
    TableDescription,
)
from hub.tables.stream import Provenance
from hub.tables.types import type_name

NAN, INF = float("nan"), float("inf")

ROWS = {
    "f": [0.0, -0.0, 1.5, -2.0, NAN, INF, -INF, None, 1e300, 3.0, NAN, None],
    "g": pa.array([0, 1, 1.5, 3.0, NAN, INF, None, NAN, -2.0, 0.1, 1.0, None], pa.float32()),
    "i": [0, 1, -1, 2**60 + 1, 2**63 - 1, -(2**63), None, 3, 4, 5, 6, None],
    "s": ["", "a", "b%c", "b_c", "a'b", "a\\b", None, "ä", "Ä", "x", "a", None],
    "b": [True, False, None, True, False, None, True, False, None, True, False, None],
    "_healpix_29": [i << 50 for i in range(12)],
    "_random": pa.array(range(12), pa.int32()),
}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hold two files of six rows each."""
    path = tmp_path_factory.mktemp("warehouse")
    table = pa.table(ROWS)
    for number in range(2):
        # As ingest does: no statistics where there is NaN, since they would leave it out.
        pq.write_table(
            table.slice(number * 6, 6),
            path / f"p{number}.parquet",
            write_statistics=["i", "s", "b", "_healpix_29", "_random"],
        )
    return path


@pytest.fixture(scope="session")
def table(folder: Path) -> TableDescription:
    schema = pa.table(ROWS).schema
    columns = tuple(
        ColumnDescription(
            name=field.name, original_name=field.name.upper(), type=type_name(field.type)
        )
        for field in schema
    )
    partitions = tuple(
        Partition(
            path=f"p{number}.parquet",
            rows=6,
            bytes=1000,
            key_min=(number * 6) << 50,
            key_max=(number * 6 + 5) << 50,
        )
        for number in range(2)
    )
    return TableDescription(
        catalog="odd",
        version="1.0",
        name="main",
        rows=12,
        bytes=2000,
        location=folder.as_uri(),
        key=None,
        position=PositionDescription(ra="f", dec="g"),
        order_key=("_healpix_29", "_random"),
        columns=columns,
        partitions=partitions,
    )


@pytest.fixture(scope="session")
def plan(table: TableDescription) -> Callable[[str], QueryPlan]:
    """Plan SQL over the one table there is."""

    def find(catalog: str, version: str | None, name: str) -> TableDescription:
        if (catalog, version or "1.0", name) != ("odd", "1.0", "main"):
            raise MissingError(f"There is no table {catalog}.{name}.")
        return table

    def make(sql: str) -> QueryPlan:
        tree = parse_sql(sql, max_terms=10_000, max_depth=200)
        return plan_query(tree, find, provenance=Provenance(query=sql, catalogs=()))

    return make


@pytest.fixture(scope="session")
def engine(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> DuckDBEngine:
    settings = Settings(
        home=tmp_path_factory.mktemp("home"), warehouse=folder.as_uri(), memory_bytes=1 << 30
    )
    return DuckDBEngine(settings)


@pytest.fixture(scope="session")
def run(plan: Callable[[str], QueryPlan], engine: DuckDBEngine) -> Callable[..., pa.Table]:
    """Run SQL and read all of its rows."""

    def read(sql: str, timeout_s: float | None = None, cancel: Cancel | None = None) -> pa.Table:
        with engine.stream(plan(sql), timeout_s=timeout_s, cancel=cancel) as stream:
            return stream.read_all()

    return read

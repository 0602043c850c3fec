"""One table of awkward values, and the ways in which its queries can be run.

Every body of these tests runs on DuckDB, on the fragments of Spark and on
Spark SQL; DuckDB's answer is the one that the others are held to.
"""

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hub.engines.base import Engine
from hub.engines.duckdb_engine import DuckDBEngine
from hub.engines.spark_engine import SparkEngine
from hub.engines.spark_session import spark_session
from hub.errors import HubError, MissingError
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
    "f": [0.0, -0.0, 1.5, -2.0, NAN, INF, -INF, None, 1e300, 3.0, NAN, None, 0.5, -0.3, 2.675, 7.0],
    "g": pa.array(
        [0, 1, 1.5, 3, NAN, INF, None, NAN, -2, 0.1, 1, None, -1, 2, 0, -0.5], pa.float32()
    ),
    "i": [0, 1, -1, 2**60 + 1, 2**63 - 1, -(2**63), None, 3, 4, 5, 6, None, 7, -3, 4, 2],
    "j": pa.array([1, 0, 3, -2, 7, None, 5, 2, 0, 64, 1, 3, -1, 4, 2, 2], pa.int16()),
    "s": [
        "",
        "a",
        "b%c",
        "b_c",
        "a'b",
        "a\\b",
        None,
        "ä",
        "Ä",
        "x",
        "a",
        None,
        " ß\u00a0",
        "Σς",
        "😀b",
        "z",
    ],
    "p": ["", "a", "b%", "_", "a'%", "a\\b", "x", None, "ä", "%", "A", None, "%", "%", "_b", "Z"],
    "b": [True, False, None, True, False, None, True, False] * 2,
    "v": pa.array([[1.0, NAN], [], None, [None, 2.0]] * 4, pa.list_(pa.float32())),
    "d": pa.array([0, 1, None, 20_000] * 4, pa.date32()),
    "t": pa.array([0, 1_500_000, None, 1_795_000_000_123_456] * 4, pa.timestamp("us", "UTC")),
    "w": pa.array([None, 2**64, 5, -7] * 4, pa.decimal128(20, 0)),
    "_healpix_29": [i << 50 for i in range(16)],
    "_random": pa.array(range(16), pa.int32()),
}
FILES = ((0, 7), (7, 1), (8, 8))
"""First row and number of rows of each file."""

Answer = pa.Table | str
"""Rows, or the kind of error."""


class SparkSqlOnly(SparkEngine):
    """Spark without its first path, so that the second one meets every query."""

    name = "spark-sql"

    def fragmented(self, plan: QueryPlan) -> None:
        return None


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # Characters that mean something in patterns of file names, or in URLs.
    path = tmp_path_factory.mktemp("ware [house] {a,b} %20")
    table = pa.table(ROWS)
    named = [name for name in table.column_names if name not in {"f", "g", "v"}]
    for number, (first, rows) in enumerate(FILES):
        folder = path / f"Npix={number}"
        folder.mkdir()
        # As ingest does: no statistics where there is NaN, since they would leave it out.
        pq.write_table(table.slice(first, rows), folder / "part-0.parquet", write_statistics=named)
    return path


@pytest.fixture(scope="session")
def table(warehouse: Path) -> TableDescription:
    schema = pa.table(ROWS).schema
    return TableDescription(
        catalog="odd",
        version="1.0",
        name="main",
        rows=16,
        bytes=3000,
        location=warehouse.as_uri(),
        key=None,
        position=PositionDescription(ra="f", dec="g"),
        order_key=("_healpix_29", "_random"),
        columns=tuple(
            ColumnDescription(name=item.name, original_name=item.name, type=type_name(item.type))
            for item in schema
        ),
        partitions=tuple(
            Partition(
                path=f"Npix={number}/part-0.parquet",
                rows=rows,
                bytes=1000,
                key_min=first << 50,
                key_max=(first + rows - 1) << 50,
            )
            for number, (first, rows) in enumerate(FILES)
        ),
    )


@pytest.fixture(scope="session")
def plan(table: TableDescription) -> Callable[..., QueryPlan]:
    def find(catalog: str, version: str | None, name: str) -> TableDescription:
        if (catalog, name) != ("odd", "main"):
            raise MissingError(f"There is no table {catalog}.{name}.")
        return table

    def make(sql: str) -> QueryPlan:
        tree = parse_sql(sql, max_terms=10_000, max_depth=200)
        return plan_query(tree, find, provenance=Provenance(query=sql, catalogs=()))

    return make


@pytest.fixture(scope="session")
def settings(warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        home=tmp_path_factory.mktemp("home"),
        warehouse=warehouse.as_uri(),
        memory_bytes=1 << 30,
        spark_master="local[2]",
    )


@pytest.fixture(scope="session")
def spark(settings: Settings) -> Iterator[SparkEngine]:
    engine = SparkEngine(settings)
    # Small queries need no more partitions than there are cores.
    spark_session(settings).conf.set("spark.sql.shuffle.partitions", "2")
    return engine


@pytest.fixture(scope="session")
def engines(settings: Settings, spark: SparkEngine) -> dict[str, Engine]:
    """Every engine, the one that the others are held to first."""
    every = (DuckDBEngine(settings), spark, SparkSqlOnly(settings))
    return {engine.name: engine for engine in every}


@pytest.fixture(scope="session")
def answers(
    plan: Callable[[str], QueryPlan], engines: dict[str, Engine]
) -> Callable[[str], dict[str, Answer]]:
    """Run SQL everywhere."""

    def run(sql: str) -> dict[str, Answer]:
        planned = plan(sql)
        return {name: _answer(engine, planned) for name, engine in engines.items()}

    return run


def _answer(engine: Engine, planned: QueryPlan) -> Answer:
    try:
        with engine.stream(planned) as stream:
            return stream.read_all()
    except HubError as error:
        return type(error).__name__


def same(a: object, b: object, *, relative: float = 0.0) -> bool:
    """Tell whether two answers agree: NaN is NaN, and zeros have their sign."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(
            same(x, y, relative=relative) for x, y in zip(a, b, strict=True)
        )
    if isinstance(a, float) and isinstance(b, float):
        if math.isnan(a) or math.isnan(b):
            return math.isnan(a) and math.isnan(b)
        if a == 0 and b == 0:
            return math.copysign(1, a) == math.copysign(1, b)
        return a == b or math.isclose(a, b, rel_tol=relative, abs_tol=0)
    return type(a) is type(b) and a == b


@pytest.fixture(scope="session")
def agree(answers: Callable[[str], dict[str, Answer]]) -> Callable[..., Answer]:
    """Demand equal answers of all engines and return them.

    Rows are compared in the order they come, unless there is a key to sort them by first.
    """

    def check(sql: str, *, relative: float = 0.0, key: str | None = None) -> Answer:
        found = answers(sql)
        reference = found["duckdb"]
        for name, answer in found.items():
            if isinstance(reference, str) or isinstance(answer, str):
                assert answer == reference, f"{name}: {sql}"
                continue
            assert answer.schema == reference.schema, f"{name}: {sql}"
            if key is not None:
                answer, expected = answer.sort_by(key), reference.sort_by(key)
            else:
                expected = reference
            wrong = [
                f"{column}: {got} instead of {wanted}"
                for column in answer.column_names
                for got, wanted in [(answer[column].to_pylist(), expected[column].to_pylist())]
                if not same(got, wanted, relative=relative)
            ]
            assert not wrong, "\n".join([f"{name}: {sql}", *wrong])
        return reference

    return check

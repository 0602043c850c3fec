"""Whole columns come straight from the files, and are what the query engine would give."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hub.engines.base import Cancel, EngineFailedError, QueryCancelledError
from hub.engines.duckdb_engine import DuckDBEngine
from hub.engines.parquet_scan import scan_files
from hub.query.plain import plain_columns
from hub.query.plan import QueryPlan

Run = Callable[..., pa.Table]
Plan = Callable[[str], QueryPlan]


@pytest.mark.parametrize(
    "columns", ["*", "f", "s, f, i", "f AS a, f AS b", "_random, b, _healpix_29", "main.g"]
)
def test_a_scan_gives_what_a_query_gives(run: Run, plan: Plan, columns: str) -> None:
    scanned = f"SELECT {columns} FROM odd.main"
    queried = f"SELECT {columns} FROM odd.main WHERE 1 = 1"
    assert plain_columns(plan(scanned)) is not None
    assert plain_columns(plan(queried)) is None
    ours, theirs = run(scanned), run(queried)
    assert ours.schema == theirs.schema
    # As text: NaN equals NaN there.
    assert str(ours.to_pydict()) == str(theirs.to_pydict())


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT f + 1 AS v FROM odd.main",
        "SELECT f FROM odd.main LIMIT 3",
        "SELECT DISTINCT b FROM odd.main",
        "SELECT f FROM odd.main ORDER BY f",
        "SELECT a.f FROM odd.main a, odd.main b",
        "SELECT count(*) FROM odd.main",
        "SELECT 1 AS one FROM odd.main",
        "SELECT (SELECT max(i) FROM odd.main) AS v",
        "SELECT f FROM odd.main UNION ALL SELECT f FROM odd.main",
        "SELECT f FROM (SELECT f FROM odd.main) AS t",
        "WITH x AS (SELECT f FROM odd.main) SELECT f FROM x",
    ],
)
def test_anything_more_than_columns_is_a_query(plan: Plan, sql: str) -> None:
    assert plain_columns(plan(sql)) is None


def test_rows_keep_the_order_of_files_and_row_groups(tmp_path: Path) -> None:
    paths = []
    for number in range(5):
        values = np.arange(number * 10_000, (number + 1) * 10_000)
        paths.append(str(tmp_path / f"{number}.parquet"))
        pq.write_table(pa.table({"v": values, "w": -values}), paths[-1], row_group_size=777)
    batches = list(scan_files(paths, ["w", "v"], threads=3, batch_rows=500))
    assert max(batch.num_rows for batch in batches) <= 500
    table = pa.Table.from_batches(batches)
    assert table["v"].to_pylist() == list(range(50_000))
    assert table["w"].to_pylist() == [-value for value in range(50_000)]


def test_a_scan_that_is_left_early_ends_its_threads(tmp_path: Path) -> None:
    path = str(tmp_path / "long.parquet")
    pq.write_table(pa.table({"v": np.arange(100_000)}), path, row_group_size=100)
    rows = scan_files([path], ["v"], threads=2, batch_rows=100)
    assert next(rows).num_rows == 100
    rows.close()  # type: ignore[attr-defined]
    with pytest.raises(StopIteration):
        next(rows)


def test_a_scan_can_be_cancelled(plan: Plan, engine: DuckDBEngine) -> None:
    cancel = Cancel()
    with engine.stream(plan("SELECT f FROM odd.main"), cancel=cancel) as stream:
        batches = iter(stream)
        next(batches)
        cancel.cancel()
        with pytest.raises(QueryCancelledError):
            list(batches)


def test_a_missing_file_is_told_without_its_path(
    plan: Plan, engine: DuckDBEngine, folder: Path
) -> None:
    planned = plan("SELECT f FROM odd.main")
    (folder / "p1.parquet").rename(folder / "away")
    try:
        with pytest.raises(EngineFailedError, match="files of the table") as caught:
            engine.stream(planned).read_all()
    finally:
        (folder / "away").rename(folder / "p1.parquet")
    assert str(folder) not in f"{caught.value.message}{caught.value.hint}"

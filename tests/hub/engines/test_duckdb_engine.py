"""The engine streams, stops when asked, cuts and says so, and cannot leave the warehouse."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from hub.engines.available import Engines, UnknownEngineError
from hub.engines.base import Cancel, EngineFailedError, QueryCancelledError, QueryTimeoutError
from hub.engines.duckdb_engine import DuckDBEngine
from hub.query.plan import QueryPlan
from hub.settings import Settings

Plan = Callable[[str], QueryPlan]

ENDLESS = "SELECT count(*) AS n FROM " + ", ".join(f"odd.main t{i}" for i in range(10))
"""12^10 rows: minutes of work."""


def test_a_time_limit_stops_the_engine(plan: Plan, engine: DuckDBEngine) -> None:
    began = time.monotonic()
    with pytest.raises(QueryTimeoutError, match=r"0\.3 s"):
        engine.stream(plan(ENDLESS), timeout_s=0.3)
    assert time.monotonic() - began < 5


def test_cancel_stops_one_query_and_leaves_its_sibling_alone(
    plan: Plan, engine: DuckDBEngine
) -> None:
    cancel = Cancel()
    threading.Timer(0.3, cancel.cancel).start()
    with engine.stream(plan("SELECT f FROM odd.main")) as sibling:
        with pytest.raises(QueryCancelledError):
            engine.stream(plan(ENDLESS), cancel=cancel)
        assert sibling.read_all().num_rows == 12


def test_a_query_cancelled_before_it_begins_does_not_begin(
    plan: Plan, engine: DuckDBEngine
) -> None:
    cancel = Cancel()
    cancel.cancel()
    with pytest.raises(QueryCancelledError):
        engine.stream(plan(ENDLESS), cancel=cancel)


@pytest.mark.parametrize(("limit", "truncated"), [(5, True), (12, False), (13, False), (0, True)])
def test_a_cut_is_told(plan: Plan, engine: DuckDBEngine, limit: int, truncated: bool) -> None:
    with engine.stream(plan("SELECT f FROM odd.main"), max_rows=limit) as stream:
        table = stream.read_all()
    assert table.num_rows == min(limit, 12)
    assert stream.truncated is truncated


def test_overflow_is_told_in_our_words(plan: Plan, engine: DuckDBEngine) -> None:
    with pytest.raises(EngineFailedError, match="64 bits") as caught:
        engine.stream(plan("SELECT i + 1 AS v FROM odd.main")).read_all()
    assert "parquet" not in str(caught.value)


def test_overflow_behind_the_first_batch_is_told_in_our_words(
    plan: Plan, engine: DuckDBEngine
) -> None:
    tables = [f"t{number}" for number in range(6)]
    late = " AND ".join(f"{table}.i > 9e18" for table in tables)
    sources = ", ".join(f"odd.main AS {table}" for table in tables)
    many = f"SELECT CASE WHEN {late} THEN t0.i + t1.i ELSE 1 END AS v FROM {sources}"
    with pytest.raises(EngineFailedError, match="64 bits"):
        engine.stream(plan(many)).read_all()


def test_a_sub_query_of_many_rows_is_told_in_our_words(plan: Plan, engine: DuckDBEngine) -> None:
    with pytest.raises(EngineFailedError, match="more than one row"):
        engine.stream(plan("SELECT (SELECT i FROM odd.main) AS many"))


def test_a_sum_beyond_64_bits_is_an_error_and_not_a_wrong_number(
    plan: Plan, engine: DuckDBEngine
) -> None:
    with pytest.raises(EngineFailedError):
        engine.stream(plan("SELECT sum(abs(i)) AS v FROM odd.main WHERE i > 0")).read_all()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM glob('/*')",
        "COPY (SELECT 1) TO '/tmp/hub-second-wall.csv'",
        "ATTACH '/tmp/hub-second-wall.db' AS x",
        "SET enable_external_access = true",
        "INSTALL httpfs",
    ],
)
def test_the_second_wall_holds_where_the_first_would_not(engine: DuckDBEngine, sql: str) -> None:
    with pytest.raises(duckdb.Error):
        engine._connection.cursor().execute(sql).fetchall()


def test_an_engine_that_the_settings_do_not_name_is_refused(tmp_path: Path) -> None:
    engines = Engines(Settings(home=tmp_path))
    assert engines.chosen() == "duckdb"
    with pytest.raises(UnknownEngineError, match="no engine spark"):
        engines.chosen("spark")

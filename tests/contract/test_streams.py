"""Order, limits, cancelling and time limits hold on every engine, and nothing keeps running."""

import threading
import time
from collections.abc import Callable

import pytest

from hub.engines.base import Cancel, Engine, QueryCancelledError, QueryTimeoutError
from hub.engines.spark_engine import SparkEngine
from hub.engines.spark_session import spark_session
from hub.query.fragments import Fragment, fragments
from hub.query.plan import QueryPlan
from hub.settings import Settings

pytestmark = pytest.mark.spark

Plan = Callable[[str], QueryPlan]
SLOW = (
    "SELECT max(sin(a.f + b.g) + cos(c.f) + d.j + e.j + h.j) AS m FROM odd.main a, odd.main b, "
    "odd.main c, odd.main d, odd.main e, odd.main h, odd.main k, odd.main l WHERE l.j + k.j > 1"
)


@pytest.mark.parametrize("name", ["duckdb", "spark"])
def test_rows_of_a_scan_come_in_the_order_of_the_files(
    engines: dict[str, Engine], plan: Plan, name: str
) -> None:
    for sql, numbers in [
        ("SELECT _random FROM odd.main", list(range(16))),
        ("SELECT _random FROM odd.main WHERE _random % 2 = 1", list(range(1, 16, 2))),
        ("SELECT _random FROM odd.main LIMIT 4", [0, 1, 2, 3]),
        ("SELECT _random FROM odd.main LIMIT 4 OFFSET 6", [6, 7, 8, 9]),
        ("SELECT _random FROM odd.main ORDER BY _healpix_29, _random LIMIT 0", []),
    ]:
        with engines[name].stream(plan(sql)) as stream:
            assert stream.read_all()["_random"].to_pylist() == numbers


@pytest.mark.parametrize("sql", ["SELECT i FROM odd.main", "SELECT i FROM odd.main ORDER BY i"])
@pytest.mark.parametrize("name", ["duckdb", "spark", "spark-sql"])
def test_a_stream_is_cut_and_says_so(
    engines: dict[str, Engine], plan: Plan, name: str, sql: str
) -> None:
    for most, truncated in [(5, True), (16, False), (17, False)]:
        with engines[name].stream(plan(sql), max_rows=most) as stream:
            assert stream.read_all().num_rows == min(most, 16)
            assert stream.truncated is truncated


def jobs_end(settings: Settings) -> bool:
    tracker = spark_session(settings).sparkContext.statusTracker()
    end = time.monotonic() + 2
    while time.monotonic() < end:
        if not tracker.getActiveJobsIds():
            return True
        time.sleep(0.05)
    return False


def test_a_time_limit_stops_the_jobs_of_spark(
    engines: dict[str, Engine], plan: Plan, settings: Settings
) -> None:
    began = time.monotonic()
    with pytest.raises(QueryTimeoutError, match=r"1\.5 s"):
        engines["spark"].stream(plan(SLOW), timeout_s=1.5)
    assert time.monotonic() - began < 5
    assert jobs_end(settings)


@pytest.mark.parametrize("wait_s", [0.0, 1.0])
def test_cancelling_stops_the_jobs_of_spark(
    engines: dict[str, Engine], plan: Plan, settings: Settings, wait_s: float
) -> None:
    cancel = Cancel()
    threading.Timer(wait_s, cancel.cancel).start()
    with pytest.raises(QueryCancelledError):
        engines["spark"].stream(plan(SLOW), cancel=cancel)
    assert jobs_end(settings)


@pytest.mark.parametrize("sql", ["SELECT i FROM odd.main", "SELECT i FROM odd.main ORDER BY i"])
def test_closing_a_stream_with_rows_left_frees_everything(
    engines: dict[str, Engine], plan: Plan, settings: Settings, sql: str
) -> None:
    before = {thread.name for thread in threading.enumerate()}
    stream = engines["spark"].stream(plan(sql))
    stream.close()
    stream.close()
    assert jobs_end(settings)
    left = {thread.name for thread in threading.enumerate()} - before
    assert not [name for name in left if name.startswith("spark-run")]


def test_no_view_of_a_query_is_left(
    engines: dict[str, Engine], plan: Plan, settings: Settings
) -> None:
    engines["spark-sql"].stream(plan("SELECT i FROM odd.main")).read_all()
    assert spark_session(settings).catalog.listTables() == []


def test_fragments_hold_every_row_once_and_in_order(plan: Plan) -> None:
    planned = plan("SELECT i FROM odd.main")
    sizes = [7, 1, 8]
    for target in (8, 16, 24, 40, 64, 72, 10_000):
        seen = []
        for fragment in fragments(planned, target):
            assert isinstance(fragment, Fragment)
            for path in fragment.files:
                number = int(path.split("Npix=")[1][0])
                first, last = fragment.rows or (0, sizes[number] - 1)
                seen += [(number, row) for row in range(first, last + 1)]
        assert seen == [(number, row) for number in range(3) for row in range(sizes[number])]


def test_what_goes_by_fragments(spark: SparkEngine, plan: Plan) -> None:
    for sql in (
        "SELECT f * 2 AS x FROM odd.main WHERE i > 3 LIMIT 5",
        "SELECT 1 AS x FROM odd.main",
    ):
        assert spark.fragmented(plan(sql)) is not None
    for sql in (
        "SELECT max(f) AS m FROM odd.main",
        "SELECT DISTINCT f FROM odd.main",
        "SELECT f FROM odd.main ORDER BY f",
        "SELECT f FROM odd.main WHERE f IN (SELECT g FROM odd.main)",
        "SELECT 1 AS x",
        "SELECT f FROM odd.main UNION ALL SELECT g FROM odd.main",
    ):
        assert spark.fragmented(plan(sql)) is None

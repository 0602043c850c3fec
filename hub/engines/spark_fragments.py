"""Filters and projections as tasks of Spark, each with the files of its fragment."""

import logging
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from functools import partial

import pyarrow as pa
from pyspark import RDD, SparkContext

from hub.engines.base import EngineFailedError
from hub.engines.duckdb_engine import local_folders
from hub.engines.fragment import FragmentFailure, FragmentPart, FragmentTask, run_fragments
from hub.engines.spark_run import SparkRun
from hub.query.fragments import FragmentedQuery, fragments, total_bytes
from hub.query.plan import QueryPlan
from hub.settings import Settings

_LOG = logging.getLogger(__name__)

_LEAST_BYTES, _MOST_BYTES = 4 << 20, 64 << 20
"""Size of a fragment: a task takes some 20 ms beside its work, and its rows pass the driver."""

_TASKS_PER_CORE = 4

Answers = list[bytes | FragmentFailure]


def window_of(context: SparkContext, settings: Settings) -> int:
    """Return how many fragments are computed ahead; they have to fit into the driver."""
    fits = settings.memory_bytes // 4 // _MOST_BYTES
    return max(2, min(2 * context.defaultParallelism, fits))


def fragment_batches(
    context: SparkContext,
    plan: QueryPlan,
    query: FragmentedQuery,
    settings: Settings,
    run: SparkRun,
    max_rows: int | None,
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a plan in the order of its files.

    Parameters
    ----------
    max_rows
        Rows after which nobody reads on.
    """
    wanted = _wanted(query, max_rows)
    if wanted == 0:
        return
    cores = max(context.defaultParallelism, 1)
    target = min(max(total_bytes(plan) // (cores * _TASKS_PER_CORE), _LEAST_BYTES), _MOST_BYTES)
    parts = [
        FragmentPart(files=fragment.files, rows=fragment.rows)
        for fragment in fragments(plan, target)
    ]
    if not parts:
        return
    task = FragmentTask(
        whole=query.whole,
        cut=query.cut,
        names=tuple(column.name for column in plan.columns),
        folders=tuple(local_folders(settings.warehouse)),
        spill=str(settings.home / "tmp" / "spark" / "duckdb"),
        memory_bytes=max(settings.memory_bytes // cores, 64 << 20),
        limit=None if wanted is None else wanted + query.offset,
    )
    _LOG.debug("spark: %d fragments: %s", len(parts), query.whole)
    rdd = context.parallelize(parts, len(parts))
    batches = _in_order(rdd, task, len(parts), window_of(context, settings), run)
    yield from _cut(batches, query.offset, wanted)


def _wanted(query: FragmentedQuery, max_rows: int | None) -> int | None:
    # One more than asked for, so that the stream can tell that it was cut.
    limits = [query.limit, None if max_rows is None else max_rows + 1]
    return min((limit for limit in limits if limit is not None), default=None)


def _in_order(
    rdd: "RDD[FragmentPart]", task: FragmentTask, count: int, window: int, run: SparkRun
) -> Iterator[pa.RecordBatch]:
    """Run a job for each fragment, some ahead, and yield their rows in order."""
    waiting: deque[Future[Answers]] = deque()
    for number in range(count):
        waiting.append(run.submit(partial(_run_one, rdd, task, number)))
        if len(waiting) >= window:
            yield from _read(waiting.popleft().result())
    while waiting:
        yield from _read(waiting.popleft().result())


def _run_one(rdd: "RDD[FragmentPart]", task: FragmentTask, number: int) -> Answers:
    return rdd.context.runJob(rdd, partial(run_fragments, task), [number])


def _read(answers: Answers) -> Iterator[pa.RecordBatch]:
    for answer in answers:
        if isinstance(answer, FragmentFailure):
            raise EngineFailedError(answer.message, hint=answer.hint)
        yield from pa.ipc.open_stream(answer)


def _cut(
    batches: Iterator[pa.RecordBatch], offset: int, wanted: int | None
) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        skipped = min(offset, batch.num_rows)
        offset -= skipped
        batch = batch.slice(skipped, wanted)
        if wanted is not None:
            wanted -= batch.num_rows
        if batch.num_rows:
            yield batch
        if wanted == 0:
            return

"""Everything else, as Spark SQL: joins, aggregates, sorts, sub-queries.

The result is turned into Arrow streams by the tasks that compute it, and comes
to the driver one partition after the other (`DataFrame.toLocalIterator`), the
next one ahead: never all of it at a time.
"""

import logging
import re
import uuid
from collections.abc import Iterator
from functools import partial

import pyarrow as pa
from pyspark.sql import DataFrame, Row, SparkSession

from hub.engines.batches import check_columns
from hub.engines.fragment import as_streams
from hub.engines.spark_run import SparkRun
from hub.query.plan import QueryPlan, TableScan
from hub.query.render import local_files
from hub.query.render_spark import render_spark, spark_schema

_LOG = logging.getLogger(__name__)

_GLOB = re.compile(r"([\\*?\[\]{}])")
"""Characters by which Hadoop would look for files of other names."""

_ESCAPED = r"\\\1"


def sql_batches(
    session: SparkSession, plan: QueryPlan, schema: pa.Schema, run: SparkRun, max_rows: int | None
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a plan.

    Parameters
    ----------
    max_rows
        Rows after which nobody reads on.
    """
    rows = run.submit(partial(_started, session, plan, schema, max_rows)).result()
    for row in rows:
        yield from pa.ipc.open_stream(row[0])


def _started(
    session: SparkSession, plan: QueryPlan, schema: pa.Schema, max_rows: int | None
) -> Iterator[Row]:
    prefix = f"hub_{uuid.uuid4().hex}"
    views = {
        name: f"{prefix}_{number}"
        for number, name in enumerate([*(scan.name for scan in plan.scans), *plan.inline])
    }
    sql = render_spark(plan, views)
    _LOG.debug("spark: %s", sql)
    try:
        for scan in plan.scans:
            _files(session, scan).createTempView(views[scan.name])
        for name, table in plan.inline.items():
            session.createDataFrame(table).createTempView(views[name])
        frame = session.sql(sql)
    finally:
        for view in views.values():
            session.catalog.dropTempView(view)
    check_columns(frame.columns, schema)
    if max_rows is not None and max_rows < 2**31 - 1:
        # One more than asked for, so that the stream can tell that it was cut.
        frame = frame.limit(max_rows + 1)
    streams = frame.mapInArrow(as_streams, "stream BINARY")
    return streams.toLocalIterator(prefetchPartitions=True)


def _files(session: SparkSession, scan: TableScan) -> DataFrame:
    columns = spark_schema(scan)
    paths = ["file://" + _GLOB.sub(_ESCAPED, path) for path in local_files(scan)]
    if not paths:
        return session.createDataFrame([], columns)
    return session.read.schema(columns).parquet(*paths)

"""Spark: the same queries on all cores of one machine or on a cluster."""

import logging
from collections.abc import Iterator

import pyarrow as pa

from hub.engines.base import Cancel
from hub.engines.batches import schema_of, started, with_schema
from hub.engines.spark_fragments import fragment_batches, window_of
from hub.engines.spark_run import SPARK_ERRORS, SparkRun
from hub.engines.spark_session import spark_session
from hub.engines.spark_sql import sql_batches
from hub.query.fragments import FragmentedQuery, fragmented
from hub.query.plan import QueryPlan
from hub.settings import Settings
from hub.tables.stream import ResultStream

_LOG = logging.getLogger(__name__)


class SparkEngine:
    """Runs plans on Spark, on one of two paths.

    *Fragments*: plans that filter and project one table run as tasks that each
    give a part of its files to DuckDB, with the very SQL of engine ``duckdb``.
    *Spark SQL*: all other plans, in the SQL of `hub.query.render_spark`.
    """

    name = "spark"
    dialect = "spark"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def check(self) -> str:
        """Start the session; return the engine's version and master."""
        session = spark_session(self._settings)
        return f"Spark {session.version} on {session.sparkContext.master}"

    def stream(
        self,
        plan: QueryPlan,
        *,
        timeout_s: float | None = None,
        max_rows: int | None = None,
        cancel: Cancel | None = None,
    ) -> ResultStream:
        """Start a plan; see `hub.engines.base.Engine`."""
        context = spark_session(self._settings).sparkContext
        query = self.fragmented(plan)
        threads = 1 if query is None else window_of(context, self._settings)
        run = SparkRun(context, threads=threads, timeout_s=timeout_s)
        schema = schema_of(plan.columns)
        try:
            if cancel is not None:
                cancel.on_cancel(run.cancel)
            batches = started(self._batches(plan, query, schema, run, max_rows))
        except BaseException:
            run.close()
            raise
        return ResultStream(
            columns=plan.columns,
            schema=schema,
            batches=batches,
            provenance=plan.provenance,
            engine=self.name,
            on_close=run.close,
            row_limit=max_rows,
        )

    def fragmented(self, plan: QueryPlan) -> FragmentedQuery | None:
        """Return the query of a plan's fragments; null when it goes to Spark SQL."""
        return fragmented(plan)

    def _batches(
        self,
        plan: QueryPlan,
        query: FragmentedQuery | None,
        schema: pa.Schema,
        run: SparkRun,
        max_rows: int | None,
    ) -> Iterator[pa.RecordBatch]:
        session = spark_session(self._settings)
        try:
            if query is None:
                rows = sql_batches(session, plan, schema, run, max_rows)
            else:
                rows = fragment_batches(
                    session.sparkContext, plan, query, self._settings, run, max_rows
                )
            for batch in rows:
                run.check()
                yield with_schema(batch, schema)
            run.check()
        except (*SPARK_ERRORS, pa.ArrowInvalid) as error:
            raise run.translated(error) from error

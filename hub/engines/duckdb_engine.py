"""The embedded engine: DuckDB in this process, a cursor for each query."""

import logging
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

import duckdb
import pyarrow as pa

from hub.engines.base import Cancel, EngineFailedError, QueryCancelledError, QueryTimeoutError
from hub.engines.batches import check_columns, schema_of, started, with_schema
from hub.engines.duckdb_connection import BATCH_ROWS, failure_words, open_connection
from hub.engines.parquet_scan import scan_files
from hub.query.plain import plain_columns
from hub.query.plan import QueryPlan
from hub.query.render import local_files, render_duckdb
from hub.settings import Settings
from hub.tables.stream import ResultStream

_LOG = logging.getLogger(__name__)


class DuckDBEngine:
    """Runs plans in one DuckDB instance that can read the warehouse and nothing else.

    Queries reach it as rendered trees only (`hub.query`), so the locks set
    here are a second wall: no file outside the warehouse can be opened, no
    extension loaded, no setting changed.
    """

    name = "duckdb"
    dialect = "duckdb"

    def __init__(self, settings: Settings) -> None:
        self._spill = settings.home / "tmp" / "duckdb"
        self._connection = _open(settings, self._spill)
        self._threads = settings.threads

    def check(self) -> str:
        """Run a query that needs no table; return the engine's version."""
        cursor = self._connection.cursor()
        row = cursor.execute("SELECT version()").fetchone()
        return f"DuckDB {row[0] if row else '?'}"

    def stream(
        self,
        plan: QueryPlan,
        *,
        timeout_s: float | None = None,
        max_rows: int | None = None,
        cancel: Cancel | None = None,
    ) -> ResultStream:
        """Start a plan; see `hub.engines.base.Engine`."""
        run = _Run(self._connection.cursor(), self._threads, timeout_s)
        if cancel is not None:
            cancel.on_cancel(run.cancel)
        schema = schema_of(plan.columns)
        try:
            batches = run.start(plan, schema)
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


def _open(settings: Settings, spill: Path) -> duckdb.DuckDBPyConnection:
    return open_connection(
        local_folders(settings.warehouse),
        spill=spill,
        memory_bytes=settings.memory_bytes,
        threads=settings.threads,
    )


def local_folders(warehouse: str) -> list[str]:
    """Return the folders of a warehouse on disks of this machine; none for others."""
    url = urlsplit(warehouse)
    return [unquote(url.path)] if url.scheme == "file" else []


class _Run:
    """One query on one cursor: started once, stopped from any thread, closed once."""

    def __init__(
        self, cursor: duckdb.DuckDBPyConnection, threads: int, timeout_s: float | None
    ) -> None:
        self._cursor = cursor
        self._threads = threads
        self._timeout_s = timeout_s
        self._timer = threading.Timer(timeout_s, self._time_out) if timeout_s else None
        self._stopped_by: type[QueryTimeoutError] | type[QueryCancelledError] | None = None
        self._ended = False
        self._lock = threading.Lock()

    def start(self, plan: QueryPlan, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        """Run the query up to its first batch."""
        if self._timer is not None:
            self._timer.daemon = True
            self._timer.start()
        return started(self._batches(plan, schema))

    def _batches(self, plan: QueryPlan, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        columns = plain_columns(plan)
        try:
            rows = self._queried(plan, schema) if columns is None else self._scanned(plan, columns)
            for batch in rows:
                # The scan cannot be interrupted within a batch; the query stops by itself.
                if self._stopped_by is not None:
                    raise duckdb.InterruptException("stopped")
                yield with_schema(batch, schema)
        except (duckdb.Error, pa.ArrowInvalid, OSError, RuntimeError) as error:
            if _is_interrupt(error):
                raise KeyboardInterrupt from error
            raise self._translated(error) from error
        finally:
            self._finish()

    def _queried(self, plan: QueryPlan, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        sql = render_duckdb(plan)
        _LOG.debug("duckdb: %s", sql)
        for name, table in plan.inline.items():
            self._cursor.register(name, table)
        if self._stopped_by is not None:
            raise duckdb.InterruptException("stopped before it began")
        relation = self._cursor.sql(sql)
        check_columns(relation.columns, schema)
        yield from relation.to_arrow_reader(BATCH_ROWS)

    def _scanned(self, plan: QueryPlan, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        files = local_files(plan.scans[0])
        _LOG.debug("scan of %d files", len(files))
        return scan_files(files, columns, threads=self._threads, batch_rows=BATCH_ROWS)

    def cancel(self) -> None:
        """Stop the query because somebody wants to."""
        self._stop(QueryCancelledError)

    def _time_out(self) -> None:
        self._stop(QueryTimeoutError)

    def _stop(self, reason: type[QueryTimeoutError] | type[QueryCancelledError]) -> None:
        with self._lock:
            if not self._ended:
                self._stopped_by = self._stopped_by or reason
                self._cursor.interrupt()

    def _finish(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def close(self) -> None:
        """Stop what still runs and free the cursor; safe to call twice."""
        self._finish()
        with self._lock:
            if self._ended:
                return
            self._ended = True
            self._cursor.interrupt()
            self._cursor.close()

    def _translated(self, error: Exception) -> Exception:
        _LOG.info("duckdb failed: %s", error)
        if self._stopped_by is QueryTimeoutError:
            return QueryTimeoutError(
                f"The query was stopped after its time limit of {self._timeout_s:g} s.",
                hint="Take a smaller region or a sample.",
            )
        if self._stopped_by is QueryCancelledError:
            return QueryCancelledError("The query was cancelled.")
        message, hint = failure_words(error)
        return EngineFailedError(message, hint=hint)


def _is_interrupt(error: Exception) -> bool:
    """Tell whether DuckDB met Ctrl-C: it takes Python's KeyboardInterrupt for itself."""
    return type(error) is RuntimeError and "Query interrupted" in str(error)

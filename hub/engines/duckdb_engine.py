"""The embedded engine: DuckDB in this process, a cursor for each query."""

import logging
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

import duckdb
import pyarrow as pa

from hub.engines.base import Cancel, EngineFailedError, QueryCancelledError, QueryTimeoutError
from hub.engines.parquet_scan import scan_files
from hub.query.plain import plain_columns
from hub.query.plan import QueryPlan
from hub.query.render import local_files, render_duckdb
from hub.settings import Settings
from hub.tables.stream import ResultStream
from hub.tables.types import arrow_type

_LOG = logging.getLogger(__name__)

BATCH_ROWS = 122_880
"""Rows of a batch at most, as DuckDB makes them: 10 columns of doubles are 10 MB."""


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
        schema = _schema(plan)
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
    spill.mkdir(parents=True, exist_ok=True)
    warehouse = urlsplit(settings.warehouse)
    folders = [unquote(warehouse.path)] if warehouse.scheme == "file" else []
    connection = duckdb.connect(
        config={
            "threads": str(settings.threads),
            "memory_limit": f"{settings.memory_bytes // 2**20}MiB",
            "temp_directory": str(spill),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
            # Deep but legal: chains of operators are limited in hub.query.parse.
            "max_expression_depth": "5000",
        }
    )
    # These belong to extensions that load with the first statement.
    connection.execute("SET TimeZone = 'UTC'")
    # Published files never change, so their footers can be kept.
    connection.execute("SET parquet_metadata_cache = true")
    # The order matters: the last of these closes the door behind the others.
    connection.execute("SET allowed_directories = $1", [folders])
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _schema(plan: QueryPlan) -> pa.Schema:
    return pa.schema([(column.name, arrow_type(column.type)) for column in plan.columns])


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
        batches = self._batches(plan, schema)
        first = next(batches, None)
        return _chain(first, batches)

    def _batches(self, plan: QueryPlan, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        columns = plain_columns(plan)
        try:
            rows = self._queried(plan, schema) if columns is None else self._scanned(plan, columns)
            for batch in rows:
                # The scan cannot be interrupted within a batch; the query stops by itself.
                if self._stopped_by is not None:
                    raise duckdb.InterruptException("stopped")
                yield _with_schema(batch, schema)
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
        _check_columns(relation.columns, schema)
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
        return _failure(error)


def _is_interrupt(error: Exception) -> bool:
    """Tell whether DuckDB met Ctrl-C: it takes Python's KeyboardInterrupt for itself."""
    return type(error) is RuntimeError and "Query interrupted" in str(error)


# What the engine says holds file names and its own SQL, so each kind of
# failure has its own words here; the engine's go to the log.
_FILES = ("The files of the table cannot be read.", "Run hub doctor.")
_FAILURES: tuple[tuple[type[Exception], str, str], ...] = (
    (
        duckdb.OutOfMemoryException,
        "The query needs more memory than the hub may use.",
        "Take fewer columns or rows, or raise HUB_MEMORY.",
    ),
    (
        duckdb.OutOfRangeException,
        "A whole number in the query went beyond 64 bits.",
        "Cast to double before computing: CAST(x AS double).",
    ),
    (
        duckdb.ConversionException,
        "A value in the query cannot be converted to the type asked for.",
        "Leave such values out with WHERE before the CAST.",
    ),
    (
        duckdb.InvalidInputException,
        "A value in the query is outside of what its function takes.",
        "",
    ),
    (duckdb.IOException, *_FILES),
)


def _failure(error: Exception) -> EngineFailedError:
    text = str(error)
    if "more than one row" in text.lower():
        return EngineFailedError(
            "A sub-query that is used as a value gave more than one row.",
            hint="Take one by min, max or LIMIT 1, or use IN.",
        )
    for kind, message, hint in _FAILURES:
        if isinstance(error, kind):
            return EngineFailedError(message, hint=hint)
    # What fails behind the first batch comes through Arrow, as an OSError with that text.
    if "Out of Range" in text or "Overflow" in text:
        return EngineFailedError(_FAILURES[1][1], hint=_FAILURES[1][2])
    if "Conversion Error" in text:
        return EngineFailedError(_FAILURES[2][1], hint=_FAILURES[2][2])
    if isinstance(error, OSError):
        return EngineFailedError(_FILES[0], hint=_FILES[1])
    return EngineFailedError(
        "The engine could not run the query.",
        hint="HUB_DEBUG=1 tells more, and so does the log of a server.",
    )


def _chain(
    first: pa.RecordBatch | None, rest: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    if first is not None:
        yield first
    yield from rest


def _check_columns(names: list[str], schema: pa.Schema) -> None:
    """Refuse a result that is not the resolved one: it would mean that the walls have a hole."""
    if list(names) != schema.names:
        raise EngineFailedError("The engine returned other columns than those resolved.")


def _with_schema(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return the batch with exactly the plan's types; buffers are shared where types agree."""
    if batch.schema.types == schema.types:
        return pa.RecordBatch.from_arrays(batch.columns, schema=schema)
    arrays = [
        column if column.type == field.type else column.cast(field.type)
        for column, field in zip(batch.columns, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)

"""One query on Spark: its job group, its time limit, and the words of its failures."""

import logging
import re
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from py4j.protocol import Py4JError, Py4JNetworkError
from pyspark import SparkContext
from pyspark.errors import PySparkException

from hub.engines.base import (
    EngineFailedError,
    EngineUnavailableError,
    QueryCancelledError,
    QueryTimeoutError,
)
from hub.engines.duckdb_connection import CONVERSION, FILES, MANY_ROWS, OVERFLOW, RANGE, UNKNOWN

_LOG = logging.getLogger(__name__)

_AGAIN_S = 0.05
"""Seconds between two wishes to cancel, as a job may begin just after the first."""

SPARK_ERRORS = (PySparkException, Py4JError, ConnectionError, EOFError)

_CONDITION = re.compile(r"\[([A-Z_]+)(?:\.[A-Z0-9_]+)*\]")
_MEANINGS = {
    "ARITHMETIC_OVERFLOW": OVERFLOW,
    "BINARY_ARITHMETIC_OVERFLOW": OVERFLOW,
    "CAST_OVERFLOW": CONVERSION,
    "CAST_INVALID_INPUT": CONVERSION,
    "NUMERIC_VALUE_OUT_OF_RANGE": OVERFLOW,
    "FAILED_READ_FILE": FILES,
    "PATH_NOT_FOUND": FILES,
    "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY": (
        "Spark SQL cannot run a sub-query of this kind.",
        "Write it as a join, or use engine duckdb.",
    ),
    "SCALAR_SUBQUERY_TOO_MANY_ROWS": MANY_ROWS,
}
_RAISED = {"overflow": OVERFLOW, "conversion": CONVERSION, "range": RANGE}
"""By the text that `hub.query.spark_rules` lets Spark raise."""

Result = TypeVar("Result")


class SparkRun:
    """Threads whose jobs form one group, which can be stopped from any thread."""

    def __init__(self, context: SparkContext, *, threads: int, timeout_s: float | None) -> None:
        self._context = context
        self._group = f"hub-{uuid.uuid4().hex}"
        self._timeout_s = timeout_s
        self._stopped_by: type[QueryTimeoutError] | type[QueryCancelledError] | None = None
        self._lock = threading.Lock()
        self._closed = False
        self._waiting: set[Future[Any]] = set()
        # Job groups belong to threads, so that the run has its own.
        self._pool = ThreadPoolExecutor(
            threads, thread_name_prefix="spark-run", initializer=self._join_group
        )
        self._timer = threading.Timer(timeout_s, self._time_out) if timeout_s else None
        if self._timer is not None:
            self._timer.daemon = True
            self._timer.start()

    @property
    def group(self) -> str:
        """Name of the job group."""
        return self._group

    def _join_group(self) -> None:
        self._context.setJobGroup(self._group, "exploration-hub", interruptOnCancel=True)

    def submit(self, work: Callable[[], Result]) -> "Future[Result]":
        """Run something in a thread of this run; its jobs end with the run."""
        with self._lock:
            self.check()
            future = self._pool.submit(work)
            self._waiting.add(future)
        future.add_done_callback(self._waiting.discard)
        return future

    def check(self) -> None:
        """Raise why the run was stopped, if it was."""
        if self._stopped_by is QueryTimeoutError:
            raise QueryTimeoutError(
                f"The query was stopped after its time limit of {self._timeout_s:g} s.",
                hint="Take a smaller region or a sample.",
            )
        if self._stopped_by is QueryCancelledError:
            raise QueryCancelledError("The query was cancelled.")
        if self._closed:
            raise EngineFailedError("The rows were asked for after the stream was closed.")

    def cancel(self) -> None:
        """Stop the query because somebody wants to."""
        self._stop(QueryCancelledError)

    def _time_out(self) -> None:
        self._stop(QueryTimeoutError)

    def _stop(self, reason: type[QueryTimeoutError] | type[QueryCancelledError]) -> None:
        with self._lock:
            if self._closed or self._stopped_by is not None:
                return
            self._stopped_by = reason
        self._end_jobs()

    def _end_jobs(self) -> None:
        """Cancel the group until nothing of it is left; a job may begin after the first time."""
        self._cancel_group()
        threading.Thread(target=self._keep_cancelling, daemon=True).start()

    def _keep_cancelling(self) -> None:
        pause = threading.Event()
        while any(not future.done() for future in list(self._waiting)):
            pause.wait(_AGAIN_S)
            self._cancel_group()

    def _cancel_group(self) -> None:
        try:
            self._context.cancelJobGroup(self._group)
        except (*SPARK_ERRORS, AttributeError) as error:
            # A context that has ended has no jobs.
            _LOG.info("spark: jobs could not be cancelled: %s", error)

    def close(self) -> None:
        """Stop what still runs and free the threads; safe to call twice."""
        if self._timer is not None:
            self._timer.cancel()
        with self._lock:
            if self._closed:
                return
            self._closed = True
        for future in list(self._waiting):
            future.cancel()
        self._end_jobs()
        self._pool.shutdown(wait=True)

    def translated(self, error: Exception) -> Exception:
        """Return the hub's error for one of Spark's."""
        _LOG.info("spark failed: %s", error)
        try:
            self.check()
        except (QueryTimeoutError, QueryCancelledError) as stopped:
            return stopped
        except EngineFailedError:
            _LOG.debug("spark failed after the stream was closed")
        if isinstance(error, Py4JNetworkError | ConnectionError | EOFError):
            return EngineUnavailableError(
                "The Java process of Spark has ended.", hint="Start this process again."
            )
        message, hint = _words(str(error))
        return EngineFailedError(message, hint=hint)


def _words(text: str) -> tuple[str, str]:
    for condition in _CONDITION.findall(text):
        if condition in _MEANINGS:
            return _MEANINGS[condition]
        if condition == "USER_RAISED_EXCEPTION":
            return next((words for raised, words in _RAISED.items() if raised in text), OVERFLOW)
    if "FileNotFoundException" in text or "IO Error" in text:
        return FILES
    if "OutOfMemoryError" in text:
        return "The query needs more memory than the hub may use.", "Raise HUB_MEMORY."
    return UNKNOWN

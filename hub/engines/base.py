"""The seam between plans and the engines that run them."""

from collections.abc import Callable
from typing import Protocol

from hub.errors import FatalError, TransientError
from hub.query.plan import QueryPlan
from hub.tables.stream import ResultStream


class QueryTimeoutError(TransientError):
    """The engine did not finish in its time; nothing keeps running."""


class QueryCancelledError(TransientError):
    """The query was cancelled; nothing keeps running."""


class EngineUnavailableError(TransientError):
    """The engine cannot be reached; trying later may help."""


class EngineFailedError(FatalError):
    """The engine began the query and failed."""


class Cancel:
    """A wish to stop, handed to an engine by whoever may change their mind.

    Calling `cancel` runs, once, what the engine registered; an engine that
    registers later than that is told at once.
    """

    def __init__(self) -> None:
        self._wanted = False
        self._stop: Callable[[], None] | None = None

    @property
    def wanted(self) -> bool:
        """Whether somebody asked to stop."""
        return self._wanted

    def cancel(self) -> None:
        """Ask to stop; safe from any thread, and more than once."""
        self._wanted = True
        if self._stop is not None:
            self._stop()

    def on_cancel(self, stop: Callable[[], None]) -> None:
        """Register how to stop what runs now."""
        self._stop = stop
        if self._wanted:
            stop()


class Engine(Protocol):
    """Runs plans and streams their rows; keeps no state between queries."""

    name: str

    dialect: str
    """The name under which `hub.query.render` writes SQL for this engine."""

    def stream(
        self,
        plan: QueryPlan,
        *,
        timeout_s: float | None = None,
        max_rows: int | None = None,
        cancel: Cancel | None = None,
    ) -> ResultStream:
        """Start a plan; rows arrive as Arrow batches with exactly the plan's columns.

        The first batch has been computed when this returns, so an error of the
        query is raised here and not in the middle of a download.

        Parameters
        ----------
        timeout_s
            Seconds for the whole query; null for no limit.
        max_rows
            Cut after so many rows; the stream tells whether it did.
        cancel
            Stops the query from another thread.

        Raises
        ------
        QueryTimeoutError, QueryCancelledError, EngineUnavailableError, EngineFailedError
        """
        ...

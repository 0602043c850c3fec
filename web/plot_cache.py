"""Plots that were just made: a page needs their numbers first, its pictures a moment later.

Table versions never change, so a plot of a frozen selection stays right.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from hub.access import User
from hub.engines.base import QueryCancelledError
from hub.errors import TransientError
from hub.explore.density import SkyDensity
from hub.explore.plot import BinnedPlot
from hub.explore.request import PlotRequest
from hub.services.exploration import Exploration
from hub.tables.description import TableDescription
from web.client_watch import stopped_without_client

KEPT = 32
"""Plots, however small."""

KEPT_BYTES = 64 * 1024 * 1024
"""Grids; a map of 300 × 200 cells takes 1 MB."""


@dataclass
class _Entry:
    """One plot, made by whoever holds the lock first."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    plot: BinnedPlot | None = None

    @property
    def bytes(self) -> int:
        """Size of the plot's arrays."""
        if self.plot is None:
            return 0
        return self.plot.grid.nbytes + self.plot.error.nbytes + self.plot.filled.nbytes


class SlowPlotError(TransientError):
    """A plot took longer than a page may wait."""


class PlotCache:
    """Makes plots, each once, and keeps the latest."""

    def __init__(self, exploration: Exploration, timeout_s: float) -> None:
        self._exploration = exploration
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._entries: OrderedDict[tuple[str, ...], _Entry] = OrderedDict()

    def plot(self, request: PlotRequest, user: User) -> BinnedPlot:
        """Return the plot of a request whose selection is frozen.

        Raises
        ------
        SlowPlotError
            It was not ready in time; the engine was stopped.
        HubError
            As `Exploration.plot`; nothing is kept then.
        """
        entry = self._entry((user.name, *_key(request)))
        with entry.lock:
            if entry.plot is None:
                entry.plot = self._make(request, user)
                self._forget_oldest()
            return entry.plot

    def sky_density(self, table: TableDescription, user: User) -> SkyDensity:
        """Return where the rows of a table lie; counted once, however many ask at a time.

        Raises
        ------
        HubError
            As `Exploration.sky_density`.
        """
        with self._entry(("sky", table.full_name)).lock:
            # The service itself keeps what it counted.
            return self._exploration.sky_density(table.catalog, table.version, table.name, user)

    def _make(self, request: PlotRequest, user: User) -> BinnedPlot:
        with stopped_without_client() as cancel:
            timer = threading.Timer(self._timeout_s, cancel.cancel)
            timer.start()
            try:
                return self._exploration.plot(request, user, cancel=cancel)
            except QueryCancelledError as error:
                raise SlowPlotError(
                    f"This plot was not ready after {self._timeout_s:g} s, so it was stopped.",
                    hint="Take a smaller region, a stronger filter or a sample.",
                ) from error
            finally:
                timer.cancel()

    def _entry(self, key: tuple[str, ...]) -> _Entry:
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            return entry

    def _forget_oldest(self) -> None:
        """Keep within the bounds; the latest plot stays, however large."""
        with self._lock:
            total = sum(entry.bytes for entry in self._entries.values())
            while len(self._entries) > 1 and (len(self._entries) > KEPT or total > KEPT_BYTES):
                _, oldest = self._entries.popitem(last=False)
                total -= oldest.bytes


def _key(request: PlotRequest) -> tuple[str, ...]:
    """Return what tells plots apart."""
    axes = (request.x, request.y, request.grid, request.statistic, request.of, request.fit)
    return (request.selection.canonical(), *map(repr, axes))

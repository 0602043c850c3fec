"""What works right now, for ``/healthz``, ``/status`` and the badge in the header."""

import shutil
import threading
import time
from dataclasses import dataclass

from hub.access import ANONYMOUS
from hub.assemble import Services
from hub.errors import HubError

_FRESH_S = 5.0
"""The header asks on every page; the parts are asked this often at most."""

_LOW_DISK = 0.05


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of the hub and whether it works."""

    name: str
    is_well: bool
    words: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """All parts."""

    parts: tuple[Part, ...]

    @property
    def is_well(self) -> bool:
        """Whether all parts work."""
        return all(part.is_well for part in self.parts)

    @property
    def words(self) -> str:
        """State in words, beside the dot in the header."""
        ill = [part.name for part in self.parts if not part.is_well]
        return f"Trouble: {', '.join(ill)}" if ill else "All systems up"


class Health:
    """Asks the parts, and remembers the answer for some seconds."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lock = threading.Lock()
        self._asked_s = 0.0
        self._report = Report(parts=())

    def report(self) -> Report:
        """Return the state of all parts, at most some seconds old."""
        with self._lock:
            if not self._report.parts or time.monotonic() - self._asked_s > _FRESH_S:
                self._report = Report(parts=(self._database(), self._engines(), self._disk()))
                self._asked_s = time.monotonic()
            return self._report

    def _database(self) -> Part:
        try:
            known = len(self._services.catalogs.catalogs(ANONYMOUS))
        except HubError as error:
            return Part(name="database", is_well=False, words=error.message)
        return Part(name="database", is_well=True, words=f"{known} catalogue versions")

    def _engines(self) -> Part:
        names = self._services.settings.engines
        return Part(name="engines", is_well=bool(names), words=", ".join(names))

    def _disk(self) -> Part:
        home = self._services.settings.home
        folder = next(path for path in (home, *home.parents) if path.exists())
        usage = shutil.disk_usage(folder)
        free = usage.free / usage.total
        return Part(name="disk", is_well=free > _LOW_DISK, words=f"{100 * free:.0f} % free")

"""The engines of this hub: found by entry point, started when first needed."""

import threading
from importlib.metadata import entry_points

from hub.engines.base import Engine, EngineUnavailableError
from hub.errors import UsageError
from hub.settings import Settings

GROUP = "exploration_hub.engines"


class UnknownEngineError(UsageError):
    """The settings of this hub name no such engine."""


class Engines:
    """Engines by name, each made once in this process, at its first query."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._made: dict[str, Engine] = {}
        self._lock = threading.Lock()

    @property
    def names(self) -> tuple[str, ...]:
        """Names that the settings allow; the first is the default."""
        return self._settings.engines

    def chosen(self, name: str | None = None) -> str:
        """Return the name of the engine that is meant; null stands for the default.

        Raises
        ------
        UnknownEngineError
            The settings do not name it.
        """
        chosen = name or self.names[0]
        if chosen not in self.names:
            raise UnknownEngineError(
                f"There is no engine {chosen} in this hub.",
                hint=f"Engines: {', '.join(self.names)}; HUB_ENGINES sets them.",
            )
        return chosen

    def engine(self, name: str | None = None) -> Engine:
        """Return an engine by name; null stands for the default.

        Raises
        ------
        UnknownEngineError
            The settings do not name it, or nothing installed provides it.
        EngineUnavailableError
            A library that it needs is not installed.
        """
        chosen = self.chosen(name)
        with self._lock:
            if chosen not in self._made:
                self._made[chosen] = self._load(chosen)
            return self._made[chosen]

    def _load(self, name: str) -> Engine:
        found = {point.name: point for point in entry_points(group=GROUP)}
        if name not in found:
            raise UnknownEngineError(
                f"HUB_ENGINES names {name}, which is not installed.",
                hint=f"Installed engines: {', '.join(sorted(found))}.",
            )
        try:
            make = found[name].load()
        except ModuleNotFoundError as error:
            raise EngineUnavailableError(
                f"The engine {name} needs the Python package {error.name}, which is not installed.",
                hint=f"Install it with: pip install 'exploration-hub[{name}]'.",
            ) from error
        engine: Engine = make(self._settings)
        return engine

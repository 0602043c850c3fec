"""`Services`: what the hub can do, built from its settings.

The only place that picks implementations. What a command does not use is not
loaded: a refused query must not wait for the plotting libraries.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pkgutil import resolve_name
from typing import TYPE_CHECKING, cast

from hub.engines.available import Engines
from hub.services.catalogs import Catalogs
from hub.settings import Settings
from hub.tables.registry import Registry
from hub.tables.warehouse import Warehouse

if TYPE_CHECKING:
    from hub.results.formats import Format
    from hub.services.exploration import Exploration
    from hub.services.queries import Queries


@dataclass(frozen=True, kw_only=True)
class Services:
    """One call per thing that a user can ask; shared by all threads of a process."""

    settings: Settings
    registry: Registry
    warehouse: Warehouse
    engines: Engines
    catalogs: Catalogs

    @cached_property
    def queries(self) -> "Queries":
        """Selections and SQL → rows."""
        make = resolve_name("hub.services.queries:Queries")
        return cast("Queries", make(self.registry, self.engines, self.settings))

    @cached_property
    def exploration(self) -> "Exploration":
        """Selections and axes → binned plots."""
        make = resolve_name("hub.services.exploration:Exploration")
        return cast(
            "Exploration", make(self.queries, self.settings.home / "cache", self.settings.threads)
        )

    @cached_property
    def formats(self) -> "Mapping[str, Format]":
        """Formats of results by name."""
        load = resolve_name("hub.results.formats:load_formats")
        return cast("Mapping[str, Format]", load())


def assemble(settings: Settings) -> Services:
    """Open the registry and build the services.

    Raises
    ------
    HubError
        The database or the warehouse of the settings cannot be used.
    """
    registry = Registry(settings.database)
    warehouse = Warehouse(settings.warehouse)
    return Services(
        settings=settings,
        registry=registry,
        warehouse=warehouse,
        engines=Engines(settings),
        catalogs=Catalogs(registry, warehouse),
    )

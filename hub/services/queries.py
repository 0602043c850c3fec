"""Selections and SQL of a user → plans → rows."""

from dataclasses import replace
from datetime import UTC, datetime

import hub
from hub.access import User
from hub.engines.available import Engines
from hub.engines.base import Cancel
from hub.errors import UsageError
from hub.query.compose import Composed, compose
from hub.query.parse import parse_sql
from hub.query.plan import QueryPlan
from hub.query.planner import plan_query
from hub.query.readable import readable_sql
from hub.query.resolve import FindTable
from hub.query.selection import Selection
from hub.query.words import in_words
from hub.settings import Settings
from hub.sky.names import resolve_name
from hub.tables.description import TableDescription
from hub.tables.registry import Registry
from hub.tables.stream import Provenance, ResultStream

FORMS = ("id", "canonical", "sql", "words")
"""What `Queries.show` can print of a selection."""


class Queries:
    """Plans and runs queries; every call names the user whose rights count."""

    def __init__(self, registry: Registry, engines: Engines, settings: Settings) -> None:
        self._registry = registry
        self._engines = engines
        self._settings = settings

    def plan_sql(self, sql: str, user: User) -> QueryPlan:
        """Plan a query that a user wrote.

        Raises
        ------
        UsageError, MissingError
            The SQL is refused; says why, where, and what is near.
        """
        tree = parse_sql(
            sql, max_terms=self._settings.sql_max_terms, max_depth=self._settings.sql_max_depth
        )
        plan = plan_query(tree, self._finder(user), provenance=_provenance(sql.strip()))
        return self._cited(plan, user)

    def plan_selection(self, selection: Selection, user: User) -> QueryPlan:
        """Plan a selection; its version is filled in and names are resolved first."""
        frozen = self.freeze(selection, user)
        table = self._table(frozen, user)
        composed = compose(frozen, table)
        provenance = replace(
            _provenance(_text(composed, table)),
            selection=frozen.canonical(),
            selection_id=frozen.id(),
        )
        plan = plan_query(
            composed.tree,
            self._finder(user),
            provenance=provenance,
            inline=composed.inline,
            in_table_order=composed.in_table_order,
        )
        return self._cited(plan, user)

    def freeze(self, selection: Selection, user: User) -> Selection:
        """Return the selection with its version filled in and its name resolved.

        One that is frozen already comes back as it is; whether its version
        exists is seen when it is planned or shown.
        """
        if selection.is_frozen:
            return selection
        version = self._registry.catalog(selection.catalog, selection.version, user).version
        return selection.frozen(version, resolve_name)

    def show(self, selection: Selection, form: str, user: User) -> str:
        """Return one form of a selection: ``id``, ``canonical``, ``sql`` or ``words``."""
        frozen = self.freeze(selection, user)
        table = self._table(frozen, user)
        # A selection that cannot be run has no id either: say so here.
        composed = compose(frozen, table)
        if form == "canonical":
            return frozen.canonical()
        if form == "id":
            return frozen.id()
        if form == "sql":
            return _text(composed, table)
        if form == "words":
            return in_words(frozen, table)
        raise UsageError(f"A selection has no form {form}.", hint=f"Forms: {', '.join(FORMS)}.")

    def stream(
        self,
        plan: QueryPlan,
        *,
        engine: str | None = None,
        max_rows: int | None = None,
        timeout_s: float | None = None,
        cancel: Cancel | None = None,
    ) -> ResultStream:
        """Run a plan; see `hub.engines.base.Engine.stream`."""
        return self._engines.engine(engine).stream(
            plan, max_rows=max_rows, timeout_s=timeout_s, cancel=cancel
        )

    def engine_name(self, name: str | None = None) -> str:
        """Return the name of the engine that would run a plan; null stands for the default.

        Raises
        ------
        UnknownEngineError
            This hub has no such engine.
        """
        return self._engines.chosen(name)

    def _finder(self, user: User) -> FindTable:
        def find(catalog: str, version: str | None, table: str) -> TableDescription:
            return self._registry.table(catalog, version, table, user)

        return find

    def _table(self, frozen: Selection, user: User) -> TableDescription:
        return self._registry.table(frozen.catalog, frozen.version, frozen.table, user)

    def _cited(self, plan: QueryPlan, user: User) -> QueryPlan:
        """Add what the plan reads to its provenance: catalogs, citations, licences."""
        read = {(scan.table.catalog, scan.table.version): None for scan in plan.scans}
        catalogs = [self._registry.catalog(name, version, user) for name, version in read]
        provenance = replace(
            plan.provenance,
            catalogs=tuple(f"{c.catalog}@{c.version}" for c in catalogs),
            citations=tuple(c.citation for c in catalogs if c.citation),
            licences=tuple(c.licence for c in catalogs if c.licence),
        )
        return replace(plan, provenance=provenance)


def _provenance(sql: str) -> Provenance:
    return Provenance(
        query=sql,
        catalogs=(),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        software=f"exploration-hub {hub.__version__}",
    )


def _text(composed: Composed, table: TableDescription) -> str:
    order = table.order_key if composed.in_table_order else ()
    return readable_sql(composed.tree, composed.inline, order)

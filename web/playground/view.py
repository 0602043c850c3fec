"""What the playground shows of a selection: words, cost, plots, first rows."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from hub.access import User
from hub.assemble import Services
from hub.errors import HubError
from hub.explore.captions import Caption, caption
from hub.explore.request import PlotRequest
from hub.query.plan import QueryPlan
from hub.query.selection import Selection
from hub.tables.description import ColumnDescription, TableDescription
from web.client_watch import stopped_without_client
from web.errors import Failure, failure_of
from web.playground.axes import DefaultAxes, heat_map_request, histogram_request
from web.playground.fields import PlayFields
from web.playground.meaning import Meaning, read_meaning, selection_of
from web.playground.values import Piece
from web.plot_cache import PlotCache
from web.previews import ShownRows, show_rows
from web.urls import picture_query

_BYTES_OF_TYPE = {
    "boolean": 1,
    "tinyint": 1,
    "smallint": 2,
    "integer": 4,
    "bigint": 8,
    "float": 4,
    "double": 8,
    "date": 4,
    "timestamp": 8,
}
_BYTES_OF_TEXT = 12
_EXPRESSION = re.compile(r"expression (\d+) of the plot(?:, (.+))?")
_TEXT_FACTOR = 2.0
"""Digits and separators of a number against its bytes, about."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One plot on a page, or why there is none."""

    query: str = ""
    """Query string of its picture, without theme and width."""

    caption: Caption | None = None
    rows_selected: int | None = None
    is_exact: bool = True
    failure: Failure | None = None
    width: int = 0
    height: int = 0


@dataclass(frozen=True, kw_only=True)
class PlayView:
    """Everything the playground's page says beside its form."""

    table: TableDescription
    fields: PlayFields
    errors: dict[str, str] = field(default_factory=dict)
    failure: Failure | None = None
    """What is wrong with the whole selection and with no single field."""

    selection: Selection | None = None
    """Frozen; null when the form has errors."""

    words: str = ""
    sql: str = ""
    plan: QueryPlan | None = None
    heat_map: Figure | None = None
    histogram: Figure | None = None
    preview: ShownRows | None = None
    preview_failure: Failure | None = None

    @property
    def rows_selected(self) -> int | None:
        """Rows of the result, where a plot counted them."""
        counts = [f.rows_selected for f in (self.heat_map, self.histogram) if f]
        return next((count for count in counts if count is not None), None)

    @property
    def result_columns(self) -> tuple[ColumnDescription, ...]:
        """Columns of the result; empty when the form has errors."""
        return self.plan.columns if self.plan else ()

    def result_bytes(self, *, is_text: bool) -> int | None:
        """Return about how large the result is."""
        if self.rows_selected is None:
            return None
        width = sum(_BYTES_OF_TYPE.get(c.type, _BYTES_OF_TEXT) for c in self.result_columns)
        return round(self.rows_selected * width * (_TEXT_FACTOR if is_text else 1.0))


def look_at(
    fields: PlayFields, table: TableDescription, services: Services, plots: PlotCache, user: User
) -> PlayView:
    """Return the view of a form; when a field of the selection is wrong, nothing is run."""
    meaning = read_meaning(fields, table)
    errors = dict(meaning.errors)
    if errors:
        return PlayView(table=table, fields=fields, errors=errors)
    queries = services.queries
    try:
        selection = queries.freeze(Selection.parse(selection_of(meaning, table)), user)
        plan = queries.plan_selection(selection, user)
        words = queries.show(selection, "words", user)
        sql = queries.show(selection, "sql", user)
    except HubError as error:
        blamed = _blame(meaning, table, services, user)
        failure = None if blamed else failure_of(error)
        return PlayView(table=table, fields=fields, errors=blamed, failure=failure)
    heat_map = heat_map_request(fields, selection, errors)
    histogram = histogram_request(fields, selection, errors)
    shown_map = _figure(heat_map, plots, user, ("x", "y", "of"), errors)
    shown_histogram = _figure(histogram, plots, user, ("h",), errors)
    preview, preview_failure = _preview(plan, services)
    return PlayView(
        table=table,
        fields=fields,
        errors=errors,
        selection=selection,
        words=words,
        sql=sql,
        plan=plan,
        heat_map=shown_map,
        histogram=shown_histogram,
        preview=preview,
        preview_failure=preview_failure,
    )


def with_default_axes(fields: PlayFields, axes: DefaultAxes) -> PlayFields:
    """Return the fields with the table's own plots where none are asked for."""
    wanted = {"x": axes.x, "y": axes.y, "h": axes.h}
    return fields.with_texts(**{name: fields[name] or value for name, value in wanted.items()})


def without_default_axes(fields: PlayFields, axes: DefaultAxes) -> PlayFields:
    """Return the fields without plots that are the table's own, as addresses have them."""
    wanted = {"x": axes.x, "y": axes.y, "h": axes.h}
    return fields.with_texts(
        **{name: "" if fields[name] == value else fields[name] for name, value in wanted.items()}
    )


def figure_of(request: PlotRequest, plots: PlotCache, user: User) -> Figure:
    """Make a plot and return what a page needs of it.

    Raises
    ------
    HubError
    """
    plot = plots.plot(request, user)
    return Figure(
        query=picture_query(request),
        caption=caption(plot),
        rows_selected=plot.counts.selected,
        is_exact=plot.exact,
    )


def _figure(
    request: PlotRequest | None,
    plots: PlotCache,
    user: User,
    fields: Sequence[str],
    errors: dict[str, str],
) -> Figure | None:
    """Make a plot; an error of one of its expressions is noted at that expression's field."""
    if request is None:
        return None
    try:
        return figure_of(request, plots, user)
    except HubError as error:
        place = _EXPRESSION.match(error.where)
        if place is None or int(place[1]) > len(fields):
            return Figure(failure=failure_of(error))
        message = f"{error.message.removesuffix('.')} ({place[2]})." if place[2] else error.message
        errors[fields[int(place[1]) - 1]] = f"{message} {error.hint}".strip()
        return None


def _preview(plan: QueryPlan, services: Services) -> tuple[ShownRows | None, Failure | None]:
    settings = services.settings
    try:
        with stopped_without_client() as cancel:
            stream = services.queries.stream(
                plan,
                max_rows=settings.preview_rows,
                timeout_s=settings.query_timeout_s,
                cancel=cancel,
            )
            with stream:
                return show_rows(stream), None
    except HubError as error:
        return None, failure_of(error)


def _blame(
    meaning: Meaning, table: TableDescription, services: Services, user: User
) -> dict[str, str]:
    """Return which fields are to blame: each piece of the selection is planned by itself."""
    base: Piece = {"catalog": table.catalog, "version": table.version, "table": table.name}
    errors = {}
    for name, piece in meaning.pieces.items():
        error = _error_of(partial(_plan, base | piece, services, user))
        if error:
            errors[name] = f"{error.message} {error.hint}".strip()
    return errors


def _plan(piece: Piece, services: Services, user: User) -> None:
    services.queries.plan_selection(Selection.parse(piece), user)


def _error_of(action: Callable[[], None]) -> HubError | None:
    try:
        action()
    except HubError as error:
        return error
    return None

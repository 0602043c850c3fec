"""Expert mode: SQL in a text area, its first rows, and all of them as a file."""

from dataclasses import dataclass, field
from http import HTTPStatus

from flask import Blueprint, Response, make_response, render_template, request

from hub.errors import ErrorKind, HubError
from hub.query.plan import QueryPlan
from hub.results.formats import find_format
from hub.tables.description import CatalogDescription
from web.client_watch import stopped_without_client
from web.context import current_user, services, settings
from web.errors import Failure, failure_of, place_in_text
from web.examples import Example, examples_of
from web.pages.play import DOWNLOAD_TIMEOUT_S, send_rows
from web.previews import ShownRows, show_rows

blueprint = Blueprint("sql", __name__)

SHOWN_ROWS = 1_000
"""Rows of a result on the page; the file has all."""


@dataclass(frozen=True, kw_only=True)
class SqlView:
    """What the page says of a query."""

    text: str
    plan: QueryPlan | None = None
    rows: ShownRows | None = None
    failure: Failure | None = None
    excerpt: str = field(default="")
    """The line at fault with a mark below the column."""


@blueprint.get("/sql")
def show_sql() -> Response:
    """GET /sql: the editor; with ``q`` also the first rows of its result."""
    text = request.args.get("q", "")
    view = _run(text) if text.strip() else SqlView(text=text)
    catalogs = [c for c in services().catalogs.catalogs(current_user()) if c.default]
    page = render_template(
        "sql.html",
        view=view,
        catalogs=catalogs,
        examples=_examples(catalogs),
        formats=services().formats.values(),
        shown_rows=SHOWN_ROWS,
        timeout_s=settings().query_timeout_s,
        download_timeout_s=DOWNLOAD_TIMEOUT_S,
    )
    return make_response(page, _status(view.failure))


@blueprint.route("/sql/download", methods=["GET", "POST"])
def download() -> Response:
    """GET or POST /sql/download: all rows of a query as a file."""
    output = find_format(request.values.get("format", "csv"))
    plan = services().queries.plan_sql(request.values.get("q", ""), current_user())
    return send_rows(
        lambda cancel: services().queries.stream(plan, timeout_s=DOWNLOAD_TIMEOUT_S, cancel=cancel),
        output,
        request.values.get("compression", ""),
        name="query",
    )


def _status(failure: Failure | None) -> HTTPStatus:
    """Return the page's status: the page is there, even when what the query names is not."""
    if failure is None:
        return HTTPStatus.OK
    return HTTPStatus.BAD_REQUEST if failure.kind is ErrorKind.MISSING else failure.status


def _run(text: str) -> SqlView:
    """Plan a query and read its first rows; an error becomes part of the view."""
    plan = None
    try:
        plan = services().queries.plan_sql(text, current_user())
        with stopped_without_client() as cancel:
            stream = services().queries.stream(
                plan, max_rows=SHOWN_ROWS, timeout_s=settings().query_timeout_s, cancel=cancel
            )
            with stream:
                return SqlView(text=text, plan=plan, rows=show_rows(stream))
    except HubError as error:
        excerpt = line_at_fault(text, error.where)
        return SqlView(text=text, plan=plan, failure=failure_of(error), excerpt=excerpt)


def line_at_fault(text: str, where: str) -> str:
    """Return the line that an error names, with a mark below its column; else nothing."""
    place = place_in_text(where)
    lines = text.splitlines()
    if place is None or not 1 <= place[0] <= len(lines):
        return ""
    number, column = place
    start = f"{number} | "
    line = lines[number - 1].replace("\t", " ")
    return f"{start}{line}\n{' ' * (len(start) + column - 1)}^"


def _examples(catalogs: list[CatalogDescription]) -> list[tuple[str, list[Example]]]:
    """Return the examples of each catalogue."""
    return [(catalog.catalog, list(examples_of(catalog))) for catalog in catalogs]

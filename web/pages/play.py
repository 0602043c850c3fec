"""The playground: one GET form whose address is the whole state."""

import json
import shlex
from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hub.engines.base import Cancel
from hub.errors import UsageError
from hub.query.selection import Selection
from hub.results.compress import COMPRESSIONS, check_compression
from hub.results.formats import Format, find_format
from hub.tables.stream import ResultStream
from hub.tables.types import is_numeric
from web.catalog_search import column_text, search_catalogs
from web.client_watch import client_has_left, stopped_without_client
from web.context import current_user, plots, services
from web.playground.actions import act
from web.playground.axes import default_axes
from web.playground.fields import STEPS, PlayFields
from web.playground.meaning import OPS, column_item, read_meaning, selection_of
from web.playground.opening import open_selection
from web.playground.steps import step_states
from web.playground.view import PlayView, look_at, with_default_axes, without_default_axes
from web.streaming import stream_bytes, writer_of

blueprint = Blueprint("play", __name__)

MAX_LOG2 = 20
"""Smallest fraction that the form offers."""

DOWNLOAD_TIMEOUT_S = 3600.0
"""A download may take this long; the client's own speed counts."""


@blueprint.get("/play")
def choose_table() -> str:
    """GET /play: which table to explore."""
    found = search_catalogs(services().catalogs.catalogs(current_user()), "")
    return render_template("play_choose.html", found=found)


@blueprint.get("/play/<catalog>/<version>/<table>")
def show_playground(catalog: str, version: str, table: str) -> AnyResponse:
    """GET /play/<catalog>/<version>/<table>: form, plots and first rows of a selection."""
    user = current_user()
    described = services().catalogs.table(catalog, version, table, user)
    if "s" in request.args:
        return _open(request.args["s"])
    axes = default_axes(described)
    fields = act(PlayFields.read(request.args), request.args, described)
    canonical = without_default_axes(fields, axes).pairs()
    nothing_ticked = fields.was_sent and not fields.columns
    if not nothing_ticked and list(request.args.items(multi=True)) != canonical:
        return redirect(f"{request.path}{'?' * bool(canonical)}{urlencode(canonical)}")
    view = look_at(with_default_axes(fields, axes), described, services(), plots(), user)
    page = render_template("play.html", **_context(view, urlencode(canonical)))
    return make_response(page, 400 if view.errors or view.failure else 200)


@blueprint.get("/play/<catalog>/<version>/<table>/download")
def download(catalog: str, version: str, table: str) -> Response:
    """GET .../download: all rows of the selection as a file."""
    user = current_user()
    described = services().catalogs.table(catalog, version, table, user)
    fields = PlayFields.read(request.args)
    meaning = read_meaning(fields, described)
    if meaning.errors:
        name, message = next(iter(meaning.errors.items()))
        raise UsageError(message, where=name)
    output = find_format(fields["format"])
    plan = services().queries.plan_selection(
        Selection.parse(selection_of(meaning, described)), user
    )
    return send_rows(
        lambda cancel: services().queries.stream(plan, timeout_s=DOWNLOAD_TIMEOUT_S, cancel=cancel),
        output,
        fields["compression"],
        name=f"{catalog}_{table}",
    )


def send_rows(
    start: Callable[[Cancel], ResultStream], output: Format, compression: str, *, name: str
) -> Response:
    """Return the rows of a stream as a file; the engine stops when the client leaves."""
    if compression:
        check_compression(output, compression)
    with stopped_without_client() as cancel:
        stream = start(cancel)
    pieces = stream_bytes(writer_of(stream, output, compression), cancel, client_has_left())
    media = {"gzip": "application/gzip", "bz2": "application/x-bzip2"}
    response = Response(pieces, mimetype=media.get(compression, output.media_type))
    ending = output.extension + COMPRESSIONS.get(compression, "")
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}{ending}")
    response.headers["Cache-Control"] = "no-store"
    return response


def _open(text: str) -> AnyResponse:
    """Show a selection given as JSON in the form."""
    user = current_user()
    selection = services().queries.freeze(Selection.parse(text), user)
    described = services().catalogs.table(
        selection.catalog, selection.version, selection.table, user
    )
    services().queries.plan_selection(selection, user)
    fields = open_selection(json.loads(selection.canonical()), described)
    address = url_for(
        ".show_playground",
        catalog=described.catalog,
        version=described.version,
        table=described.name,
    )
    return redirect(f"{address}?{fields.query_string()}")


def _context(view: PlayView, query: str) -> dict[str, object]:
    """Return what the page's template reads."""
    table, fields = view.table, view.fields
    chosen = [(item, column_item(item)) for item in fields.columns]
    names = {item for item, read in chosen if isinstance(read, str)}
    formats = services().formats
    output = formats.get(fields["format"])
    return {
        "view": view,
        "table": table,
        "catalog": services().catalogs.catalog(table.catalog, table.version, current_user()),
        "fields": fields,
        "errors": view.errors,
        "steps": step_states(view),
        "step": fields["step"] if fields["step"] in STEPS else STEPS[0],
        "ops": OPS,
        "fractions": [(str(power), f"1 row in {2**power}") for power in range(1, MAX_LOG2 + 1)],
        "chosen": chosen,
        "rest": [column for column in table.visible_columns if column.name not in names],
        "numbers": [column for column in table.visible_columns if is_numeric(column.type)],
        "column_text": column_text,
        "finds": fields["find"].lower().split(),
        "query": query,
        "formats": formats.values(),
        "output": output,
        "losses": output.losses(view.result_columns) if output and view.plan else (),
        "compressions": [("", "none"), *((name, name) for name in COMPRESSIONS)],
        "download_timeout_s": DOWNLOAD_TIMEOUT_S,
        **_commands(view),
    }


def _commands(view: PlayView) -> dict[str, str]:
    """Return how to take the same rows without the pages."""
    if view.selection is None:
        return {}
    text = view.selection.canonical()
    file_format = view.fields["format"]
    quoted = shlex.quote(text)
    body = json.dumps({"selection": json.loads(text), "format": file_format}, ensure_ascii=False)
    address = url_for("api_query.run_query", _external=True)
    return {
        "command": f"echo {quoted} | hub select - --format {file_format}",
        "curl": f"curl {address} -H 'Content-Type: application/json' -d {shlex.quote(body)}",
    }

"""``/api/v1/query`` and ``/api/v1/estimate``: run a query now, or say what it would read."""

import io
import tempfile
from collections.abc import Iterator
from typing import BinaryIO, cast

from flask import Blueprint, Response, jsonify

from hub.results.compress import check_compression
from hub.results.formats import Format, find_format
from hub.services.catalog_json import json_value
from hub.tables.stream import ResultStream
from web.api.body import BodyError, plan_of, read_body
from web.client_watch import stopped_without_client
from web.context import services, settings
from web.streaming import writer_of

blueprint = Blueprint("api_query", __name__, url_prefix="/api/v1")

MAX_ROWS = 1_000_000
"""Most rows of one answer."""

DEFAULT_ROWS = 10_000
"""Rows of an answer when nobody says how many."""

_SPOOL_BYTES = 8 * 1024 * 1024
_CHUNK_BYTES = 256 * 1024


@blueprint.post("/query")
def run_query() -> Response:
    """POST /api/v1/query: rows of SQL or of a selection, in any format or as JSON."""
    body = read_body(
        {
            "sql": str,
            "selection": dict,
            "format": str,
            "compression": str,
            "max_rows": int,
            "engine": str,
        }
    )
    max_rows = body.get("max_rows", DEFAULT_ROWS)
    if not 0 <= max_rows <= MAX_ROWS:
        raise BodyError(
            f"max_rows is {max_rows}.",
            hint=f"Take 0 to {MAX_ROWS}; for more, download from the pages or submit a job.",
            where="max_rows",
        )
    name = body.get("format", "json")
    output = None if name == "json" else find_format(name)
    compression = body.get("compression", "")
    if output and compression:
        check_compression(output, compression)
    plan = plan_of(body)
    with stopped_without_client() as cancel:
        stream = services().queries.stream(
            plan,
            engine=body.get("engine"),
            max_rows=max_rows,
            timeout_s=settings().query_timeout_s,
            cancel=cancel,
        )
        with stream:
            return _file(stream, output, compression) if output else _json(stream)


@blueprint.post("/estimate")
def estimate_query() -> Response:
    """POST /api/v1/estimate: what a query would read at most; nothing is run."""
    estimate = plan_of(read_body({"sql": str, "selection": dict})).estimate
    return jsonify(
        rows=estimate.rows,
        bytes=estimate.bytes,
        partitions=estimate.partitions,
        partitions_total=estimate.partitions_total,
        engine=settings().engines[0],
    )


def _json(stream: ResultStream) -> Response:
    """Return columns and rows as one JSON object."""
    rows = [
        [_value(value) for value in row.values()] for batch in stream for row in batch.to_pylist()
    ]
    columns = [
        {
            "name": column.name,
            "type": column.type,
            "unit": column.unit,
            "ucd": column.ucd,
            "description": column.description,
        }
        for column in stream.columns
    ]
    return jsonify(columns=columns, rows=rows, truncated=stream.truncated, engine=stream.engine)


def _value(value: object) -> object:
    """Return a cell as JSON can hold it without loss."""
    if isinstance(value, list):
        return [_value(item) for item in value]
    return json_value(value)  # type: ignore[arg-type]  # cells are scalars or lists of them


def _file(stream: ResultStream, output: Format, compression: str) -> Response:
    """Return the rows as a file that is whole before its first byte is sent."""
    spool = cast("BinaryIO", tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES))  # noqa: SIM115
    writer_of(stream, output, compression)(spool)
    length = spool.seek(0, io.SEEK_END)
    spool.seek(0)
    response = Response(_chunks(spool), mimetype=output.media_type)
    response.call_on_close(spool.close)
    response.content_length = length
    response.headers["X-Hub-Rows"] = str(stream.rows)
    response.headers["X-Hub-Truncated"] = "true" if stream.truncated else "false"
    return response


def _chunks(spool: BinaryIO) -> Iterator[bytes]:
    """Yield what a file holds from here on, and close it."""
    with spool:
        while chunk := spool.read(_CHUNK_BYTES):
            yield chunk

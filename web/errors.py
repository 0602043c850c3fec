"""Errors of the hub and of HTTP as pages or as the API's JSON; the only place with statuses."""

import logging
import re
from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, Response, jsonify, make_response, render_template
from werkzeug.exceptions import HTTPException

from hub.errors import ErrorKind, HubError
from web.context import request_id, wants_json

logger = logging.getLogger("web.errors")

STATUS_OF_KIND = {
    ErrorKind.USAGE: HTTPStatus.BAD_REQUEST,
    ErrorKind.DENIED: HTTPStatus.FORBIDDEN,
    ErrorKind.MISSING: HTTPStatus.NOT_FOUND,
    ErrorKind.TRANSIENT: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorKind.FATAL: HTTPStatus.INTERNAL_SERVER_ERROR,
}

_TITLES = {
    ErrorKind.USAGE: "This request cannot be done as it stands",
    ErrorKind.DENIED: "Not allowed",
    ErrorKind.MISSING: "Not found",
    ErrorKind.TRANSIENT: "Not possible right now",
    ErrorKind.FATAL: "Something failed on our side",
}

_PLACE = re.compile(r"line (\d+)(?:, column (\d+))?")


@dataclass(frozen=True, kw_only=True)
class Failure:
    """What a page or an answer says about an error."""

    kind: ErrorKind
    message: str
    hint: str = ""
    where: str = ""

    @property
    def title(self) -> str:
        """Heading of the error page."""
        return _TITLES[self.kind]

    @property
    def status(self) -> HTTPStatus:
        """Status of the answer, where HTTP gave none."""
        return STATUS_OF_KIND[self.kind]


def failure_of(error: HubError) -> Failure:
    """Return what is said about an error of the hub."""
    return Failure(kind=error.kind, message=error.message, hint=error.hint, where=error.where)


def place_in_text(where: str) -> tuple[int, int] | None:
    """Return line and column (from 1) that an error names, or null.

    >>> place_in_text("line 3, column 14")
    (3, 14)
    """
    found = _PLACE.search(where)
    return (int(found[1]), int(found[2] or 1)) if found else None


def install_error_handlers(app: Flask) -> None:
    """Turn every error into a page, or into JSON under ``/api/``."""

    @app.errorhandler(HubError)
    def show_hub_error(error: HubError) -> Response:
        failure = failure_of(error)
        if failure.kind is ErrorKind.FATAL:
            logger.error("%s id=%s", error.message, request_id(), exc_info=error)
        return _answer(failure, failure.status)

    @app.errorhandler(HTTPException)
    def show_http_error(error: HTTPException) -> Response:
        if error.response is not None:
            return make_response(error.response)
        status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
        response = _answer(_http_failure(status, error.description or status.phrase), status)
        for name, value in error.get_headers():
            if name.lower() in {"allow", "retry-after"}:
                response.headers[name] = value
        return response

    @app.errorhandler(Exception)
    def show_unknown_error(error: Exception) -> Response:
        logger.error("Unexpected error, id=%s", request_id(), exc_info=error)
        failure = Failure(
            kind=ErrorKind.FATAL,
            message="The hub met an error it does not know.",
            hint="Try again; if it stays, report the id of this request.",
        )
        return _answer(failure, failure.status)


def _http_failure(status: HTTPStatus, description: str) -> Failure:
    """Return what is said about an error that HTTP itself knows."""
    match status:
        case HTTPStatus.NOT_FOUND:
            return Failure(
                kind=ErrorKind.MISSING,
                message="There is nothing at this address.",
                hint="The catalogues and the help page lead to all there is.",
            )
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return Failure(kind=ErrorKind.USAGE, message="This address does not take that method.")
        case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return Failure(
                kind=ErrorKind.USAGE,
                message="The request is larger than this server takes.",
                hint="Put long lists of values or positions into a table of their own.",
            )
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Failure(kind=ErrorKind.FATAL, message=description)
        case _:
            return Failure(kind=ErrorKind.USAGE, message=description)


def _answer(failure: Failure, status: HTTPStatus) -> Response:
    """Return the failure in the form the caller reads."""
    if wants_json():
        body = {
            "kind": str(failure.kind),
            "message": failure.message,
            "hint": failure.hint,
            "where": failure.where,
            "request_id": request_id(),
        }
        return make_response(jsonify(error=body), status)
    page = render_template("error.html", failure=failure, status=int(status))
    return make_response(page, status)

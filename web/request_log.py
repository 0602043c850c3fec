"""One line per request, with the id that error pages and answers carry too."""

import logging
import time

from flask import Flask, Response, g, request

from web.context import request_id

logger = logging.getLogger("web.request")


def install_request_log(app: Flask) -> None:
    """Give every answer ``X-Request-ID`` and log method, path, status and time."""

    @app.before_request
    def start_clock() -> None:
        g.started = time.perf_counter()
        request_id()

    @app.after_request
    def log_request(response: Response) -> Response:
        response.headers["X-Request-ID"] = request_id()
        elapsed_ms = (time.perf_counter() - g.started) * 1000 if "started" in g else 0.0
        logger.info(
            "%s %s %s %.0f ms id=%s",
            request.method,
            request.path,
            response.status_code,
            elapsed_ms,
            request_id(),
        )
        return response

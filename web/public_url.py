"""Behind a proxy: links carry the address that users see, with its path prefix."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

Environment = dict[str, Any]
Application = Callable[[Environment, Any], Iterable[bytes]]


def use_public_url(app: Flask, url: str) -> None:
    """Make an app speak as if it were reached under ``url``.

    The proxy may pass the prefix of the path on, or take it off.
    """
    app.wsgi_app = _under(app.wsgi_app, url)  # type: ignore[assignment]  # as Flask's docs do


def _under(inner: Application, url: str) -> Application:
    parts = urlsplit(url)
    prefix = parts.path.rstrip("/")

    def application(environment: Environment, start_response: Any) -> Iterable[bytes]:
        path = environment.get("PATH_INFO", "")
        if prefix and (path == prefix or path.startswith(f"{prefix}/")):
            environment["PATH_INFO"] = path[len(prefix) :]
        environment["SCRIPT_NAME"] = prefix
        environment["HTTP_HOST"] = parts.netloc
        environment["wsgi.url_scheme"] = parts.scheme
        return inner(environment, start_response)

    return application

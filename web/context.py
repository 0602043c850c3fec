"""User, services and id of the current request; the only module that touches ``g``."""

import re
import uuid

from flask import current_app, g, request

from hub.access import ANONYMOUS, User
from hub.assemble import Services
from hub.settings import Settings
from web.health import Health, Report
from web.plot_cache import PlotCache

_KEY = "exploration_hub"
_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def services() -> Services:
    """Return what the hub can do, as the app was built with."""
    found: Services = current_app.extensions[_KEY]
    return found


def settings() -> Settings:
    """Return the settings the app was built with."""
    return services().settings


def current_user() -> User:
    """Return who asks: without accounts, everybody is anonymous."""
    return ANONYMOUS


def request_id() -> str:
    """Return the id of this request: the caller's, where it is a safe one, else a new one."""
    if "request_id" not in g:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if _SAFE_ID.fullmatch(given) else uuid.uuid4().hex[:16]
    known: str = g.request_id
    return known


def wants_json() -> bool:
    """Tell whether this request belongs to the API, whose errors are JSON."""
    return request.path.startswith("/api/")


def health() -> Report:
    """Return what works right now."""
    found: Health = current_app.extensions["exploration_hub.health"]
    return found.report()


def plots() -> PlotCache:
    """Return the plots that were just made, and the way to make more."""
    found: PlotCache = current_app.extensions["exploration_hub.plots"]
    return found

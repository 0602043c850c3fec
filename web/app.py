"""The application factory."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, url_for

from hub import __version__
from hub.assemble import Services, assemble
from hub.explore.figures import whole
from hub.settings import Settings
from web import show
from web.api import catalogs as api_catalogs
from web.api import query as api_query
from web.client_watch import install_client_watch
from web.context import request_id
from web.errors import install_error_handlers
from web.health import Health
from web.pages import catalogs, columns, home, play, plots, sql, status
from web.pages import help as help_page
from web.pictures import PICTURE_WIDTHS
from web.plot_cache import PlotCache
from web.public_url import use_public_url
from web.request_log import install_request_log
from web.security import install_security_headers

MAX_REQUEST_BYTES = 8 * 1024 * 1024
"""Enough for a list of 10^5 targets."""

STATIC = Path(__file__).parent / "static"


def create_app(settings: Settings, services: Services | None = None) -> Flask:
    """Build the web application.

    Parameters
    ----------
    settings
        Of the hub.
    services
        What the pages call; assembled from the settings when not given.
    """
    app = Flask("web", static_folder=str(STATIC))
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_REQUEST_BYTES
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of the default provider
    app.url_map.strict_slashes = False
    built = services or assemble(settings)
    app.extensions["exploration_hub"] = built
    app.extensions["exploration_hub.plots"] = PlotCache(built.exploration, settings.query_timeout_s)
    app.extensions["exploration_hub.health"] = Health(built)
    install_client_watch(app)
    install_request_log(app)
    install_security_headers(app)
    install_error_handlers(app)
    _install_template_helpers(app)
    for page in (home, catalogs, columns, play, plots, sql, help_page, status):
        app.register_blueprint(page.blueprint)
    for part in (api_catalogs, api_query):
        app.register_blueprint(part.blueprint)
    if settings.public_url:
        use_public_url(app, settings.public_url)
    return app


def _install_template_helpers(app: Flask) -> None:
    """Give templates the formats of `web.show` and links to static files by content."""
    tags = {
        path.relative_to(STATIC).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in STATIC.rglob("*")
        if path.is_file()
    }

    def static_url(name: str) -> str:
        return url_for("static", filename=name, v=tags[name])

    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        grouped=whole, size=show.size, brief=show.brief, cell=show.cell, caption=show.caption_html
    )
    app.jinja_env.globals.update(
        picture_widths=PICTURE_WIDTHS,
        all_in=lambda words, text: all(word in text for word in words),
        request_id=request_id,
        static_url=static_url,
        percent=show.percent,
        hub_version=__version__,
        now=lambda: datetime.now(UTC),
        health=app.extensions["exploration_hub.health"].report,
    )
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 3600

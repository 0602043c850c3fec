"""State of the hub's parts."""

from flask import Blueprint, render_template

from web.context import current_user, health, services

blueprint = Blueprint("status", __name__)


@blueprint.get("/status")
def show_status() -> str:
    """GET /status: parts, and what is published."""
    versions = services().catalogs.catalogs(current_user())
    return render_template(
        "status.html",
        report=health(),
        versions=versions,
        settings=services().settings,
        formats=services().formats,
    )

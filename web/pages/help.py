"""Help by task."""

from flask import Blueprint, render_template

from web.context import services

blueprint = Blueprint("help", __name__)


@blueprint.get("/help")
def show_help() -> str:
    """GET /help: how to explore, select, query and cite."""
    return render_template(
        "help.html", formats=services().formats.values(), settings=services().settings
    )

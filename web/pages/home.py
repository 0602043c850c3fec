"""The front page, and whether the server is alive."""

from flask import Blueprint, Response, jsonify, render_template

from web.catalog_search import search_catalogs
from web.context import current_user, health, services

blueprint = Blueprint("home", __name__)

SHOWN = 6
"""Catalogues on the front page."""


@blueprint.get("/")
def show_home() -> str:
    """GET /: what there is, a first picture, a search."""
    found = search_catalogs(services().catalogs.catalogs(current_user()), "")
    found.sort(key=lambda item: item.rows, reverse=True)
    with_sky = [item for item in found if item.main_table.position]
    return render_template(
        "home.html",
        found=found[:SHOWN],
        total=len(found),
        first=with_sky[0] if with_sky else None,
        report=health(),
    )


@blueprint.get("/healthz")
def show_health() -> tuple[Response, int]:
    """GET /healthz: 200 when all parts work, else 503."""
    report = health()
    parts = {part.name: {"well": part.is_well, "words": part.words} for part in report.parts}
    state = "ok" if report.is_well else "degraded"
    return jsonify(status=state, parts=parts), 200 if report.is_well else 503

"""``/api/v1/catalogs``: what there is, as ``hub catalogs`` and ``hub describe`` tell it."""

from flask import Blueprint, Response, jsonify

from hub.services.catalog_json import catalog_document, catalog_summaries
from web.context import current_user, services

blueprint = Blueprint("api_catalogs", __name__, url_prefix="/api/v1")


@blueprint.get("/catalogs")
def list_catalogs() -> Response:
    """GET /api/v1/catalogs: all versions."""
    return jsonify(catalog_summaries(services().catalogs.catalogs(current_user())))


@blueprint.get("/catalogs/<catalog>/<version>")
def describe_catalog(catalog: str, version: str) -> Response:
    """GET /api/v1/catalogs/<catalog>/<version>: one version with its tables and columns."""
    return jsonify(catalog_document(services().catalogs.catalog(catalog, version, current_user())))

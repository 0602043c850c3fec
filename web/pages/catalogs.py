"""The list of catalogues, a version's page, and pictures of the sky."""

from flask import Blueprint, Response, render_template, request

from hub.errors import MissingError
from hub.explore.captions import Caption
from hub.explore.density import SkyDensity
from hub.explore.sky_map import density_caption, sky_density_png
from hub.explore.thumbnail import thumbnail_png
from hub.tables.description import CatalogDescription, TableDescription
from web.catalog_search import main_table, matches, search_catalogs
from web.citation import bibtex, is_bibtex
from web.context import current_user, plots, services
from web.pictures import picture_answer, read_look

blueprint = Blueprint("catalogs", __name__)

PAGE_COLUMNS = 60
"""Rows of the column table on one page."""


@blueprint.get("/catalogs")
def list_catalogs() -> str:
    """GET /catalogs: all catalogues, or those that a search finds."""
    text = request.args.get("q", "").strip()
    everything = services().catalogs.catalogs(current_user())
    found = search_catalogs(everything, text)
    total = len(search_catalogs(everything, ""))
    return render_template("catalogs.html", text=text, found=found, total=total)


@blueprint.get("/catalogs/<catalog>/<version>")
def show_catalog(catalog: str, version: str) -> str:
    """GET /catalogs/<catalog>/<version>: what a version holds and how to cite it."""
    user = current_user()
    found = services().catalogs.catalog(catalog, version, user)
    table = found.table(request.args.get("table", "")) or main_table(found)
    text = request.args.get("q", "").strip()
    words = text.lower().split()
    columns = [column for column in table.visible_columns if matches(column, words)]
    first = max(0, request.args.get("from", 0, type=int) // PAGE_COLUMNS * PAGE_COLUMNS)
    return render_template(
        "catalog.html",
        catalog=found,
        table=table,
        columns=columns[first : first + PAGE_COLUMNS],
        found=len(columns),
        first=first,
        page_columns=PAGE_COLUMNS,
        text=text,
        versions=_versions(catalog),
        citation=bibtex(found),
        has_bibtex=is_bibtex(found.citation),
        caption=_sky_caption(table),
    )


def _sky_caption(table: TableDescription) -> Caption | None:
    """Return what the picture of the sky says; null without positions."""
    if table.position is None:
        return None
    return density_caption(plots().sky_density(table, current_user()))


def _versions(name: str) -> list[CatalogDescription]:
    """Return all versions of a catalog, the newest first."""
    versions = [c for c in services().catalogs.catalogs(current_user()) if c.catalog == name]
    return sorted(versions, key=lambda version: version.created, reverse=True)


@blueprint.get("/catalogs/<catalog>/<version>/<table>/sky.png")
def show_sky(catalog: str, version: str, table: str) -> Response:
    """GET .../sky.png: where the rows of a table lie."""
    look = read_look(request.args)
    density = _density(catalog, version, table)
    picture = sky_density_png(density, theme=look.theme, width_px=look.width_px, scale=look.scale)
    return picture_answer(picture)


@blueprint.get("/catalogs/<catalog>/<version>/<table>/thumbnail.png")
def show_thumbnail(catalog: str, version: str, table: str) -> Response:
    """GET .../thumbnail.png: where the rows of a table lie, small and without axes."""
    look = read_look(request.args)
    density = _density(catalog, version, table)
    return picture_answer(thumbnail_png(density, theme=look.theme, scale=look.scale))


def _density(catalog: str, version: str, table: str) -> SkyDensity:
    """Return where the rows of a table lie; raise `MissingError` without positions."""
    user = current_user()
    found = services().catalogs.table(catalog, version, table, user)
    if found.position is None:
        raise MissingError(f"The table {found.full_name} has no positions.")
    return plots().sky_density(found, user)

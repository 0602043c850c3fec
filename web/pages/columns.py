"""One column: meaning, range, histogram."""

from flask import Blueprint, render_template

from hub.errors import HubError, MissingError
from hub.explore.request import AxisRequest, PlotRequest
from hub.nearest import hint_of_names
from hub.query.selection import Selection
from hub.tables.description import ColumnDescription, TableDescription
from hub.tables.types import is_numeric
from web.context import current_user, plots, services
from web.errors import failure_of
from web.playground.view import Figure, figure_of

blueprint = Blueprint("columns", __name__)

BINS = 64


class UnknownColumnError(MissingError):
    """The table has no column of this name."""


@blueprint.get("/catalogs/<catalog>/<version>/<table>/<column>")
def show_column(catalog: str, version: str, table: str, column: str) -> str:
    """GET /catalogs/<catalog>/<version>/<table>/<column>: one column."""
    user = current_user()
    found = services().catalogs.table(catalog, version, table, user)
    described = found.column(column)
    if described is None or described.is_hidden:
        known = [item.name for item in found.visible_columns]
        raise UnknownColumnError(
            f"The table {found.full_name} has no column {column}.",
            hint=hint_of_names(column, known, "columns"),
        )
    return render_template(
        "column.html",
        catalog=services().catalogs.catalog(catalog, version, user),
        table=found,
        column=described,
        figure=_histogram(found, described),
    )


def _histogram(table: TableDescription, column: ColumnDescription) -> Figure | None:
    """Return the histogram of a column with numbers; null for other columns."""
    if not is_numeric(column.type) or column.minimum is None:
        return None
    selection = Selection(
        catalog=table.catalog, version=table.version, table=table.name, columns=(column.name,)
    )
    request = PlotRequest(
        selection=selection, x=AxisRequest(expression=column.name), bins=(BINS, None)
    )
    try:
        return figure_of(request, plots(), current_user())
    except HubError as error:
        return Figure(failure=failure_of(error))

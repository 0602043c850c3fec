"""Pictures and numbers of plots."""

import io
from dataclasses import replace

from flask import Blueprint, Response, request

from hub.errors import UsageError
from hub.explore.draw import draw_png
from hub.explore.export import write_csv
from hub.explore.request import PlotRequest
from web.context import current_user, plots, services
from web.pictures import picture_answer, read_look
from web.urls import read_picture_request

blueprint = Blueprint("plots", __name__)

MAX_PICTURE_CELLS = 4_000_000
"""More than a screen has pixels."""


class TooManyCellsError(UsageError):
    """A picture would have more cells than pixels."""


@blueprint.get("/plots/image.png")
def show_picture() -> Response:
    """GET /plots/image.png: a plot as a finished picture."""
    look = read_look(request.args)
    plot = plots().plot(_frozen_request(), current_user())
    log_counts = plot.y is None and request.args.get("log_counts", "") not in {"", "0"}
    png = draw_png(
        plot,
        theme=look.theme,
        width_px=look.width_px,
        scale=look.scale,
        log_counts=log_counts,
        caption=request.args.get("caption", "") not in {"", "0"},
    )
    return picture_answer(png)


@blueprint.get("/plots/table.csv")
def download_numbers() -> Response:
    """GET /plots/table.csv: the numbers of a plot."""
    plot = plots().plot(_frozen_request(), current_user())
    sink = io.BytesIO()
    write_csv(plot, sink)
    response = Response(sink.getvalue(), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename="plot.csv")
    return response


def _frozen_request() -> PlotRequest:
    """Read the plot that the address names; its version is filled in."""
    wanted = read_picture_request(request.args)
    columns, rows = wanted.grid
    if columns * rows > MAX_PICTURE_CELLS:
        raise TooManyCellsError(
            f"{columns} x {rows} cells are more than a picture shows.", where="bins"
        )
    frozen = services().queries.freeze(wanted.selection, current_user())
    return replace(wanted, selection=frozen)

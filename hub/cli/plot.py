"""``hub plot``: a binned statistic of a selection as picture or numbers."""

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from pkgutil import resolve_name
from typing import BinaryIO

from hub.access import LOCAL
from hub.assemble import assemble
from hub.cli.command import Command
from hub.cli.interrupts import cancelled_by_interrupt
from hub.cli.selection_argument import read_selection
from hub.errors import UsageError
from hub.explore.export import write_csv, write_npz
from hub.explore.plot import BinnedPlot
from hub.explore.request import AxisRequest, PlotRequest, parse_bins, parse_range
from hub.explore.statistic import Statistic
from hub.results.atomic import open_output
from hub.settings import Settings

_PICTURE_WIDTH = 830
_PICTURE_DENSITY = 2

Writer = Callable[[BinnedPlot, BinaryIO], None]


class UnknownEndingError(UsageError):
    """The name of the output says no format of plots."""


def _configure(parser: ArgumentParser) -> None:
    # Else argparse takes the range -1:4 for an option.
    parser._negative_number_matcher = re.compile(r"-[.\d]")  # noqa: SLF001
    parser.add_argument("kind", choices=("heatmap", "histogram"), help="two axes, or one")
    parser.add_argument(
        "selection",
        metavar="SELECTION",
        help="JSON file, - for stdin, or NAME[@VERSION][.TABLE] for all of a table",
    )
    parser.add_argument("--x", required=True, metavar="EXPR", help="column or expression")
    parser.add_argument("--y", metavar="EXPR", help="of a heat map")
    parser.add_argument("--bins", metavar="N|NxM", help="x by y; 100 or 400x300 if left out")
    parser.add_argument("--x-range", metavar="A:B", help="else minimum and maximum")
    parser.add_argument("--y-range", metavar="A:B", help="else minimum and maximum")
    parser.add_argument("--log-x", action="store_true", help="logarithmic axis")
    parser.add_argument(
        "--log-y", action="store_true", help="also for the bars of a histogram's picture"
    )
    parser.add_argument(
        "--fit", action="store_true", help="ranges from the selected rows, not from the table"
    )
    parser.add_argument(
        "--statistic",
        choices=[statistic.value for statistic in Statistic],
        default="count",
        help="count by default",
    )
    parser.add_argument("--of", metavar="EXPR", help="what the statistic is of")
    parser.add_argument(
        "--stage",
        choices=("first", "exact"),
        default="exact",
        help="first: from the sample files, where the table has some",
    )
    parser.add_argument("--engine", metavar="E", help="the default engine if left out")
    parser.add_argument(
        "-o", "--output", required=True, metavar="FILE", type=Path, help=".png, .npz or .csv"
    )


def _run(arguments: Namespace, settings: Settings) -> int:
    write = _writer(arguments)
    _check_kind(arguments)
    services = assemble(settings)
    selection = read_selection(arguments.selection, services.catalogs, LOCAL)
    y = _axis(arguments.y, arguments.y_range, log=arguments.log_y) if arguments.y else None
    request = PlotRequest(
        selection=selection,
        x=_axis(arguments.x, arguments.x_range, log=arguments.log_x, name="x"),
        y=y,
        bins=parse_bins(arguments.bins) if arguments.bins else None,
        statistic=Statistic(arguments.statistic),
        of=arguments.of,
        fit=arguments.fit,
    )
    # Tables of this release have no sample files: their first stage is the exact one.
    with cancelled_by_interrupt() as cancel:
        plot = services.exploration.plot(request, LOCAL, engine=arguments.engine, cancel=cancel)
    with open_output(arguments.output) as sink:
        write(plot, sink)
    return 0


def _axis(expression: str, ends: str | None, *, log: bool, name: str = "y") -> AxisRequest:
    return AxisRequest(
        expression=expression, log=log, range=parse_range(ends, name) if ends else None
    )


def _check_kind(arguments: Namespace) -> None:
    if arguments.kind == "heatmap" and not arguments.y:
        raise UsageError("A heat map needs --y.", hint="Or ask for a histogram.")
    if arguments.kind == "histogram" and arguments.y:
        raise UsageError("A histogram has no --y.", hint="Or ask for a heatmap.")
    if arguments.kind == "histogram" and arguments.y_range:
        raise UsageError("A histogram has no --y-range.")
    if arguments.kind == "histogram" and arguments.bins and parse_bins(arguments.bins)[1]:
        raise UsageError(
            f"A histogram has bins of x only, not {arguments.bins}.", hint="Write --bins 100."
        )


def _writer(arguments: Namespace) -> Writer:
    """Return what writes the format that the output's name ends with."""
    ending = arguments.output.suffix.lower()
    log_counts = arguments.log_y and arguments.kind == "histogram"

    def write_picture(plot: BinnedPlot, sink: BinaryIO) -> None:
        # Drawing loads Matplotlib, which numbers alone need not wait for.
        draw = resolve_name("hub.explore.draw:draw_png")
        sink.write(
            draw(
                plot,
                width_px=_PICTURE_WIDTH,
                scale=_PICTURE_DENSITY,
                log_counts=log_counts,
                caption=True,
            )
        )

    writers: dict[str, Writer] = {".png": write_picture, ".npz": write_npz, ".csv": write_csv}
    if ending not in writers:
        raise UnknownEndingError(
            f"{arguments.output.name} ends like no format of plots.",
            hint=f"Endings: {', '.join(writers)}.",
        )
    return writers[ending]


plot = Command(help="draw a heat map or a histogram", configure=_configure, run=_run)

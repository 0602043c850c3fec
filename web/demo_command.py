"""``hub demo``: makes the demo catalogs once, then serves them."""

import sys
from argparse import ArgumentParser, Namespace

from hub.assemble import assemble
from hub.cli.command import Command
from hub.errors import UsageError
from hub.settings import Settings
from ingest.demo.make import make_demo
from ingest.demo.mock import DEFAULT_ROWS, MAX_ROWS
from ingest.progress import Progress
from web.commands import DEFAULT_HOST, DEFAULT_PORT
from web.server import serve_forever


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    add = parser.add_argument
    add(
        "--rows",
        metavar="N",
        type=_row_count,
        help=f"rows of the mock survey (default: {DEFAULT_ROWS}, or what is there)",
    )
    add("--port", metavar="P", type=int, default=DEFAULT_PORT, help="port (default: %(default)s)")
    add("--no-serve", action="store_true", help="make the catalogs and stop")


def run(options: Namespace, settings: Settings) -> int:
    """Make what is missing; serve unless told not to."""
    services = assemble(settings)
    make_demo(services, options.rows, Progress(sys.stderr))
    if options.no_serve:
        return 0
    return serve_forever(services, DEFAULT_HOST, options.port)


def _row_count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MAX_ROWS:
        raise UsageError(f"--rows takes a whole number from 1 to {MAX_ROWS}, not {text}.")
    return int(text)


demo = Command(help="make the demo catalogs once, then serve them", configure=configure, run=run)

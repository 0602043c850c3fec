"""``hub serve``: the pages."""

from argparse import ArgumentParser, Namespace

from hub.assemble import assemble
from hub.cli.command import Command
from hub.errors import UsageError
from hub.settings import Settings
from web.server import serve_forever

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000


class NoWorkerError(UsageError):
    """A worker is asked for, and there is none in this version."""


def _configure(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("--host", metavar="H", default=DEFAULT_HOST, help="address (default: %(default)s)")
    add("--port", metavar="P", type=int, default=DEFAULT_PORT, help="port (default: %(default)s)")
    add("--with-worker", action="store_true", help="run a job worker as well")


def _run(options: Namespace, settings: Settings) -> int:
    if options.with_worker:
        raise NoWorkerError(
            "This version has no jobs, so there is no worker to run.",
            hint="Leave --with-worker out.",
        )
    return serve_forever(assemble(settings), options.host, options.port)


serve = Command(help="serve the pages", configure=_configure, run=_run)

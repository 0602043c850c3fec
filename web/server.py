"""Serve the pages from one process: threads, a graceful stop, a clear word when busy."""

import errno
import logging
import signal
import socket
import sys
import threading
from types import FrameType

from flask import Flask
from waitress.server import create_server  # type: ignore[import-untyped]  # has no stubs

from hub.assemble import Services
from hub.errors import UsageError
from web.app import create_app
from web.client_watch import stop_all

logger = logging.getLogger("web.server")

THREADS = 8
GRACE_S = 3.0
"""How long requests may go on after the word to stop; less than the server waits for them."""

_LARGEST_PORT = 65535
_BACKLOG = 128


class PortError(UsageError):
    """The address cannot be listened on."""


def serve_forever(services: Services, host: str, port: int) -> int:
    """Serve the pages until the process is told to stop; return the exit status.

    Raises
    ------
    PortError
        Before anything is served.
    """
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )
    listener = open_socket(host, port)
    app = create_app(services.settings, services)
    name, number = listener.getsockname()[:2]
    sys.stderr.write(f"hub: serving http://{name}:{number}/ (stop with Ctrl+C)\n")
    sys.stderr.flush()
    serve_app(app, listener)
    return 0


def open_socket(host: str, port: int) -> socket.socket:
    """Return a listening socket.

    Raises
    ------
    PortError
        The port is taken, not allowed, or the host is none of this machine's.
    """
    if not 0 <= port <= _LARGEST_PORT:
        raise PortError(f"{port} is no port.", hint=f"Take 1 to {_LARGEST_PORT}.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        # Clients that come before the server is ready wait instead of being refused.
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortError(
                f"Port {port} of {host} is in use.",
                hint="Stop what uses it, or give another --port.",
            ) from error
        raise PortError(f"Cannot listen on {host}:{port}: {error.strerror}.") from error
    return listener


def serve_app(app: Flask, listener: socket.socket) -> None:
    """Answer requests until SIGTERM or SIGINT.

    Requests that run are finished first, for `GRACE_S`; then their queries are
    stopped: an engine at work must not see the interpreter end.
    """
    server = create_server(
        app,
        sockets=[listener],
        threads=THREADS,
        ident="exploration-hub",
        # Reading on while a request runs is how the server learns that its client left.
        channel_request_lookahead=1,
    )

    def stop(number: int, _frame: FrameType | None) -> None:
        logger.info("Stopping after signal %s.", signal.Signals(number).name)
        patience = threading.Timer(GRACE_S, stop_all, (app,))
        patience.daemon = True
        patience.start()
        raise SystemExit(0)

    previous = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        server.run()
    except SystemExit:
        logger.info("Stopped.")
    finally:
        server.task_dispatcher.shutdown()
        server.close()
        for number, handler in previous.items():
            signal.signal(number, handler)

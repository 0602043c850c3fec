"""Who still waits for an answer: queries are stopped when their client leaves, or the server.

Each request makes its `Cancel` by `new_cancel`, so that all that run are known.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from weakref import WeakSet

from flask import Flask, current_app, request

from hub.engines.base import Cancel

HasLeft = Callable[[], bool]

_KEY = "exploration_hub.running"
_LOOK_S = 0.25


def install_client_watch(app: Flask) -> None:
    """Let an app know what runs for its clients."""
    app.extensions[_KEY] = WeakSet[Cancel]()


def new_cancel() -> Cancel:
    """Return a way to stop one query of this request, which `stop_all` finds."""
    cancel = Cancel()
    current_app.extensions[_KEY].add(cancel)
    return cancel


def stop_all(app: Flask) -> None:
    """Stop all that still runs for clients of an app."""
    for cancel in list(app.extensions[_KEY]):
        cancel.cancel()


def client_has_left() -> HasLeft:
    """Return how to ask, from any thread, whether the client of this request has left.

    Only the server of ``hub serve`` knows before it writes; behind others it
    seems to stay.
    """
    has_left: HasLeft = request.environ.get("waitress.client_disconnected", _stays)
    return has_left


@contextmanager
def stopped_without_client() -> Iterator[Cancel]:
    """Give a `Cancel` that is called when the client leaves before the context ends."""
    cancel, has_left = new_cancel(), client_has_left()
    if has_left is _stays:
        yield cancel
        return
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_LOOK_S):
            if has_left():
                cancel.cancel()
                return

    threading.Thread(target=watch, name="client-watch", daemon=True).start()
    try:
        yield cancel
    finally:
        done.set()


def _stays() -> bool:
    return False

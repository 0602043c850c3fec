"""Ctrl-C that reaches an engine while it computes."""

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from hub.engines.base import Cancel, QueryCancelledError

_END = b"\0"


@contextmanager
def cancelled_by_interrupt() -> Iterator[Cancel]:
    """Yield a `Cancel` that Ctrl-C asks to stop; for the main thread.

    Python raises KeyboardInterrupt between two of its own steps only, which do
    not come while an engine computes. The signal itself writes a byte at once;
    a thread that waits for it stops the engine, and the interrupt follows.
    """
    cancel = Cancel()
    read, write = socket.socketpair()
    with read, write:
        write.setblocking(False)
        watch = threading.Thread(target=_watch, args=(read, cancel), daemon=True)
        watch.start()
        before = signal.set_wakeup_fd(write.fileno(), warn_on_full_buffer=False)
        try:
            yield cancel
        except QueryCancelledError:
            # The engine was quicker than Python's own exception: it is Ctrl-C all the same.
            raise KeyboardInterrupt from None
        finally:
            signal.set_wakeup_fd(before)
            write.send(_END)
            watch.join()


def _watch(read: socket.socket, cancel: Cancel) -> None:
    """Cancel at the first SIGINT; end at the byte that no signal has."""
    while (number := read.recv(1)) != _END:
        if number == bytes([signal.SIGINT]):
            cancel.cancel()

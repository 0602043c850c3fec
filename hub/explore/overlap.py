"""Reading ahead: the engine fills the next batches while kernels work on this one."""

import queue
import threading
from collections.abc import Generator, Iterable
from typing import TypeVar

Item = TypeVar("Item")

_DEPTH = 8


class _End:
    """What the reading thread says last, with the error that ended it, if any."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def read_ahead(items: Iterable[Item], depth: int = _DEPTH) -> Generator[Item, None, None]:
    """Yield items that a thread takes from their source up to ``depth`` ahead.

    An error of the source is raised here, in its turn. When the caller stops
    early, the thread is told and waited for, so that the source can be closed
    after.
    """
    line: queue.Queue[Item | _End] = queue.Queue(maxsize=depth)
    stop = threading.Event()

    def offer(item: Item | _End) -> bool:
        while not stop.is_set():
            try:
                line.put(item, timeout=0.05)
            except queue.Full:
                continue
            return True
        return False

    def read() -> None:
        try:
            for item in items:
                if not offer(item):
                    return
        except BaseException as error:  # noqa: BLE001  # handed to the caller as it is
            offer(_End(error))
        else:
            offer(_End())

    reader = threading.Thread(target=read, name="read-ahead", daemon=True)
    reader.start()
    try:
        while True:
            item = line.get()
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item
    finally:
        stop.set()
        reader.join()

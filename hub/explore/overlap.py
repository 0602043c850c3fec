"""Reading and binning at the same time: one thread ahead, or several side by side."""

import queue
import threading
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Work = TypeVar("Work")

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


def share_out(
    items: Iterable[Item], make: Callable[[], Work], add: Callable[[Work, Item], None], workers: int
) -> list[Work]:
    """Give each item to one of several workers, and return the workers.

    Each thread has a worker of its own and takes the next item when it is done
    with one, so which worker gets what is left to chance. An error of the
    source or of a worker is raised here; the others stop at their next item.
    """
    source = iter(items)
    lock = threading.Lock()
    failed = threading.Event()

    def work() -> Work:
        worker = make()
        try:
            while not failed.is_set():
                with lock:
                    item = next(source, None)
                if item is None:
                    break
                add(worker, item)
        except BaseException:
            failed.set()
            raise
        return worker

    with ThreadPoolExecutor(workers, thread_name_prefix="share-out") as pool:
        return [future.result() for future in [pool.submit(work) for _ in range(workers)]]

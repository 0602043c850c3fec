"""`TaskRunner`: map a function over items, near the data; and the local one.

Ingest and data products use it; the pieces of work are plain functions, so a
Spark runner can ship the same ones.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Protocol, TypeVar

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


class TaskRunner(Protocol):
    """Runs pure functions over items; the order of outcomes is not promised."""

    def map(self, function: Callable[[Item], Outcome], items: Iterable[Item]) -> Iterator[Outcome]:
        """Yield ``function(item)`` as items finish; the first error stops the rest."""
        ...


class ThreadRunner:
    """Runs tasks in threads of this process: right for work that releases the GIL."""

    def __init__(self, threads: int) -> None:
        self._threads = threads

    def map(self, function: Callable[[Item], Outcome], items: Iterable[Item]) -> Iterator[Outcome]:
        """Yield ``function(item)`` as items finish; the first error stops the rest.

        At most one item per thread is taken from ``items`` ahead of the work, so
        a lazy source of large items keeps memory bounded.
        """
        source = iter(items)
        with ThreadPoolExecutor(self._threads) as pool:
            running: set[Future[Outcome]] = set()
            try:
                for item in source:
                    running.add(pool.submit(function, item))
                    if len(running) >= self._threads:
                        done, running = wait(running, return_when=FIRST_COMPLETED)
                        for future in done:
                            yield future.result()
                while running:
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        yield future.result()
            finally:
                for future in running:
                    future.cancel()

"""Measurements, and the table that shows them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """Our time beside that of a peer, and what must hold."""

    what: str
    seconds: float
    peer: str
    peer_seconds: float
    bound: str
    """What must hold, in words."""

    holds: bool

    @property
    def ratio(self) -> float:
        """How often our time fits into the peer's."""
        return self.peer_seconds / self.seconds


def clock(work: Callable[[], object]) -> float:
    """Return the seconds that one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def best_of(rounds: int, *works: Callable[[], object]) -> list[float]:
    """Return the shortest time of each work, after one call to warm up.

    The works take turns, so that a burst of other load meets all of them; the
    shortest time is the one with the least of it.
    """
    for work in works:
        work()
    times = [[clock(work) for work in works] for _ in range(rounds)]
    return [min(column) for column in zip(*times, strict=True)]


def show(measurements: Sequence[Measurement]) -> str:
    """Return a table of the measurements."""
    header = ("what", "ours", "peer", "its time", "ratio", "must hold", "")
    rows = [
        (
            m.what,
            _seconds(m.seconds),
            m.peer,
            _seconds(m.peer_seconds),
            f"{m.ratio:.2f}",
            m.bound,
            "ok" if m.holds else "BROKEN",
        )
        for m in measurements
    ]
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (header, *rows)
    )


def _seconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"

"""Progress of an ingest: a line on a terminal, and notes that are always said."""

import time
from collections.abc import Callable
from typing import TextIO

_STEP_S = 0.2


class Progress:
    """Draws a line on a terminal; elsewhere only notes are written.

    Parameters
    ----------
    stream
        Where to write; usually stderr.
    clock
        Seconds, monotonic.
    """

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._draws = stream.isatty()
        self._stage = ""
        self._total = self._done = 0
        self._started = self._drawn = 0.0
        self._width = 0

    def begin(self, stage: str, total: int = 0) -> None:
        """Start a stage of ``total`` rows; 0 when nobody knows."""
        self._stage, self._total, self._done = stage, total, 0
        self._started = self._clock()
        self._drawn = 0.0
        self._draw()

    def advance(self, rows: int) -> None:
        """Say that so many more rows are done."""
        self._done += rows
        if self._clock() - self._drawn >= _STEP_S:
            self._draw()

    def note(self, text: str) -> None:
        """Write a line that the user must see."""
        self._clear()
        self._stream.write(f"hub: note: {text}\n")
        self._stream.flush()

    def end(self) -> None:
        """Take the line away."""
        self._clear()
        self._stage = ""

    def _draw(self) -> None:
        if not self._draws or not self._stage:
            return
        self._drawn = self._clock()
        line = progress_line(self._stage, self._done, self._total, self._drawn - self._started)
        self._stream.write("\r" + line.ljust(self._width))
        self._stream.flush()
        self._width = len(line)

    def _clear(self) -> None:
        if self._draws and self._width:
            self._stream.write("\r" + " " * self._width + "\r")
            self._stream.flush()
            self._width = 0


def progress_line(stage: str, done: int, total: int, elapsed_s: float) -> str:
    """Return the text of the line: rows, rows per second, time left."""
    rate = done / elapsed_s if elapsed_s > 0 else 0.0
    parts = [f"{stage}: {done:,}" + (f" of {total:,} rows" if total else " rows")]
    if rate:
        parts.append(f"{rate:,.0f} rows/s")
        if total:
            parts.append(f"{_duration((total - done) / rate)} left")
    return ", ".join(parts)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(max(seconds, 0)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"

"""Downloads: a writer that pushes bytes becomes an iterator that the server pulls.

The writer runs in a thread of its own and is held back by a short queue, so
memory stays bounded however slow the client is. When the client leaves, the
server closes the iterator: the writer is told at its next write, and the engine
at once.
"""

import logging
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Full, Queue
from typing import BinaryIO, Self, cast

from hub.engines.base import Cancel
from hub.errors import TransientError
from hub.results.compress import compressed
from hub.results.formats import Format
from hub.tables.stream import ResultStream
from web.client_watch import HasLeft

logger = logging.getLogger("web.streaming")

_CHUNK_BYTES = 256 * 1024
_CHUNKS = 8
_LOOK_S = 0.2

Write = Callable[[BinaryIO], None]


class ClientGoneError(TransientError):
    """Nobody waits for the answer any more, or the server stops."""


class ClientLeftError(Exception):
    """Nobody reads any more; stops a writer from inside its sink."""


@dataclass(frozen=True)
class _Failed:
    """The writer raised."""

    error: BaseException


_END = object()


class _QueueSink:
    """The side that the writer sees: a file that can only be written."""

    def __init__(self, queue: Queue[object], cancel: Cancel) -> None:
        self._queue = queue
        self._cancel = cancel
        self._buffer = bytearray()

    def write(self, data: bytes) -> int:
        """Take bytes; wait while the reader is behind."""
        self._buffer += data
        if len(self._buffer) >= _CHUNK_BYTES:
            self.flush()
        return len(data)

    def flush(self) -> None:
        """Hand over what is buffered."""
        if self._buffer:
            self.put(bytes(self._buffer))
            self._buffer.clear()

    def put(self, item: object) -> None:
        """Hand over one item; raise when the reader is gone."""
        while not self._cancel.wanted:
            try:
                self._queue.put(item, timeout=_LOOK_S)
            except Full:
                continue
            return
        raise ClientLeftError


class Download:
    """The bytes of a download as the server pulls them; closing it early stops the writer."""

    def __init__(self, queue: Queue[object], cancel: Cancel, has_left: HasLeft) -> None:
        self._queue = queue
        self._cancel = cancel
        self._has_left = has_left
        self._item: object = None
        self._item = self._next()
        self._is_first = True

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        if not self._is_first and self._item is not _END:
            self._item = self._next()
        self._is_first = False
        if self._item is _END:
            raise StopIteration
        return cast("bytes", self._item)

    def close(self) -> None:
        """Stop the writer, and the engine behind it, unless everything was read."""
        if self._item is not _END:
            self._cancel.cancel()

    def _next(self) -> object:
        """Wait for the next item; raise the writer's error, or that nobody waits any more."""
        while True:
            try:
                item = self._queue.get(timeout=_LOOK_S)
            except Empty:
                if self._has_left():
                    self._cancel.cancel()
                if self._cancel.wanted:
                    raise ClientGoneError("This download was stopped.") from None
                continue
            if isinstance(item, _Failed):
                raise item.error
            return item


def stream_bytes(write: Write, cancel: Cancel, has_left: HasLeft = lambda: False) -> Download:
    """Return the bytes that ``write`` makes, as an iterator that may be closed early.

    The first bytes are waited for here, so what is wrong from the start is
    raised here and not in the middle of an answer.

    Parameters
    ----------
    write
        Runs in another thread; gets a binary file of which only ``write`` works.
    cancel
        Called when the reader leaves before the end; stops the writer too.
    has_left
        Tells whether the reader has left; asked while there is nothing to give to it.

    Raises
    ------
    ClientGoneError
        The reader left, or the server stopped, before the first bytes.
    """
    queue: Queue[object] = Queue(maxsize=_CHUNKS)
    sink = _QueueSink(queue, cancel)

    def run() -> None:
        try:
            write(cast("BinaryIO", sink))
            sink.flush()
            sink.put(_END)
        except ClientLeftError:
            logger.info("A download was left by its client.")
        except BaseException as error:  # noqa: BLE001  raised again in the reader's thread
            _hand_over(sink, error)

    threading.Thread(target=run, name="download", daemon=True).start()
    return Download(queue, cancel, has_left)


def _hand_over(sink: _QueueSink, error: BaseException) -> None:
    """Give an error of the writer to the reader, if there still is one."""
    try:
        sink.put(_Failed(error))
    except ClientLeftError:
        logger.info("A download was left by its client.")


def writer_of(stream: ResultStream, output: Format, compression: str) -> Write:
    """Return a function that writes all rows of a stream and closes it."""

    def write(sink: BinaryIO) -> None:
        with stream, tempfile.TemporaryDirectory(prefix="hub-download-") as scratch:
            if compression:
                with compressed(sink, compression) as inner:
                    output.write(stream, inner, scratch=Path(scratch))
            else:
                output.write(stream, sink, scratch=Path(scratch))

    return write

"""Downloads stream with bounded memory, fail before they begin, and stop when left."""

import threading
import time
from typing import BinaryIO

import pytest

from hub.engines.base import Cancel
from hub.errors import UsageError
from web.streaming import stream_bytes

MEGABYTE = bytes(1024 * 1024)


def downloads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "download"]


def test_all_bytes_arrive_in_order() -> None:
    def write(sink: BinaryIO) -> None:
        for number in range(100_000):
            sink.write(b"%d\n" % number)

    found = b"".join(stream_bytes(write, Cancel()))
    assert found == b"".join(b"%d\n" % number for number in range(100_000))


def test_nothing_at_all_is_a_download_too() -> None:
    assert list(stream_bytes(lambda sink: None, Cancel())) == []


def test_an_error_before_the_first_byte_is_raised_at_once() -> None:
    def write(sink: BinaryIO) -> None:
        raise UsageError("This cannot be written.")

    with pytest.raises(UsageError):
        stream_bytes(write, Cancel())


def test_an_error_in_the_middle_breaks_the_download_off() -> None:
    def write(sink: BinaryIO) -> None:
        sink.write(MEGABYTE)
        raise UsageError("This cannot be written.")

    pieces = stream_bytes(write, Cancel())
    with pytest.raises(UsageError):
        list(pieces)


@pytest.mark.parametrize("read", [0, 1])
def test_a_client_that_leaves_stops_the_writer_and_the_engine(read: int) -> None:
    written = 0

    def write(sink: BinaryIO) -> None:
        nonlocal written
        for _ in range(10_000):
            sink.write(MEGABYTE)
            written += 1

    cancel = Cancel()
    pieces = stream_bytes(write, cancel)
    for _ in range(read):
        next(pieces)
    pieces.close()
    assert cancel.wanted
    limit = time.monotonic() + 5
    while downloads() and time.monotonic() < limit:
        time.sleep(0.02)
    assert not downloads()
    assert written < 50


def test_a_download_read_to_its_end_cancels_nothing() -> None:
    cancel = Cancel()

    def write(sink: BinaryIO) -> None:
        sink.write(b"all")

    pieces = stream_bytes(write, cancel)
    assert b"".join(pieces) == b"all"
    pieces.close()
    assert not cancel.wanted

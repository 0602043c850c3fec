"""A stream of bytes as lines of base64."""

from binascii import b2a_base64
from typing import BinaryIO

import numpy as np

_LINE_BYTES = 57
_LINE_LETTERS = 76
"""RFC 2045, 6.8: at most 76 letters a line, which are 57 bytes."""


class Base64Lines:
    """Writes what it is given to a sink as base64, in lines of 76 letters."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self._rest = b""

    def write(self, data: memoryview | bytes) -> None:
        """Write bytes; those that do not fill a line wait for the next call."""
        whole = (len(self._rest) + len(data)) // _LINE_BYTES * _LINE_BYTES
        if not whole:
            self._rest += bytes(data)
            return
        split = whole - len(self._rest)
        block = b"".join((self._rest, data[:split]))
        self._rest = bytes(data[split:])
        letters = np.frombuffer(b2a_base64(block, newline=False), dtype=np.uint8)
        lines = np.full((whole // _LINE_BYTES, _LINE_LETTERS + 1), ord("\n"), dtype=np.uint8)
        lines[:, :_LINE_LETTERS] = letters.reshape(-1, _LINE_LETTERS)
        self._sink.write(lines.tobytes())

    def finish(self) -> None:
        """Write the last, shorter line."""
        if self._rest:
            self._sink.write(b2a_base64(self._rest))
        self._rest = b""

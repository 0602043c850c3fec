"""Compressed text formats: a sink around a sink."""

import bz2
import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from hub.errors import UsageError
from hub.results.formats import Format

COMPRESSIONS = {"gzip": ".gz", "bz2": ".bz2"}
"""Names of compressions, with what they add to a file name."""

_GZIP_LEVEL = 6
"""The level of the gzip program; 9 takes twice the time for one per cent."""


class CompressionError(UsageError):
    """The compression is not known, or not for this format."""


def check_compression(output_format: Format, compression: str) -> None:
    """Check that a format can be compressed so.

    Raises
    ------
    CompressionError
    """
    if compression not in COMPRESSIONS:
        known = ", ".join(COMPRESSIONS)
        raise CompressionError(f"Unknown compression {compression!r}.", hint=f"Known: {known}.")
    if not output_format.is_text:
        raise CompressionError(
            f"Format {output_format.name} is not compressed as a whole.",
            hint="Leave --compression out, or take a text format: csv, jsonl, votable.",
        )


@contextmanager
def compressed(sink: BinaryIO, compression: str) -> Iterator[BinaryIO]:
    """Give a sink that compresses into ``sink``; leaving the context ends the data.

    The same data give the same bytes: no time and no name are recorded.
    ``sink`` is not closed.

    Raises
    ------
    CompressionError
    """
    if compression == "gzip":
        with gzip.GzipFile(
            filename="", fileobj=sink, mode="wb", mtime=0, compresslevel=_GZIP_LEVEL
        ) as inner:
            yield cast("BinaryIO", inner)
    elif compression == "bz2":
        with bz2.BZ2File(sink, "wb") as outer:
            yield cast("BinaryIO", outer)
    else:
        raise CompressionError(f"Unknown compression {compression!r}.")

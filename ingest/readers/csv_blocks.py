"""Text tables cut into blocks of whole records, so that threads can parse them.

A record ends at a line end outside quotes; the kernel follows the same rules as
Arrow's parser: a quote opens only at the start of a field, two quotes are one.
"""

import bz2
import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import numpy.typing as npt
from numba import njit

from ingest.readers import InputError

BLOCK_BYTES = 8 * 2**20
LONGEST_RECORD = 64 * 2**20

_LF, _CR, _QUOTE = 10, 13, 34


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How a text table is written."""

    delimiter: str
    names: tuple[str, ...]
    start: int
    """First byte of the data in the unpacked file."""

    @property
    def keeps_empty_lines(self) -> bool:
        """Tell whether an empty line is a row: in a table of one column it is a null."""
        return len(self.names) == 1


@dataclass(frozen=True, kw_only=True)
class Block:
    """Whole records."""

    content: bytes
    first_record: int
    """Number of the first record in the file, from 0."""

    records: int


def _scan_records(
    data: npt.NDArray[np.uint8],
    delimiter: int,
    count_empty: bool,  # noqa: FBT001 - compiled functions take no keywords
    final: bool,  # noqa: FBT001
) -> tuple[int, int, bool]:
    """Return the end of the last whole record, the records up to it, and if a quote is open."""
    end = records = 0
    begin = 0
    field_start = True
    quoted = False
    at = 0
    while at < data.size:
        byte = data[at]
        if quoted:
            if byte == _QUOTE:
                if at + 1 < data.size and data[at + 1] == _QUOTE:
                    at += 1
                else:
                    quoted = False
        elif byte in (_LF, _CR):
            if byte == _CR and at + 1 == data.size and not final:
                break
            empty = at == begin
            if byte == _CR and at + 1 < data.size and data[at + 1] == _LF:
                at += 1
            if count_empty or not empty:
                records += 1
            begin = end = at + 1
            field_start = True
            at += 1
            continue
        elif byte == delimiter:
            field_start = True
            at += 1
            continue
        elif byte == _QUOTE and field_start:
            quoted = True
        field_start = False
        at += 1
    if final and begin < data.size:
        return data.size, records + 1, quoted
    return end, records, quoted


_scan: Callable[..., tuple[int, int, bool]] = njit(nogil=True, cache=True)(_scan_records)


def open_text(path: Path) -> BinaryIO:
    """Open a file for reading bytes, unpacked by its ending."""
    name = path.name.lower()
    if name.endswith(".gz"):
        return cast("BinaryIO", gzip.open(path))
    if name.endswith(".bz2"):
        return cast("BinaryIO", bz2.open(path))
    return path.open("rb")


def read_some(stream: BinaryIO, size: int, path: Path) -> bytes:
    """Read up to ``size`` bytes; fewer only at the end of the file.

    Raises
    ------
    InputError
        The file is damaged or cut off.
    """
    try:
        return stream.read(size)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(
            f"Cannot unpack {path}: {error}.",
            hint="The file may be cut off or damaged; copy it again.",
            where=str(path),
        ) from error


def blocks(path: Path, dialect: Dialect, block_bytes: int) -> Iterator[Block]:
    """Yield the records of a file in order, in blocks of about ``block_bytes``.

    Raises
    ------
    InputError
        A quote is never closed, a record is longer than 64 MiB, or the file
        cannot be unpacked.
    """
    first = 0
    rest = b""
    with open_text(path) as stream:
        read_some(stream, dialect.start, path)
        while True:
            fresh = read_some(stream, block_bytes, path)
            content = rest + fresh
            final = len(fresh) < block_bytes
            end, records, quoted = _scan(
                np.frombuffer(content, np.uint8),
                ord(dialect.delimiter),
                dialect.keeps_empty_lines,
                final,
            )
            if final and quoted:
                row = first + records
                raise InputError(
                    f"A quote that opens in row {row} of {path} is never closed.",
                    hint="Close it, or write a quote that belongs to the text as two in quotes.",
                    where=f"{path}, row {row}",
                )
            if records:
                yield Block(content=content[:end], first_record=first, records=records)
            first += records
            rest = content[end:]
            if final:
                return
            if len(rest) > LONGEST_RECORD:
                raise InputError(
                    f"Row {first + 1} of {path} is longer than {LONGEST_RECORD // 2**20} MiB.",
                    hint="A quote that opens there is probably never closed.",
                    where=f"{path}, row {first + 1}",
                )

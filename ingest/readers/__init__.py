"""Readers: files of one kind → pieces of Arrow tables; found by entry points.

A reader says what a file holds without reading the rows (`Reader.open`), and
gives the rows as pieces that are read later, in threads (`Source.pieces`). The
group of entry points is ``exploration_hub.readers``.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from hub.errors import UsageError
from hub.tasks import TaskRunner

GROUP = "exploration_hub.readers"


class InputError(UsageError):
    """An input file cannot be read, or is not what it claims to be."""


@dataclass(frozen=True, kw_only=True)
class SourceColumn:
    """One column of an input file."""

    name: str
    type: pa.DataType
    """Arrow type of the pieces."""

    unit: str = ""
    ucd: str = ""
    description: str = ""
    vector_length: int | None = None
    note: str = ""
    """What the reader changed, for the user; empty when nothing."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Rows of one file that are read together."""

    file: int
    """Number of the input file, from 0."""

    path: Path
    first_row: int
    """Row number of the first row in its file, from 0."""

    rows: int
    read: Callable[[], pa.Table]
    """Reads the rows; safe to call in any thread; raises `InputError`."""


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """What a reader may need to know beside the path."""

    runner: TaskRunner
    types: Mapping[str, pa.DataType] = field(default_factory=dict)
    """Types given by a description, by original name; for formats without types."""

    null_texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Texts that mean null, by original name; for formats without types."""


class Source(Protocol):
    """An opened input file."""

    path: Path
    columns: Sequence[SourceColumn]
    rows: int
    row_bytes: float
    """Estimated bytes of a row in memory."""

    notes: Sequence[str]
    """What the user should know about the file."""

    def pieces(self, file: int, rows: int) -> Iterator[Piece]:
        """Yield the rows in order, in pieces of at most about ``rows``."""
        ...


class Reader(Protocol):
    """Opens files of one kind."""

    name: str
    suffixes: Sequence[str]
    """Endings of file names, lower case, such as ``.fits.gz``."""

    def open(self, path: Path, options: ReadOptions) -> Source:
        """Read what a file says about itself.

        Raises
        ------
        InputError
            The file is damaged or cannot be read.
        """
        ...


def load_readers() -> list[Reader]:
    """Return the readers that are installed, in order of name."""
    found = sorted(entry_points(group=GROUP), key=lambda entry: entry.name)
    return [entry.load() for entry in found]


def find_reader(path: Path, readers: Sequence[Reader]) -> Reader:
    """Return the reader for a file, by its ending.

    Raises
    ------
    InputError
        No reader knows the ending.
    """
    name = path.name.lower()
    for reader in readers:
        if any(name.endswith(suffix) for suffix in reader.suffixes):
            return reader
    known = sorted(suffix for reader in readers for suffix in reader.suffixes)
    raise InputError(
        f"Unknown file type: {path}.", hint=f"Known endings: {', '.join(known)}.", where=str(path)
    )


def expand_inputs(paths: Sequence[Path]) -> list[Path]:
    """Return the files to read: folders give their Parquet files in order of path.

    Raises
    ------
    InputError
        A path does not exist or cannot be read, a file is empty, or a folder
        holds no Parquet file.
    """
    files: list[Path] = []
    for path in paths:
        files += _folder_files(path) if _is_folder(path) else [path]
    for path in files:
        check_readable(path)
    return files


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror}.", where=str(path)) from error


def _folder_files(folder: Path) -> list[Path]:
    def refuse(error: OSError) -> None:
        # Walking on without a folder that cannot be read would lose rows silently.
        raise InputError(
            f"Cannot read the folder {error.filename}: {error.strerror}.", where=str(folder)
        ) from error

    walked = os.walk(folder, onerror=refuse)
    inside = sorted(Path(parent) / name for parent, _, names in walked for name in names)
    files = [
        path
        for path in inside
        if path.suffix.lower() in {".parquet", ".parq", ".pq"}
        and not path.name.startswith(("_", "."))
    ]
    if not files:
        raise InputError(f"The folder {folder} holds no Parquet files.", where=str(folder))
    return files


def check_readable(path: Path) -> None:
    """Refuse a file that does not exist, cannot be read, or is empty."""
    try:
        with path.open("rb") as file:
            first = file.read(1)
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror}.", where=str(path)) from error
    if not first:
        raise InputError(f"The file {path} is empty.", where=str(path))

"""`Format`: a way to write a result, found by name among the entry points."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoints, entry_points
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from hub.errors import UsageError
from hub.nearest import nearest_names
from hub.tables.description import ColumnDescription
from hub.tables.stream import ResultStream

GROUP = "exploration_hub.formats"


class UnknownFormatError(UsageError):
    """No format has this name."""


class Write(Protocol):
    """Writes all rows of a stream; memory does not grow with their number."""

    def __call__(self, stream: ResultStream, sink: BinaryIO, *, scratch: Path) -> None:
        """Write the whole file.

        Parameters
        ----------
        stream
            Read to its end, not closed. Whether it was truncated is known
            afterwards; formats that can carry it say so in the file.
        sink
            Only its ``write`` is used, so it may be a pipe or a response. It
            is not closed.
        scratch
            Existing folder for temporary files; nothing is left there.

        Raises
        ------
        UsageError
            A column has a type, or the table a shape, that the format cannot
            hold in any form. Raised before the first byte is written where
            it follows from the schema.
        FatalError
            The scratch folder is full or cannot be written.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Format:
    """One output format, as an entry point of the group ``exploration_hub.formats`` names it."""

    name: str
    title: str
    """Name for people, such as ``FITS binary table``."""

    extension: str
    """Ending of file names, with the dot."""

    media_type: str
    is_text: bool
    """Whether ``--compression`` makes sense; the binary formats compress or must not."""

    write: Write
    losses: Callable[[Sequence[ColumnDescription]], tuple[str, ...]]
    """What a table of these columns loses in the format; one sentence each."""


def format_names() -> tuple[str, ...]:
    """Return the names of all formats in alphabetical order, without loading them."""
    return tuple(sorted(set(_entries().names)))


def load_formats() -> dict[str, Format]:
    """Load every format; the keys are their names, in alphabetical order."""
    return {name: find_format(name) for name in format_names()}


def find_format(name: str) -> Format:
    """Load the format with this name, and no other.

    Raises
    ------
    UnknownFormatError
        No installed package brings it.
    """
    entries = _entries()
    if name not in entries.names:
        known = sorted(set(entries.names))
        near = nearest_names(name, known, 1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise UnknownFormatError(
            f"Unknown format {name!r}.", hint=f"{hint}Formats: {', '.join(known)}."
        )
    return cast("Format", entries[name].load())


def _entries() -> EntryPoints:
    return entry_points(group=GROUP)

"""The argument that names a selection: a JSON file, ``-``, or a table of a catalog."""

import sys
from pathlib import Path

from hub.access import User
from hub.errors import UsageError
from hub.query.selection import Selection
from hub.services.catalogs import Catalogs
from hub.tables.names import MAIN_TABLE, BadNameError, TableReference, parse_reference


class UnreadableSelectionError(UsageError):
    """The argument is neither a readable file nor the name of a table."""


def read_selection(text: str, catalogs: Catalogs, user: User) -> Selection:
    """Return the selection that an argument means.

    ``-`` is JSON from stdin; ``NAME[@VERSION][.TABLE]`` is all of that table; all
    else is a file. A file whose name could be that of a catalog is the file, and
    ``./NAME`` always is.

    Raises
    ------
    UsageError
        There is no such file, it is not UTF-8, or it holds no selection.
    MissingError
        The text names a catalog or table that this user cannot see.
    """
    if text == "-":
        return Selection.parse(_text(text, sys.stdin.buffer.read()))
    path = Path(text)
    if path.is_file():
        try:
            content = path.read_bytes()
        except OSError as error:
            reason = error.strerror or "unknown reason"
            raise UnreadableSelectionError(f"{text} cannot be read: {reason}.") from error
        return Selection.parse(_text(text, content))
    reference = _reference(text)
    table = catalogs.table(
        reference.catalog, reference.version, reference.table or MAIN_TABLE, user
    )
    return Selection.parse(
        {"catalog": table.catalog, "version": table.version, "table": table.name}
    )


def _reference(text: str) -> TableReference:
    """Return the table that a text names; what ends like a file was meant as one."""
    missing = UnreadableSelectionError(
        f"There is no file {text}.",
        hint="Give a JSON file, - for stdin, or NAME[@VERSION][.TABLE].",
    )
    if text.lower().endswith(".json"):
        raise missing
    try:
        return parse_reference(text)
    except BadNameError as error:
        raise missing from error


def _text(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableSelectionError(f"{name} is not UTF-8 text.") from error

"""Names of catalogs, versions and tables, and the references that people type.

A version is text such as ``1.0`` or ``dr3``. What follows one of its dots does
not begin with a small letter, because ``stars@1.0.main`` has to mean one thing:
the table ``main`` of version ``1.0``.
"""

import re
from dataclasses import dataclass

from hub.errors import UsageError

MAIN_TABLE = "main"
"""The table that is meant where none is named."""

_NAME = r"[a-z][a-z0-9_]*"
_VERSION = r"[A-Za-z0-9][A-Za-z0-9_-]*(?:\.[A-Z0-9_-][A-Za-z0-9_-]*)*"
_REFERENCE = re.compile(rf"({_NAME})(?:@({_VERSION}))?(?:\.({_NAME}))?")
_MAX_LENGTH = 128


class BadNameError(UsageError):
    """A text cannot be the name of a catalog, of a version or of a table."""


@dataclass(frozen=True, kw_only=True)
class TableReference:
    """``NAME[@VERSION][.TABLE]``, as commands take it."""

    catalog: str
    version: str | None
    """Null for the default version."""

    table: str | None
    """Null when no table was named."""


def parse_reference(text: str) -> TableReference:
    """Read ``NAME[@VERSION][.TABLE]``.

    Raises
    ------
    BadNameError
        The text has another form.
    """
    match = _REFERENCE.fullmatch(text)
    if match is None:
        raise BadNameError(
            f"{text!r} does not name a catalog.",
            hint="Write NAME, NAME@VERSION or NAME@VERSION.TABLE.",
        )
    return TableReference(catalog=match[1], version=match[2], table=match[3])


def check_name(text: str, *, what: str) -> str:
    """Return the name of a catalog or a table as it is, or refuse it.

    Parameters
    ----------
    what
        What it names, for the message: ``catalog`` or ``table``.

    Raises
    ------
    BadNameError
        It has other characters, or more than 128.
    """
    if len(text) > _MAX_LENGTH or not re.fullmatch(_NAME, text):
        raise BadNameError(
            f"{text!r} cannot be the name of a {what}.",
            hint="Use small letters, digits and _, beginning with a letter.",
        )
    return text


def check_version(text: str) -> str:
    """Return a version as it is, or refuse it.

    Raises
    ------
    BadNameError
        It has other characters, more than 128, or a small letter after a dot.
    """
    if len(text) > _MAX_LENGTH or not re.fullmatch(_VERSION, text):
        raise BadNameError(
            f"{text!r} cannot be a version.",
            hint="Use letters, digits, - and _, and dots that no small letter follows.",
        )
    return text

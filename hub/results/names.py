"""Names that columns have in files: the original ones, made unique where needed."""

import re
import unicodedata
from collections.abc import Callable, Sequence

from hub.tables.description import ColumnDescription

_NOT_IN_XML_NAME = re.compile(r"[^A-Za-z0-9_.-]")


def output_names(
    columns: Sequence[ColumnDescription], *, ignore_case: bool = False
) -> tuple[str, ...]:
    """Return the original name of each column; a name met again gets ``_2``, ``_3``, ...

    Parameters
    ----------
    columns
        Columns of the result, in order. One without an original name gives
        its SQL name.
    ignore_case
        Whether names that differ in case only count as the same.
    """
    return unique(
        [column.original_name or column.name for column in columns], ignore_case=ignore_case
    )


def ascii_names(columns: Sequence[ColumnDescription]) -> tuple[str, ...]:
    """Return the original names in printable ASCII, unique without regard to case.

    Accents are taken off; what else is not ASCII becomes ``_``.
    """
    plain = [_plain_name(column.original_name or column.name) for column in columns]
    return unique(plain, ignore_case=True)


def xml_ids(columns: Sequence[ColumnDescription]) -> tuple[str, ...]:
    """Return the SQL names as XML names (NCName), unique: what an ID attribute takes."""
    ids = [_NOT_IN_XML_NAME.sub("_", column.name) for column in columns]
    return unique([id_ if id_[:1].isalpha() or id_[:1] == "_" else f"_{id_}" for id_ in ids])


def unique(names: Sequence[str], *, ignore_case: bool = False) -> tuple[str, ...]:
    """Return the names with suffixes where they clash; the first one keeps its name.

    A suffixed name never takes the name of a column that comes later.
    """
    fold: Callable[[str], str] = str.casefold if ignore_case else str
    reserved = {fold(name) for name in names}
    taken: set[str] = set()
    result = []
    for name in names:
        candidate, number = name, 2
        while fold(candidate) in taken or (candidate != name and fold(candidate) in reserved):
            candidate = f"{name}_{number}"
            number += 1
        taken.add(fold(candidate))
        result.append(candidate)
    return tuple(result)


def renamed(columns: Sequence[ColumnDescription], names: Sequence[str]) -> tuple[str, ...]:
    """Return one sentence that lists the columns not called by their original name, if any."""
    changed = [
        f"{column.original_name} is called {name}"
        for column, name in zip(columns, names, strict=True)
        if (column.original_name or column.name) != name
    ]
    if not changed:
        return ()
    return (f"Names that the format cannot hold, or that occur twice: {'; '.join(changed)}.",)


def without_accents(text: str) -> str:
    """Return text with letters taken apart and their accents left out (``ö`` → ``o``)."""
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(letter)
    )


def _plain_name(name: str) -> str:
    letters = without_accents(name)
    return "".join(letter if " " <= letter <= "~" else "_" for letter in letters).strip() or "_"

"""Original column names and their safe forms for SQL.

The safe form is lower case, ``[a-z][a-z0-9_]*``; the original is kept beside it
and given back on export, so nothing is lost. Reserved words (``select``) are safe
forms too: the resolver of queries quotes every name that it prints.
"""

import re
import unicodedata
from collections.abc import Sequence

from hub.errors import UsageError

_UNSAFE = re.compile(r"[^a-z0-9_]+")
_SAFE = re.compile(r"[a-z][a-z0-9_]*")

RESERVED = frozenset({"norder", "dir", "npix"})
"""Partition columns of HATS in Hive and Spark: a data column must not be called so."""


class DuplicateNameError(UsageError):
    """Two columns have one name, when case is left aside."""


def is_safe(name: str) -> bool:
    """Tell whether a name needs no change to be used in SQL."""
    return _SAFE.fullmatch(name) is not None and name not in RESERVED


def _change(name: str) -> int:
    """Return how much the safe form of a name differs: not, in case only, or more."""
    return 0 if is_safe(name) else 1 if is_safe(name.lower()) else 2


def safe_name(original: str) -> str:
    """Return the safe form of one name, without regard to its neighbours.

    >>> safe_name("[Fe/H]"), safe_name("_RAJ2000"), safe_name("2MASS")
    ('fe_h', 'x_raj2000', 'c_2mass')
    """
    # NFKD and the drop of what is not ASCII: accents go, letters stay.
    folded = unicodedata.normalize("NFKD", original.strip()).encode("ascii", "ignore").decode()
    words = _UNSAFE.sub("_", folded.lower()).strip("_")
    if not words:
        return "column"
    if original.strip().startswith("_") or words in RESERVED:
        return f"x_{words}"
    return f"c_{words}" if words[0].isdigit() else words


def check_unique(names: Sequence[str], where: str) -> None:
    """Refuse names that are equal when case is left aside.

    Raises
    ------
    DuplicateNameError
        Names both columns and their numbers in the file.
    """
    seen: dict[str, int] = {}
    for number, name in enumerate(names, start=1):
        first = seen.setdefault(name.casefold(), number)
        if first != number:
            raise DuplicateNameError(
                f"Columns {first} ({names[first - 1]}) and {number} ({name}) have the same name.",
                hint="Rename one of them in the file; case alone does not tell columns apart.",
                where=where,
            )


def safe_names(originals: Sequence[str], wanted: Sequence[str | None]) -> list[str]:
    """Return the safe names of a table's columns, all different.

    Wanted names (of a description) come first, then originals that are safe as
    they are; of other forms that collide, the later ones get ``_2``, ``_3`` and on.

    Raises
    ------
    UsageError
        A wanted name is not safe, or wanted twice.
    """
    names: dict[int, str] = {}
    taken: set[str] = set()
    for index, name in enumerate(wanted):
        if name is None:
            continue
        if not is_safe(name) or name in taken:
            raise UsageError(
                f"Column {originals[index]} cannot be called {name!r}.",
                hint="Use lower-case letters, digits and _, and each name once.",
            )
        names[index] = name
        taken.add(name)
    others = [index for index in range(len(originals)) if index not in names]
    # Those that change least choose first; sorting keeps the order of equal ones.
    for index in sorted(others, key=lambda index: _change(originals[index])):
        names[index] = free_name(safe_name(originals[index]), taken)
        taken.add(names[index])
    return [names[index] for index in range(len(originals))]


def free_name(base: str, taken: set[str]) -> str:
    """Return ``base``, or the first of ``base_2``, ``base_3`` ... that is not taken."""
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    return name

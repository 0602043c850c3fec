"""Names of objects → positions, without a network: OpenNGC's own list.

The list is the data of `pyongc` (extra ``demo``); this module is the only one
that reads it, and its own code is not run.
"""

import re
import sqlite3
from contextlib import closing
from functools import lru_cache
from importlib.util import find_spec
from math import degrees
from pathlib import Path

from hub.nearest import nearest_names
from hub.sky.errors import UnknownNameError

_MESSIER = re.compile(r"m(?:essier)?0*(\d{1,3})")
_NUMBERED = re.compile(r"(ngc|ic)0*(\d+)(.*)")
_FILLERS = re.compile(r"[\s\-_'’.]+")
_QUERY = "SELECT name, messier, ngc, ic, identifiers, commonnames, ra, dec FROM objects"

Position = tuple[float, float]


def resolve_name(name: str) -> Position:
    """Return the ICRS position, ra and dec in degrees, of an object.

    Knows Messier, NGC and IC numbers (``M1``, ``ngc 1952``), the identifiers
    that OpenNGC lists, and common names (``Crab Nebula``); case, blanks and
    hyphens do not count, and a word for the kind may be left out (``Crab``).

    Raises
    ------
    UnknownNameError
        With the nearest names; or the list is not installed.
    """
    places, labels = _load()
    wanted = _key(name)
    found = places.get(wanted)
    if found is None:
        near = " or ".join(labels[key] for key in nearest_names(wanted, labels))
        raise UnknownNameError(
            f"No object called {name.strip()[:60]} is known here.",
            hint=f"Did you mean {near}?" if near else "Give the position instead of the name.",
        )
    return found


def _key(name: str) -> str:
    """Return what counts of a name: ``NGC 0224`` and ``ngc224`` have one key."""
    key = _FILLERS.sub("", name.strip().lower())
    if match := _MESSIER.fullmatch(key):
        return f"m{match[1]}"
    if match := _NUMBERED.fullmatch(key):
        return f"{match[1]}{match[2]}{match[3]}"
    return key


@lru_cache(maxsize=1)
def _load() -> tuple[dict[str, Position], dict[str, str]]:
    """Return positions by key, and the names to suggest by key."""
    places: dict[str, Position] = {}
    labels: dict[str, str] = {}
    short: dict[str, set[Position]] = {}
    for names, position in _objects():
        for label in names:
            key = _key(label)
            if key and places.setdefault(key, position) == position:
                labels.setdefault(key, label)
                words = label.split()
                if len(words) > 1 and words[-1].lower() in _KINDS:
                    short.setdefault(_key(" ".join(words[:-1])), set()).add(position)
    for key, positions in short.items():
        if len(positions) == 1:  # "Crab", but not "Pelican" if there were two
            places.setdefault(key, next(iter(positions)))
    return places, labels


_KINDS = frozenset({"nebula", "galaxy", "cluster", "nebulae", "galaxies"})


def _objects() -> list[tuple[list[str], Position]]:
    with closing(sqlite3.connect(f"file:{_list_path()}?mode=ro", uri=True)) as connection:
        rows = connection.execute(_QUERY).fetchall()
    objects = []
    for name, messier, ngc, ic, identifiers, common, ra, dec in rows:
        if ra is None or dec is None:
            continue
        names = [name]
        names += [f"M{int(messier)}"] if messier else []
        names += [f"NGC{number}" for number in _list(ngc)] + [f"IC{number}" for number in _list(ic)]
        names += _list(common) + _list(identifiers)
        objects.append((names, (round(degrees(ra), 9), round(degrees(dec), 9))))
    return objects


def _list(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def _list_path() -> Path:
    found = find_spec("pyongc")
    folders = (found.submodule_search_locations or []) if found else []
    paths = [Path(folder) / "ongc.db" for folder in folders]
    path = next((path for path in paths if path.is_file()), None)
    if path is None:
        raise UnknownNameError(
            "Names cannot be looked up: the list of objects is not installed.",
            hint="Install exploration-hub[demo], or give the position instead of the name.",
        )
    return path

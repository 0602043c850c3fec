"""Descriptions in TOML: what the files do not say about a table and its columns."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hub.errors import UsageError
from hub.nearest import hint_of_names

NullValue = int | float | str

_TABLE_TEXTS = ("title", "description", "citation", "licence", "frame", "key", "ra", "dec")
_TABLE_KEYS = (*_TABLE_TEXTS, "epoch", "columns")
_COLUMN_TEXTS = ("name", "unit", "ucd", "description", "type")
_COLUMN_KEYS = (*_COLUMN_TEXTS, "null_values")


@dataclass(frozen=True, kw_only=True)
class ColumnNotes:
    """What a description says about one column; null where it is silent."""

    name: str | None = None
    """Name in SQL."""

    unit: str | None = None
    ucd: str | None = None
    description: str | None = None
    type: str | None = None
    """Column type, see `hub.tables.types`."""

    null_values: tuple[NullValue, ...] = ()
    """Values that mean null, such as -999."""


@dataclass(frozen=True, kw_only=True)
class TableNotes:
    """What a description says about a table; null where it is silent."""

    title: str | None = None
    description: str | None = None
    citation: str | None = None
    licence: str | None = None
    epoch: float | None = None
    frame: str | None = None
    key: str | None = None
    ra: str | None = None
    dec: str | None = None
    columns: Mapping[str, ColumnNotes] = field(default_factory=dict)
    """By original name."""

    source: str = ""
    """File of the description, for messages."""


def read_notes(path: Path) -> TableNotes:
    """Read a description file.

    Raises
    ------
    UsageError
        The file cannot be read, is not TOML, or holds an unknown key or a value
        of the wrong kind.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"Cannot read the description {path}: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"The description {path} is not TOML: {error}.") from error
    return notes_from(content, source=str(path))


def notes_from(content: Mapping[str, object], *, source: str = "") -> TableNotes:
    """Check the content of a description; see `read_notes`."""
    _check_keys(content, _TABLE_KEYS, source)
    texts = {key: _text(content, key, source) for key in _TABLE_TEXTS}
    if (texts["ra"] is None) != (texts["dec"] is None):
        raise UsageError("ra and dec go together.", hint="Name both, or neither.", where=source)
    columns = content.get("columns", {})
    if not isinstance(columns, Mapping):
        raise UsageError("columns must be a table of columns.", where=source)
    return TableNotes(
        **texts,
        epoch=_number(content, "epoch", source),
        columns={str(name): _column(str(name), value, source) for name, value in columns.items()},
        source=source,
    )


def _column(name: str, content: object, source: str) -> ColumnNotes:
    where = f"{source}, column {name}"
    if not isinstance(content, Mapping):
        raise UsageError(f"The entry of column {name} must be a table.", where=where)
    _check_keys(content, _COLUMN_KEYS, where)
    values = content.get("null_values", [])
    if not isinstance(values, list) or not all(_is_null_value(value) for value in values):
        raise UsageError("null_values must be a list of numbers or texts.", where=where)
    texts = {key: _text(content, key, where) for key in _COLUMN_TEXTS}
    return ColumnNotes(**texts, null_values=tuple(values))


def _is_null_value(value: object) -> bool:
    return isinstance(value, int | float | str) and not isinstance(value, bool)


def _check_keys(content: Mapping[str, object], known: Iterable[str], where: str) -> None:
    names = list(known)
    for key in content:
        if key not in names:
            raise UsageError(
                f"Unknown entry {key!r} in the description.",
                hint=hint_of_names(key, names, "entries"),
                where=where,
            )


def _text(content: Mapping[str, object], key: str, where: str) -> str | None:
    value = content.get(key)
    if value is not None and not isinstance(value, str):
        raise UsageError(f"{key} must be a text, not {value!r}.", where=where)
    return value


def _number(content: Mapping[str, object], key: str, where: str) -> float | None:
    value = content.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageError(f"{key} must be a number, not {value!r}.", where=where)
    return float(value)

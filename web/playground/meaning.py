"""What the typed fields mean: pieces of a selection, and what is wrong at which field."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from hub.tables.description import TableDescription
from hub.tables.types import is_integer, is_numeric
from web.playground.fields import FilterRow, PlayFields
from web.playground.regions import read_region
from web.playground.values import FieldError, Piece, csv_items, number, whole

OPS: Mapping[str, str] = {
    "between": "from … to",
    "=": "=",
    "!=": "≠",
    "<": "<",
    "<=": "≤",
    ">": ">",
    ">=": "≥",
    "in": "one of",
    "not_in": "none of",
    "like": "like (% and _)",
    "is_null": "is null",
    "not_null": "is not null",
    "is_nan": "is NaN",
    "bits_any": "any of the bits",
    "bits_all": "all of the bits",
    "bits_none": "none of the bits",
}
"""Operator → its words in the form."""

WITHOUT_VALUE = frozenset({"is_null", "not_null", "is_nan"})
_BITS = frozenset({"bits_any", "bits_all", "bits_none"})
_DERIVED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\s*=(?!=)\s*(.+)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """The pieces of the selection that could be read, and the fields that could not."""

    pieces: Mapping[str, Piece] = field(default_factory=dict)
    """Name of the field that is to blame when the piece is refused → part of a selection."""

    errors: Mapping[str, str] = field(default_factory=dict)
    """Name of a field → what is wrong with it."""

    filters: tuple[Piece, ...] = ()
    """All filters, to be joined by AND."""


def read_meaning(fields: PlayFields, table: TableDescription) -> Meaning:
    """Read every field of the form."""
    reading = _Reading()
    reading.piece("columns", lambda: _columns(fields))
    region, wrong = read_region(fields)
    reading.errors |= wrong
    if region:
        reading.pieces["region"] = {"region": region}
    reading.piece("sample", lambda: _sample(fields))
    reading.piece("order", lambda: _order(fields["order"]))
    reading.piece("limit", lambda: _limit(fields["limit"]))
    groups: dict[tuple[str, str], list[Piece]] = {}
    for place, row in enumerate(fields.filters):
        name = f"f{place}"
        leaf = reading.guarded(name, partial(_leaf, row, table)) if row.is_on else None
        if leaf:
            # A row without a group is a group of its own.
            key = (row.group, "" if row.group else name)
            groups.setdefault(key, []).append(leaf)
            reading.pieces[name] = {"filters": {"all": [leaf]}}
    reading.filters += [
        {"any": leaves} if group else leaves[0] for (group, _), leaves in groups.items()
    ]
    more = reading.guarded("more", lambda: _more(fields["more"]))
    if more:
        reading.filters.append(more)
        reading.pieces["more"] = {"filters": {"all": [more]}}
    return Meaning(pieces=reading.pieces, errors=reading.errors, filters=tuple(reading.filters))


def selection_of(meaning: Meaning, table: TableDescription) -> Piece:
    """Return the selection that all pieces make together, for ``Selection.parse``."""
    whole: Piece = {"catalog": table.catalog, "version": table.version, "table": table.name}
    for name in ("columns", "region", "sample", "order", "limit"):
        whole |= meaning.pieces.get(name, {})
    if meaning.filters:
        whole["filters"] = {"all": list(meaning.filters)}
    return whole


class _Reading:
    """Pieces and errors as they come."""

    def __init__(self) -> None:
        self.pieces: dict[str, Piece] = {}
        self.errors: dict[str, str] = {}
        self.filters: list[Piece] = []

    def guarded(self, name: str, read: Callable[[], Piece]) -> Piece:
        """Return what ``read`` returns; note its error at the field ``name``."""
        try:
            return read()
        except FieldError as error:
            self.errors.setdefault(name, str(error))
            return {}

    def piece(self, name: str, read: Callable[[], Piece]) -> None:
        """Keep a piece under the field that is to blame for it."""
        found = self.guarded(name, read)
        if found:
            self.pieces[name] = found


def column_item(text: str) -> str | Piece:
    """Return a column of a selection from ``name`` or ``name = expression``."""
    derived = _DERIVED.fullmatch(text)
    return {"name": derived[1], "expression": derived[2]} if derived else text


def _columns(fields: PlayFields) -> Piece:
    if not fields.columns:
        if fields.was_sent:
            raise FieldError("Tick at least one column.")
        return {}
    return {"columns": [column_item(item) for item in fields.columns]}


def _sample(fields: PlayFields) -> Piece:
    match fields["sample"]:
        case "all":
            return {}
        case "fraction":
            power = number(fields["log2"] or "6", "The power of two")
            if not isinstance(power, int):
                raise FieldError("The power of two must be a whole number.")
            return {"sample": {"log2": power}}
        case "rows":
            return {"sample": {"rows": whole(fields["rows"], "The number of rows")}}
        case other:
            raise FieldError(f"There is no sample of the kind “{other}”.")


def _limit(text: str) -> Piece:
    return {"limit": whole(text, "The limit", least=0)} if text else {}


def _order(text: str) -> Piece:
    """Read ``g_mag desc, ra``."""
    parts = [part.split() for part in text.split(",") if part.strip()]
    terms = []
    for words in parts:
        direction = words[1].lower() if len(words) == 2 else "asc"
        if len(words) > 2 or direction not in {"asc", "desc"}:
            raise FieldError("Write columns separated by commas, with “desc” for descending.")
        terms.append({"column": words[0], "descending": direction == "desc"})
    return {"order_by": terms} if terms else {}


def _more(text: str) -> Piece:
    """Read the filter that the rows cannot express."""
    if not text:
        return {}
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise FieldError(
            f"Not JSON at line {error.lineno}, column {error.colno}: {error.msg}."
        ) from None
    if not isinstance(found, dict):
        raise FieldError('Give one filter, such as {"not": {"column": "ra", "op": "is_null"}}.')
    return found


def _leaf(row: FilterRow, table: TableDescription) -> Piece:
    """Return one filter of a selection; nothing when the row has no value yet."""
    column = table.column(row.column)
    left = {"column": row.column} if column else {"expression": row.column}
    kind = column.type if column else "double"
    if row.op not in OPS:
        raise FieldError(f"There is no filter “{row.op}”.")
    if row.op in WITHOUT_VALUE:
        return {**left, "op": row.op}
    if row.op == "between":
        return _range(left, row, kind)
    if not row.value:
        return {}
    if row.op in _BITS:
        return {**left, "op": row.op, "bits": number(row.value, "The mask")}
    if row.op == "like":
        return {**left, "op": row.op, "pattern": row.value}
    if row.op in {"in", "not_in"}:
        items = [_value(item, kind) for item in csv_items(row.value)]
        return {**left, "op": row.op, "values": items}
    return {**left, "op": row.op, "value": _value(row.value, kind)}


def _range(left: Piece, row: FilterRow, kind: str) -> Piece:
    """Return a range that may be open at one end."""
    low = _value(row.value, kind) if row.value else None
    high = _value(row.high, kind) if row.high else None
    if low is None and high is None:
        return {}
    if low is None:
        return {**left, "op": "<=", "value": high}
    if high is None:
        return {**left, "op": ">=", "value": low}
    return {**left, "op": "between", "low": low, "high": high}


def _value(text: str, kind: str) -> object:
    """Return a typed value from what was typed for a column of this type."""
    if kind == "boolean":
        if text.lower() not in {"true", "false"}:
            raise FieldError("Give true or false.")
        return text.lower() == "true"
    if is_numeric(kind):
        value = number(text, "The value")
        if is_integer(kind) and isinstance(value, float) and value.is_integer():
            return int(value)
        return value
    return text

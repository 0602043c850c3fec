"""What the typed fields mean: pieces of a selection, and what is wrong at which field."""

import csv
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.tables.description import TableDescription
from hub.tables.types import is_integer, is_numeric
from web.playground.fields import FilterRow, PlayFields

Piece = dict[str, Any]

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
_INTEGER = re.compile(r"[+-]?\d+")
_DERIVED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\s*=(?!=)\s*(.+)", re.DOTALL)
_BOX = ("ra_min_deg", "ra_max_deg", "dec_min_deg", "dec_max_deg")


class FieldError(Exception):
    """A field does not hold what it should; the text is for people."""


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
    reading.piece("region", lambda: _region(fields, reading))
    reading.piece("sample", lambda: _sample(fields))
    reading.piece("order", lambda: _order(fields["order"]))
    reading.piece("limit", lambda: _limit(fields["limit"]))
    groups: dict[tuple[str, str], list[Piece]] = {}
    for number, row in enumerate(fields.filters):
        name = f"f{number}"
        leaf = reading.guarded(name, lambda row=row: _leaf(row, table)) if row.is_on else None
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


def number(text: str, what: str) -> int | float:
    """Return the number that a text holds; a typographic minus is read too."""
    plain = text.replace("\u2212", "-").replace("\u00a0", "").strip()
    if _INTEGER.fullmatch(plain):
        return int(plain)
    try:
        return float(plain)
    except ValueError:
        wanted = f"{what} must be a number" if plain else f"{what} is missing"
        raise FieldError(f"{wanted}{f', not “{text}”' if plain else ''}.") from None


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


def _region(fields: PlayFields, reading: _Reading) -> Piece:
    """Return the region; errors of single numbers are noted at their own fields."""
    kind = fields["region"]
    missing = False

    def value(name: str, what: str) -> int | float:
        nonlocal missing
        try:
            return number(fields[name], what)
        except FieldError as error:
            reading.errors[name] = str(error)
            missing = True
            return 0

    galactic = fields["frame"] == "galactic" and kind in {"cone", "box", "polygon", "targets"}
    lon, lat = ("lon", "lat") if galactic else ("ra", "dec")
    words = ("Galactic longitude", "Galactic latitude") if galactic else ("RA", "Dec")
    region: Piece = {"kind": kind}
    match kind:
        case "all":
            return {}
        case "cone":
            region[f"{lon}_deg"] = value("lon", words[0])
            region[f"{lat}_deg"] = value("lat", words[1])
            region["radius_deg"] = value("radius", "The radius")
        case "box":
            for axis, word, here in ((lon, words[0], "lon"), (lat, words[1], "lat")):
                region[f"{axis}_min_deg"] = value(f"{here}_min", f"The smallest {word}")
                region[f"{axis}_max_deg"] = value(f"{here}_max", f"The largest {word}")
        case "polygon":
            region["vertices_deg"] = reading.guarded(
                "vertices", lambda: {"v": _positions(fields["vertices"], named=False)}
            ).get("v")
        case "targets":
            region["positions_deg"] = reading.guarded(
                "targets",
                lambda: {"v": _positions(fields["targets"], named=True, lon=lon, lat=lat)},
            ).get("v")
            region["radius_arcsec"] = value("radius_arcsec", "The radius")
        case "name":
            region["name"] = fields["name"]
            if not fields["name"]:
                reading.errors["name"] = "Give the name of an object."
            region["radius_deg"] = value("radius", "The radius")
        case "moc":
            region["moc"] = fields["moc"]
        case _:
            raise FieldError(f"There is no region of the kind “{kind}”.")
    if galactic:
        region["frame"] = "galactic"
    broken = missing or {"vertices", "targets", "name"} & reading.errors.keys()
    return {} if broken else {"region": region}


def _positions(text: str, *, named: bool, lon: str = "ra", lat: str = "dec") -> list[Any]:
    """Return positions from lines of ``lon lat`` or, where named, ``name, lon, lat``."""
    found: list[Any] = []
    for line, content in enumerate(text.splitlines(), start=1):
        if not content.strip():
            continue
        parts = [part.strip() for part in next(csv.reader([content]))]
        if len(parts) == 1:
            parts = content.split()
        label = parts[:-2] if named else []
        if len(parts) != 2 + len(label) or len(label) > 1:
            form = "“name, longitude, latitude” or " if named else ""
            raise FieldError(f"Line {line} is not {form}“longitude latitude”: {content.strip()}")
        try:
            position = [number(part, "It") for part in parts[-2:]]
        except FieldError as error:
            raise FieldError(f"Line {line}: {error}") from None
        found.append(
            {"name": label[0], f"{lon}_deg": position[0], f"{lat}_deg": position[1]}
            if label
            else position
        )
    if not found:
        raise FieldError("Give at least one position, one on a line.")
    if named and any(isinstance(item, dict) for item in found):
        if not all(isinstance(item, dict) for item in found):
            raise FieldError("Give a name on every line, or on none.")
    return found


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
            return {"sample": {"rows": _whole(fields["rows"], "The number of rows")}}
        case other:
            raise FieldError(f"There is no sample of the kind “{other}”.")


def _whole(text: str, what: str, *, least: int = 1) -> int:
    value = number(text, what)
    if not isinstance(value, int) or value < least:
        raise FieldError(f"{what} must be a whole number of at least {least}.")
    return value


def _limit(text: str) -> Piece:
    return {"limit": _whole(text, "The limit", least=0)} if text else {}


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
        items = next(csv.reader([row.value], skipinitialspace=True))
        return {**left, "op": row.op, "values": [_value(item, kind) for item in items]}
    return {**left, "op": row.op, "value": _value(row.value, kind)}


def _range(left: Piece, row: FilterRow, kind: str) -> Piece:
    """Return a range that may be open at one end."""
    low = _value(row.value, kind) if row.value else None
    high = _value(row.high, kind) if row.high else None
    match low, high:
        case None, None:
            return {}
        case None, _:
            return {**left, "op": "<=", "value": high}
        case _, None:
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

"""Types of text columns: what one block shows, and what all blocks have in common."""

import math
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa
import pyarrow.compute as pc

from ingest.readers.csv_spelling import PLAIN, Spelling, spelling_of_texts

_EXACT_IN_DOUBLE = 2**53
_WIDE_DIGITS = r"^[+-]?\d{1,20}$"


class Kind(StrEnum):
    """What the texts of a column are, from no text at all to any text."""

    NULL = "null"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    WIDE = "wide"
    """Whole numbers beyond 63 bits, of at most 20 digits."""

    DOUBLE = "double"
    DATE = "date"
    SECONDS = "seconds"
    """Times without fractions."""

    NANOSECONDS = "nanoseconds"
    ZONED = "zoned"
    """Times with an offset from UTC."""

    TEXT = "text"
    BYTES = "bytes"
    """Texts that are not all UTF-8."""


_ARROW = {
    Kind.NULL: pa.string(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.INTEGER: pa.int64(),
    Kind.WIDE: pa.decimal128(20, 0),
    Kind.DOUBLE: pa.float64(),
    Kind.DATE: pa.date32(),
    Kind.SECONDS: pa.timestamp("s"),
    Kind.NANOSECONDS: pa.timestamp("ns"),
    Kind.ZONED: pa.timestamp("ns", tz="UTC"),
    Kind.TEXT: pa.string(),
    Kind.BYTES: pa.binary(),
}

_NUMBERS = (Kind.INTEGER, Kind.WIDE, Kind.DOUBLE)
_LADDERS = (
    (Kind.NULL, Kind.INTEGER, Kind.WIDE, Kind.DOUBLE, Kind.TEXT, Kind.BYTES),
    (Kind.NULL, Kind.DATE, Kind.SECONDS, Kind.NANOSECONDS, Kind.TEXT, Kind.BYTES),
    (Kind.NULL, Kind.BOOLEAN, Kind.TEXT, Kind.BYTES),
    (Kind.NULL, Kind.ZONED, Kind.TEXT, Kind.BYTES),
)
"""Each kind holds all texts of those before it."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What is known about a column so far."""

    kind: Kind
    has_big_integers: bool = False
    """Whether there are whole numbers that a double cannot hold exactly."""

    spelling: Spelling = PLAIN

    @property
    def keeps_spelling(self) -> bool:
        """Tell whether the column is text although all of it are numbers."""
        return self.kind in _NUMBERS and self.spelling.must_stay

    @property
    def type(self) -> pa.DataType:
        """Return the Arrow type to parse the column with."""
        return pa.string() if self.keeps_spelling else _ARROW[self.kind]

    @property
    def column_type(self) -> pa.DataType:
        """Return the Arrow type that the column has."""
        if self.kind is Kind.NULL:
            return pa.null()
        return pa.string() if self.kind is Kind.BYTES else self.type


def merge(left: Finding, right: Finding) -> Finding:
    """Return what two parts of a column have in common; order does not matter."""
    return Finding(
        kind=_join(left.kind, right.kind),
        has_big_integers=left.has_big_integers or right.has_big_integers,
        spelling=left.spelling | right.spelling,
    )


def _join(left: Kind, right: Kind) -> Kind:
    for ladder in _LADDERS:
        if left in ladder and right in ladder:
            return ladder[max(ladder.index(left), ladder.index(right))]
    return Kind.TEXT


def find(column: pa.ChunkedArray, spelling: Spelling) -> Finding:
    """Return what Arrow's own inference made of one block's column."""
    arrow = column.type
    big = pa.types.is_int64(arrow) and _has_big_integers(column)
    return Finding(kind=_kind(arrow), has_big_integers=big, spelling=spelling)


def _kind(arrow: pa.DataType) -> Kind:
    if pa.types.is_timestamp(arrow):
        if arrow.tz is not None:
            return Kind.ZONED
        return Kind.SECONDS if arrow.unit == "s" else Kind.NANOSECONDS
    simple = {
        pa.int64(): Kind.INTEGER,
        pa.null(): Kind.NULL,
        pa.bool_(): Kind.BOOLEAN,
        pa.float64(): Kind.DOUBLE,
        pa.date32(): Kind.DATE,
        pa.binary(): Kind.BYTES,
    }
    return simple.get(arrow, Kind.TEXT)


def _has_big_integers(column: pa.ChunkedArray) -> bool:
    bounds = pc.min_max(column)
    low, high = bounds["min"].as_py(), bounds["max"].as_py()
    return low is not None and max(-low, high) > _EXACT_IN_DOUBLE


def may_be_wide(column: pa.ChunkedArray) -> bool:
    """Tell whether a column read as double could be whole numbers beyond 63 bits."""
    if not pa.types.is_float64(column.type):
        return False
    bounds = pc.min_max(column)
    low, high = bounds["min"].as_py(), bounds["max"].as_py()
    if low is None or not (math.isfinite(low) and math.isfinite(high)):
        return False
    return max(-low, high) >= 2.0**63 and bool(pc.all(pc.equal(pc.floor(column), column)).as_py())


def find_in_texts(texts: pa.ChunkedArray) -> Finding:
    """Return what texts are that were read as texts; nulls do not count."""
    if texts.null_count == len(texts):
        return Finding(kind=Kind.NULL)
    for kind in _NUMBERS:
        if kind is Kind.WIDE and not pc.all(pc.match_substring_regex(texts, _WIDE_DIGITS)).as_py():
            continue
        try:
            numbers = texts.cast(_ARROW[kind])
        except pa.ArrowInvalid:
            continue
        big = kind is Kind.WIDE or (kind is Kind.INTEGER and _has_big_integers(numbers))
        return Finding(kind=kind, has_big_integers=big, spelling=spelling_of_texts(texts))
    return Finding(kind=Kind.TEXT)

"""What the layout of a FITS table depends on and only the data tell."""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from hub.results.cells import (
    byte_lengths,
    is_bytes,
    is_list,
    is_text,
    list_lengths,
    normal_type,
    valid_mask,
)
from hub.results.elements import is_long
from hub.results.text import plain_texts
from hub.tables.description import ColumnDescription

_UINT64_DIGITS = 20


@dataclass(kw_only=True)
class Facts:
    """Gathered batch by batch about one column, as `spooled` gives it."""

    null_cells: bool = False
    null_elements: bool = False
    """Nulls among the elements of vectors."""

    minimum: Any = None
    maximum: Any = None
    """Of integers, elements of vectors included; null when there are none."""

    width: int = 0
    """Bytes of the longest string or byte string, elements of vectors included."""

    shortest: int | None = None
    longest: int = 0
    """Elements of vectors; null vectors left out."""

    elements: int = 0
    """Elements of all vectors, or bytes of all byte strings."""

    def add(self, array: pa.Array) -> None:
        """Take a batch into account."""
        self.null_cells |= array.null_count > 0
        if is_list(array.type):
            self._add_lists(array)
        else:
            self._add_values(array)

    def _add_values(self, array: pa.Array) -> None:
        if is_text(array.type) or is_bytes(array.type):
            lengths = byte_lengths(array)
            self.width = max(self.width, int(lengths.max(initial=0)))
            self.elements += int(lengths.sum())
        elif pa.types.is_integer(array.type) or pa.types.is_decimal(array.type):
            self._add_range(pc.min_max(array).as_py())

    def _add_lists(self, array: pa.Array) -> None:
        lengths = list_lengths(array)
        valid = lengths[valid_mask(array)]
        if len(valid):
            shortest = int(valid.min())
            self.shortest = shortest if self.shortest is None else min(self.shortest, shortest)
            self.longest = max(self.longest, int(valid.max()))
        elements = pc.list_flatten(array)
        self.null_elements |= elements.null_count > 0
        total = self.elements + len(elements)
        self._add_values(elements)
        self.elements = total

    def _add_range(self, extremes: dict[str, Any]) -> None:
        if extremes["min"] is None:
            return
        known = self.minimum is not None
        self.minimum = min(self.minimum, extremes["min"]) if known else extremes["min"]
        self.maximum = max(self.maximum, extremes["max"]) if known else extremes["max"]


def is_unsigned(column: ColumnDescription, arrow: pa.DataType) -> bool:
    """Tell whether a column held unsigned 64-bit integers in its file."""
    return column.original_type == "uint64" and normal_type(arrow) == pa.decimal128(
        _UINT64_DIGITS, 0
    )


def is_written_as_text(column: ColumnDescription, arrow: pa.DataType) -> bool:
    """Tell whether FITS has no type for this column, so that its text is written."""
    arrow = normal_type(arrow)
    if pa.types.is_decimal(arrow):
        return not is_long(arrow) and not is_unsigned(column, arrow)
    if is_list(arrow):
        inner = arrow.value_type
        if is_text(inner):
            return column.vector_length is None
        return not (
            pa.types.is_boolean(inner) or pa.types.is_integer(inner) or pa.types.is_floating(inner)
        )
    return bool(pa.types.is_temporal(arrow))


def spooled_type(column: ColumnDescription, arrow: pa.DataType) -> pa.DataType:
    """Return the type that a column has while it waits."""
    return pa.string() if is_written_as_text(column, arrow) else normal_type(arrow)


def spooled(column: ColumnDescription, array: pa.Array) -> pa.Array:
    """Return a column as FITS can hold it: what FITS has no type for becomes text.

    Times are ISO 8601 without ``Z``: FITS puts the scale into the header
    (FITS 4.0, 9.1.1).
    """
    if not is_written_as_text(column, array.type):
        return array
    texts = plain_texts(array)
    if pa.types.is_timestamp(array.type):
        return pc.utf8_rtrim(texts, "Z")
    return texts

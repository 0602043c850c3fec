"""How each column is laid out in a FITS binary table (FITS 4.0, 7.3)."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from hub.results.cells import byte_lengths, bytes_of, is_bytes, is_list, is_text
from hub.results.elements import Encode, Numbers, logicals, numbers, runs, vectors
from hub.results.fits_facts import Facts, is_unsigned
from hub.results.text import plain_texts
from hub.tables.description import ColumnDescription

Heap = Callable[[pa.Array], tuple[npt.NDArray[np.int64], memoryview]]
"""Gives the number of elements of each cell and the bytes of all of them."""

_P_LIMIT = (1 << 31) - 1
"""Larger heaps need 64-bit descriptors."""

_ZERO = 1 << 63
"""Offset of unsigned 64-bit integers (FITS 4.0, table 19)."""

_Dtype = np.dtype[np.generic]
_INTEGERS: dict[int, tuple[str, _Dtype]] = {
    16: ("I", np.dtype(">i2")),
    32: ("J", np.dtype(">i4")),
    64: ("K", np.dtype(">i8")),
}
_FLOATS: dict[int, tuple[str, _Dtype]] = {32: ("E", np.dtype(">f4")), 64: ("D", np.dtype(">f8"))}


@dataclass(frozen=True, kw_only=True)
class FitsColumn:
    """One column: what the header says, and how its cells are made."""

    form: str
    """Value of TFORM; for cells in the heap only the letter of their type."""

    null: int | None = None
    zero: int | None = None
    dimensions: str = ""
    comment: str = ""
    """What the header says about a form that a reader would not expect."""

    dtype: np.dtype[np.generic]
    shape: tuple[int, ...] = ()
    fixed: Encode | None = None
    """Gives the cells as an array of ``dtype`` and ``shape``."""

    heap: Heap | None = None
    """Gives cells of variable length; then ``dtype`` is that of their elements."""


@dataclass(frozen=True)
class _Element:
    letter: str
    dtype: np.dtype[np.generic]
    encode: Encode
    null: int | None = None


def fits_column(column: ColumnDescription, arrow: pa.DataType, facts: Facts) -> FitsColumn:
    """Choose the layout of a column, knowing its data.

    Parameters
    ----------
    column
        Description, for its vector length and original type.
    arrow
        Type as `hub.results.fits_facts.spooled_type` gives it.
    facts
        About all rows.
    """
    if is_text(arrow):
        return _text(facts.width)
    if is_bytes(arrow):
        return FitsColumn(form="B", dtype=np.dtype("u1"), heap=_plain_bytes)
    if is_list(arrow):
        return _vector(column, arrow, facts)
    if is_unsigned(column, arrow):
        return _unsigned(facts)
    element = _element(arrow, facts, facts.null_cells)
    if element is None:
        return _digits(_digit_count(facts))
    return FitsColumn(
        form=element.letter, dtype=element.dtype, fixed=element.encode, null=element.null
    )


def descriptor(heap_bytes: int) -> tuple[str, np.dtype[np.generic]]:
    """Return the letter and the integer type of descriptors into a heap of this size."""
    return ("P", np.dtype(">i4")) if heap_bytes <= _P_LIMIT else ("Q", np.dtype(">i8"))


def free_value(bits: int, facts: Facts) -> tuple[int, int] | None:
    """Return a width of 16, 32 or 64 bits and an integer of it that no cell has.

    The width is ``bits`` or the next larger one where both ends of the range
    are taken; null when both ends of 64 bits are.
    """
    for width in (16, 32, 64):
        smallest, largest = -(1 << (width - 1)), (1 << (width - 1)) - 1
        if width < bits:
            continue
        if facts.minimum is None or facts.minimum > smallest:
            return width, smallest
        if facts.maximum < largest:
            return width, largest
    return None


def _element(arrow: pa.DataType, facts: Facts, has_nulls: bool) -> _Element | None:  # noqa: FBT001
    """Choose the type of a number or boolean; null when nulls have no place in it."""
    if pa.types.is_boolean(arrow):
        return _Element("L", np.dtype("u1"), partial(logicals, null=0))
    if pa.types.is_floating(arrow):
        letter, dtype = _FLOATS[arrow.bit_width]
        return _Element(letter, dtype, partial(numbers, dtype=dtype, null=np.nan))
    # FITS has no signed bytes; a decimal that comes here has at most 18 digits.
    bits = 64 if pa.types.is_decimal(arrow) else max(16, arrow.bit_width)
    null = None
    if has_nulls:
        free = free_value(bits, facts)
        if free is None:
            return None
        bits, null = free
    letter, dtype = _INTEGERS[bits]
    return _Element(letter, dtype, partial(numbers, dtype=dtype, null=null), null)


def _vector(column: ColumnDescription, arrow: pa.DataType, facts: Facts) -> FitsColumn:
    same = facts.shortest is not None and facts.shortest == facts.longest > 0
    length = facts.longest if same else column.vector_length or 0
    if is_text(arrow.value_type):
        return _text_vector(length, max(1, facts.width))
    # A null vector of fixed length is one of nulls; in the heap it is an empty one.
    has_nulls = facts.null_elements or (same and facts.null_cells)
    element = _element(arrow.value_type, facts, has_nulls)
    # Astropy 8 cannot read a table that has TNULL for cells in the heap.
    if element is None or (element.null is not None and not same):
        return _digits(facts.longest * (_digit_count(facts) + len('"",')) + len("[]"))
    if same:
        return FitsColumn(
            form=f"{length}{element.letter}",
            null=element.null,
            dtype=element.dtype,
            shape=(length,),
            fixed=partial(vectors, length=length, encode=element.encode),
        )
    return FitsColumn(
        form=element.letter,
        null=element.null,
        dtype=element.dtype,
        heap=partial(_heap_runs, encode=element.encode),
    )


def _text(width: int) -> FitsColumn:
    # A field of no bytes is legal, but several readers stumble over it.
    width = max(1, width)
    return FitsColumn(
        form=f"{width}A", dtype=np.dtype(f"S{width}"), fixed=partial(_padded, width=width)
    )


def _text_vector(length: int, width: int) -> FitsColumn:
    return FitsColumn(
        form=f"{length * width}A",
        dimensions=f"({width},{length})",
        dtype=np.dtype(f"S{width}"),
        shape=(length,),
        fixed=partial(vectors, length=length, encode=partial(_padded, width=width)),
    )


def _unsigned(facts: Facts) -> FitsColumn:
    """Lay out unsigned 64-bit integers; readers know no null among them, so text then."""
    fits = facts.minimum is None or (facts.minimum >= 0 and facts.maximum < 2 * _ZERO)
    if facts.null_cells or not fits:
        return _digits(_digit_count(facts))
    return FitsColumn(form="K", zero=_ZERO, dtype=np.dtype(">i8"), fixed=_shifted)


def _digit_count(facts: Facts) -> int:
    """Return the letters of the longest integer of a column, or of ``null``."""
    return max(len(str(value)) for value in (facts.minimum, facts.maximum, "null"))


def _digits(width: int) -> FitsColumn:
    """Lay out numbers as text, since no integer can stand for a null among them."""
    return FitsColumn(
        form=f"{width}A",
        comment="text, since no integer can mean null here",
        dtype=np.dtype(f"S{width}"),
        fixed=lambda array: _padded(plain_texts(array), width),
    )


def _padded(array: pa.Array, width: int) -> Numbers:
    """Return strings of at most ``width`` bytes, filled with NUL; nulls are all NUL."""
    # ascii_rpad counts bytes, also in text that is not ASCII.
    padded = pc.ascii_rpad(pc.fill_null(array, ""), width, padding="\0")
    cells: Numbers = np.frombuffer(bytes_of(padded), dtype=f"S{width}")
    return cells


def _shifted(array: pa.Array) -> Numbers:
    """Return unsigned integers minus 2^63."""
    zero = pa.scalar(Decimal(_ZERO), pa.decimal128(20, 0))
    shifted = pc.cast(pc.subtract(array, zero), pa.int64())
    values: Numbers = shifted.to_numpy(zero_copy_only=False).astype(">i8")
    return values


def _plain_bytes(array: pa.Array) -> tuple[npt.NDArray[np.int64], memoryview]:
    return byte_lengths(array), bytes_of(pc.fill_null(array, b""))


def _heap_runs(array: pa.Array, encode: Encode) -> tuple[npt.NDArray[np.int64], memoryview]:
    lengths, payload = runs(array, encode)
    return lengths, bytes_of(payload)

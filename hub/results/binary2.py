"""Rows in VOTable's BINARY2 serialisation, a batch at a time.

A row is its null bits, then its cells, big-endian; a cell of variable length
has the number of its elements in front (VOTable 1.4, section 5.4). Cells of
fixed length are laid out as numpy records; where there are variable ones,
Arrow's element-wise join puts the pieces of each row together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from hub.results.cells import (
    binary_array,
    byte_lengths,
    bytes_of,
    is_bytes,
    is_list,
    is_text,
    normal_type,
    offsets_of,
    valid_mask,
)
from hub.results.elements import Encode, Numbers, is_long, logicals, numbers, runs, vectors
from hub.results.text import plain_texts

_COUNT = np.dtype(">i4")
_UNKNOWN = ord("?")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """How the cells of one column are written: a fixed size, or a number of elements."""

    datatype: str
    arraysize: str = ""
    xtype: str = ""
    null: str = ""
    """Text of the value that stands for a null among the elements of a vector."""

    shape: tuple[int, ...] = ()
    dtype: np.dtype[np.generic] | None = None
    """Type of the elements of a cell of fixed size; null for cells of variable length."""

    fixed: Encode | None = None
    """Gives cells of fixed size as an array of ``dtype``; nulls may be anything."""

    variable: Callable[[pa.Array], tuple[npt.NDArray[np.int64], pa.Array]] | None = None
    """Gives elements per cell and their bytes; a null has none."""


@dataclass(frozen=True)
class _Element:
    datatype: str
    dtype: np.dtype[np.generic]
    encode: Encode
    null: str = ""


def _number(datatype: str, code: str) -> _Element:
    """Nulls among the elements of a vector: NaN, or the smallest integer, said in VALUES."""
    dtype: np.dtype[np.generic] = np.dtype(code)
    if dtype.kind == "f":
        return _Element(datatype, dtype, partial(numbers, dtype=dtype, null=np.nan))
    smallest = -(1 << (8 * dtype.itemsize - 1))
    return _Element(datatype, dtype, partial(numbers, dtype=dtype, null=smallest), str(smallest))


_ELEMENTS = {
    pa.bool_(): _Element("boolean", np.dtype("u1"), partial(logicals, null=_UNKNOWN)),
    # VOTable has no signed bytes: unsignedByte would not hold the negative ones.
    pa.int8(): _number("short", ">i2"),
    pa.int16(): _number("short", ">i2"),
    pa.int32(): _number("int", ">i4"),
    pa.int64(): _number("long", ">i8"),
    pa.float32(): _number("float", ">f4"),
    pa.float64(): _number("double", ">f8"),
}


def is_written_as_text(arrow: pa.DataType) -> bool:
    """Tell whether BINARY2 has no type for this one, so that its text is written."""
    arrow = normal_type(arrow)
    if is_list(arrow):
        return arrow.value_type not in _ELEMENTS
    return bool(pa.types.is_decimal(arrow)) and not is_long(arrow)


def cell_of(arrow: pa.DataType, length: int | None) -> Cell:
    """Choose how a column is written.

    Parameters
    ----------
    arrow
        Any type that `hub.results.cells.normal_type` knows.
    length
        Elements of each vector, if it is a column of vectors of fixed length.
    """
    arrow = normal_type(arrow)
    if is_list(arrow) and arrow.value_type in _ELEMENTS:
        return _vector_cell(_ELEMENTS[arrow.value_type], length)
    if is_text(arrow) or is_list(arrow):
        return Cell(datatype="unicodeChar", arraysize="*", variable=_utf16)
    if is_bytes(arrow):
        return Cell(datatype="unsignedByte", arraysize="*", variable=_plain_bytes)
    if pa.types.is_timestamp(arrow) or pa.types.is_date(arrow):
        return Cell(datatype="char", arraysize="*", xtype="timestamp", variable=_ascii)
    if pa.types.is_decimal(arrow) and not is_long(arrow):
        return Cell(datatype="char", arraysize="*", variable=_ascii)
    element = _ELEMENTS[pa.int64() if is_long(arrow) else arrow]
    return Cell(datatype=element.datatype, dtype=element.dtype, fixed=element.encode)


def _vector_cell(element: _Element, length: int | None) -> Cell:
    if length is None:
        return Cell(
            datatype=element.datatype,
            arraysize="*",
            null=element.null,
            variable=partial(runs, encode=element.encode),
        )
    return Cell(
        datatype=element.datatype,
        arraysize=str(length),
        null=element.null,
        dtype=element.dtype,
        shape=(length,),
        fixed=partial(vectors, length=length, encode=element.encode),
    )


@dataclass(frozen=True)
class _Block:
    """Cells of fixed size that follow each other, and the count of the variable one after them."""

    fixed: tuple[int, ...]
    variable: int | None
    dtype: np.dtype[np.void]


class RowEncoder:
    """Turns batches of one schema into rows of BINARY2.

    Parameters
    ----------
    cells
        One per column, in order.
    """

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._cells = tuple(cells)
        self._null_bytes = (len(cells) + 7) // 8
        self._blocks = self._make_blocks()

    def encode(self, columns: Sequence[pa.Array]) -> memoryview:
        """Return the rows of a batch, one after the other.

        Parameters
        ----------
        columns
            Arrays of normal types, one per cell.
        """
        rows = len(columns[0])
        pieces: list[pa.Array] = []
        for number, block in enumerate(self._blocks):
            records = np.empty(rows, dtype=block.dtype)
            if number == 0:
                records["nulls"] = self._null_bits(columns)
            for column in block.fixed:
                encode = self._cells[column].fixed
                if encode is not None:
                    records[f"c{column}"] = encode(columns[column])
            pieces.append(records)
            variable = None if block.variable is None else self._cells[block.variable].variable
            if block.variable is not None and variable is not None:
                records["count"], payload = variable(columns[block.variable])
                pieces.append(payload)
        return _joined(pieces)

    def _make_blocks(self) -> tuple[_Block, ...]:
        blocks = []
        fields: list[tuple[str, object, tuple[int, ...]]] = [("nulls", "u1", (self._null_bytes,))]
        fixed: list[int] = []
        for number, cell in enumerate(self._cells):
            if cell.dtype is not None:
                fields.append((f"c{number}", cell.dtype, cell.shape))
                fixed.append(number)
            else:
                fields.append(("count", _COUNT, ()))
                blocks.append(_Block(tuple(fixed), number, np.dtype(fields)))
                fields, fixed = [], []
        if fields:
            blocks.append(_Block(tuple(fixed), None, np.dtype(fields)))
        return tuple(blocks)

    def _null_bits(self, columns: Sequence[pa.Array]) -> npt.NDArray[np.uint8]:
        """Return the null bits of each row, the first column in the highest bit."""
        rows = len(columns[0])
        nulls = np.zeros((rows, 8 * self._null_bytes), dtype=np.bool_)
        for number, column in enumerate(columns):
            if column.null_count:
                nulls[:, number] = ~valid_mask(column)
        return np.packbits(nulls, axis=1)


def _joined(pieces: Sequence[Numbers | pa.Array]) -> memoryview:
    if len(pieces) == 1:
        return pieces[0].view(np.uint8).data
    arrays = [_as_binary(piece) if isinstance(piece, np.ndarray) else piece for piece in pieces]
    # Made here and not with the module: pyarrow imports pandas for its first scalar.
    nothing = pa.scalar(b"", pa.large_binary())
    return bytes_of(pc.binary_join_element_wise(*arrays, nothing))


def _as_binary(records: Numbers) -> pa.Array:
    lengths = np.full(len(records), records.dtype.itemsize, dtype=np.int64)
    return binary_array(lengths, records.view(np.uint8))


def _plain_bytes(array: pa.Array) -> tuple[npt.NDArray[np.int64], pa.Array]:
    return byte_lengths(array), pc.cast(pc.fill_null(array, b""), pa.large_binary())


def _ascii(array: pa.Array) -> tuple[npt.NDArray[np.int64], pa.Array]:
    """Write the text of numbers and times, which is ASCII."""
    return _plain_bytes(pc.cast(plain_texts(array), pa.binary()))


def _utf16(array: pa.Array) -> tuple[npt.NDArray[np.int64], pa.Array]:
    """Write text as UTF-16, big-endian; the elements are its 2-byte units."""
    texts = pc.fill_null(plain_texts(array), "")
    data = bytes(bytes_of(texts))
    lengths = byte_lengths(texts)
    if not data.isascii():
        lengths = np.diff(_units_before(data)[offsets_of(lengths)])
    return lengths, binary_array(2 * lengths, data.decode("utf-8").encode("utf-16-be"))


def _units_before(data: bytes) -> npt.NDArray[np.int64]:
    """Return the number of UTF-16 units before each byte of UTF-8 text, and in all of it.

    A letter counts where its first byte is; one of four bytes is a pair of units.
    """
    values = np.frombuffer(data, dtype=np.uint8)
    units = ((values & 0xC0) != 0x80).astype(np.int64) + (values >= 0xF0)
    return offsets_of(units)

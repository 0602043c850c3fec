"""Columns of FITS binary tables: header cards → layout, bytes → Arrow arrays.

FITS standard 4.0, section 7.3. Values are those of astropy: scaled integers are
float64, the four TZERO conventions give unsigned (or signed) integers, TNULL is
null; NaN stays NaN.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from ingest.readers import InputError, SourceColumn

_FORM = re.compile(r"(\d*)([LXBIJKAEDCMPQ])(.*)")
_NUMBERS = {"B": "u1", "I": ">i2", "J": ">i4", "K": ">i8", "E": ">f4", "D": ">f8"}
_PAIRS = {"C": ">f4", "M": ">f8"}
_UNSIGNED_ZERO = {("B", -128): "i1", ("I", 2**15): "u2", ("J", 2**31): "u4", ("K", 2**63): "u8"}

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class FitsColumn:
    """One field of the table's rows."""

    name: str
    code: str
    """Letter of TFORM."""

    offset: int
    """First byte in a row."""

    width: int
    """Bytes in a row."""

    repeat: int
    """Elements in a cell; characters for text."""

    null: int | None = None
    scale: float = 1.0
    zero: float | int = 0
    text_width: int = 0
    """Characters of one text in an array of texts; 0 otherwise."""

    unit: str = ""
    ucd: str = ""
    description: str = ""


def read_columns(header: Mapping[str, Any], where: str) -> tuple[FitsColumn, ...]:
    """Return the layout that a header describes.

    Raises
    ------
    InputError
        A column has no name, an unknown format, or variable length.
    """
    columns = []
    offset = 0
    for number in range(1, int(header["TFIELDS"]) + 1):
        column = _read_column(header, number, offset, where)
        offset += column.width
        columns.append(column)
    if offset != header["NAXIS1"]:
        raise InputError(
            f"The columns fill {offset} bytes of a row, the header says {header['NAXIS1']}.",
            where=where,
        )
    return tuple(column for column in columns if column.repeat)


def _read_column(header: Mapping[str, Any], number: int, offset: int, where: str) -> FitsColumn:
    name = str(header.get(f"TTYPE{number}", f"col{number}")).strip()
    form = _FORM.fullmatch(str(header[f"TFORM{number}"]).strip())
    place = f"{where}, column {name}"
    if form is None:
        raise InputError(f"Unknown TFORM {header[f'TFORM{number}']!r}.", where=place)
    if form[2] in "PQ":
        raise InputError(
            f"Column {name} has cells of variable length, which cannot be ingested.",
            hint="Write the table without it, for example with astropy: "
            f"t = Table.read(FILE); t.remove_column({name!r}); t.write(NEW_FILE)",
            where=place,
        )
    repeat = int(form[1] or 1)
    shape = re.findall(r"\d+", str(header.get(f"TDIM{number}", "")))
    null = header.get(f"TNULL{number}")
    return FitsColumn(
        name=name,
        code=form[2],
        offset=offset,
        width=_width(form[2], repeat),
        repeat=repeat,
        null=int(null) if null is not None and form[2] in "BIJK" else None,
        scale=float(header.get(f"TSCAL{number}", 1.0)),
        zero=header.get(f"TZERO{number}", 0),
        text_width=int(shape[0]) if form[2] == "A" and len(shape) > 1 else 0,
        unit=str(header.get(f"TUNIT{number}", "")).strip(),
        ucd=str(header.get(f"TUCD{number}", "")).strip(),
        description=str(header.get(f"TCOMM{number}", "")).strip(),
    )


def _width(code: str, repeat: int) -> int:
    if code == "X":
        return (repeat + 7) // 8
    sizes = {"L": 1, "A": 1, "C": 8, "M": 16}
    return repeat * (sizes.get(code) or np.dtype(_NUMBERS[code]).itemsize)


def source_columns(column: FitsColumn) -> list[SourceColumn]:
    """Return the Arrow columns that a FITS column becomes: two for complex numbers."""
    element = _element_type(column)
    count = _elements(column)
    plain = SourceColumn(
        name=column.name,
        type=element if count == 1 else pa.list_(element, count),
        unit=column.unit,
        ucd=column.ucd,
        description=column.description,
        note="bits are kept as booleans" if column.code == "X" else "",
    )
    if column.code not in _PAIRS:
        return [plain]
    return [
        replace(plain, name=f"{column.name}.{part}", note=f"{part} part of complex numbers")
        for part in ("real", "imag")
    ]


def _elements(column: FitsColumn) -> int:
    if column.code != "A":
        return column.repeat
    return column.repeat // column.text_width if column.text_width else 1


def _element_type(column: FitsColumn) -> pa.DataType:
    if column.code == "A":
        return pa.string()
    if column.code in "LX":
        return pa.bool_()
    if column.code in _PAIRS:
        return pa.from_numpy_dtype(np.dtype(_PAIRS[column.code]).newbyteorder("="))
    return pa.from_numpy_dtype(_number_type(column))


def _number_type(column: FitsColumn) -> np.dtype[Any]:
    """Return the numpy type of scaled values."""
    stored = np.dtype(_NUMBERS[column.code]).newbyteorder("=")
    if column.scale == 1.0 and column.zero == 0:
        return stored
    unsigned = _UNSIGNED_ZERO.get((column.code, int(column.zero)))
    if unsigned is not None and column.scale == 1.0 and int(column.zero) == column.zero:
        return np.dtype(unsigned)
    return np.dtype(np.float64)


def decode(column: FitsColumn, rows: Bytes) -> list[pa.Array]:
    """Return the Arrow arrays of a column, from whole rows of shape (rows, bytes)."""
    cells = np.ascontiguousarray(rows[:, column.offset : column.offset + column.width])
    if column.code == "A":
        width = column.text_width or column.repeat
        return [_in_lists(decode_texts(cells.reshape(-1, width)), _elements(column))]
    if column.code == "X":
        bits = np.unpackbits(cells, axis=1, count=column.repeat)
        return [_in_lists(pa.array(bits.ravel().astype(bool)), column.repeat)]
    if column.code == "L":
        flat = cells.ravel()
        # Neither T nor F (usually a zero byte) is null: FITS 4.0, 7.3.3.1.
        unknown = (flat != ord("T")) & (flat != ord("F"))
        return [_in_lists(pa.array(flat == ord("T"), mask=unknown), column.repeat)]
    if column.code in _PAIRS:
        parts = cells.ravel().view(_PAIRS[column.code]).reshape(-1, 2)
        native = parts.astype(parts.dtype.newbyteorder("="))
        halves = (np.ascontiguousarray(native[:, half]) for half in (0, 1))
        return [_in_lists(pa.array(half), column.repeat) for half in halves]
    return [_in_lists(_numbers(column, cells), column.repeat)]


def _numbers(column: FitsColumn, cells: Bytes) -> pa.Array:
    stored = cells.ravel().view(_NUMBERS[column.code])
    native = stored.astype(stored.dtype.newbyteorder("="))
    wanted = _number_type(column)
    null = None if column.null is None else native == column.null
    if column.scale != 1.0 or column.zero != 0:
        native = _scaled(column, native, wanted)
    # from_pandas would turn NaN into null.
    return pa.array(native, mask=null, from_pandas=False)


def _scaled(
    column: FitsColumn, native: npt.NDArray[Any], wanted: np.dtype[Any]
) -> npt.NDArray[Any]:
    if wanted.kind == "f":
        scaled: npt.NDArray[Any] = native.astype(np.float64) * column.scale + float(column.zero)
        return scaled
    # Adding half the range is flipping the top bit, in two's complement.
    unsigned = native.view(f"u{wanted.itemsize}")
    top = unsigned.dtype.type(1 << (8 * wanted.itemsize - 1))
    flipped: npt.NDArray[Any] = (unsigned ^ top).view(wanted)
    return flipped


def _in_lists(values: pa.Array, length: int) -> pa.Array:
    return values if length == 1 else pa.FixedSizeListArray.from_arrays(values, length)


def _measure(cells: Bytes, lengths: npt.NDArray[np.int32]) -> bool:
    """Write the length of each text to ``lengths``; tell whether all bytes are ASCII.

    A text ends before its first zero byte; blanks at the end do not count.
    """
    ascii_only = True
    for row in range(cells.shape[0]):
        end = 0
        for place in range(cells.shape[1]):
            byte = cells[row, place]
            if byte == 0:
                break
            if byte > 127:
                ascii_only = False
            if byte != 32:
                end = place + 1
        lengths[row] = end
    return ascii_only


def _copy(cells: Bytes, offsets: npt.NDArray[np.int32], out: Bytes) -> None:
    """Write the texts one behind the other."""
    for row in range(cells.shape[0]):
        start = offsets[row]
        for place in range(offsets[row + 1] - start):
            out[start + place] = cells[row, place]


_measure_texts: Callable[..., bool] = njit(nogil=True, cache=True)(_measure)
_copy_texts: Callable[..., None] = njit(nogil=True, cache=True)(_copy)


def decode_texts(cells: Bytes) -> pa.StringArray:
    """Return texts of fixed width, shape (texts, width): UTF-8, else Latin-1."""
    offsets = np.zeros(cells.shape[0] + 1, np.int32)
    ascii_only = _measure_texts(cells, offsets[1:])
    np.cumsum(offsets, out=offsets)
    content = np.empty(int(offsets[-1]), np.uint8)
    _copy_texts(cells, offsets, content)
    texts = pa.Array.from_buffers(
        pa.binary(), cells.shape[0], [None, pa.py_buffer(offsets), pa.py_buffer(content)]
    )
    if ascii_only:
        return texts.view(pa.string())
    try:
        return texts.cast(pa.string())  # checks UTF-8
    except pa.ArrowInvalid:
        return decode_mixed(texts)


def decode_mixed(texts: pa.Array) -> pa.StringArray:
    """Decode texts one by one, UTF-8 or else Latin-1; equal ones only once."""
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    encoded = texts.dictionary_encode()
    words = [_decode_one(word) for word in encoded.dictionary.to_pylist()]
    return pa.array(words, pa.string()).take(encoded.indices)


def _decode_one(word: bytes) -> str:
    try:
        return word.decode("utf-8")
    except UnicodeDecodeError:
        return word.decode("latin-1")

"""Batches in the few Arrow types that writers handle, in pieces of bounded size."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from hub.tables.stream import ResultStream
from hub.tables.types import UnsupportedTypeError

PIECE_ROWS = 65_536
"""Rows that are encoded together: enough to hide the cost of a call, little to hold."""

PIECE_BYTES = 32 << 20
"""Bytes of Arrow data that are encoded together, when a row is long."""

_UNSIGNED = {pa.uint8(): pa.int16(), pa.uint16(): pa.int32(), pa.uint32(): pa.int64()}
_UINT64_DIGITS = 20
_DECIMAL_DIGITS = 38


def normal_type(arrow: pa.DataType) -> pa.DataType:
    """Return the type that holds the same values and that every writer knows.

    Boolean, signed integers, float, double, string, binary, date32,
    timestamp(us, UTC), decimal128, and lists of these. A timestamp without a
    zone is UTC; a column of nulls becomes text.

    Raises
    ------
    UnsupportedTypeError
        There is none: times of day, intervals, structs, maps, nanoseconds.
    """
    kinds = pa.types
    if kinds.is_dictionary(arrow):
        return normal_type(arrow.value_type)
    if is_list(arrow):
        return pa.list_(normal_type(arrow.value_type))
    if kinds.is_null(arrow) or is_text(arrow):
        return pa.string()
    if is_bytes(arrow):
        return pa.binary()
    if kinds.is_timestamp(arrow) and arrow.unit != "ns":
        return pa.timestamp("us", tz="UTC")
    if kinds.is_unsigned_integer(arrow):
        return _UNSIGNED.get(arrow, pa.decimal128(_UINT64_DIGITS, 0))
    if kinds.is_float16(arrow):
        return pa.float32()
    if kinds.is_decimal(arrow) and arrow.precision <= _DECIMAL_DIGITS:
        return pa.decimal128(arrow.precision, arrow.scale)
    if kinds.is_boolean(arrow) or kinds.is_integer(arrow) or kinds.is_floating(arrow):
        return arrow
    if kinds.is_date(arrow):
        return pa.date32()
    raise UnsupportedTypeError(
        f"A column of Arrow type {arrow} cannot be written.",
        hint="Cast it to text, a number or a timestamp in the query.",
    )


def normal_schema(schema: pa.Schema) -> pa.Schema:
    """Return the schema with each type as `normal_type` gives it.

    Raises
    ------
    UnsupportedTypeError
        Names the column that cannot be written.
    """
    fields = []
    for field in schema:
        try:
            fields.append(pa.field(field.name, normal_type(field.type)))
        except UnsupportedTypeError as error:
            error.where = f"column {field.name}"
            raise
    return pa.schema(fields)


def normal_batches(stream: ResultStream) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a stream in normal types, in pieces of bounded size."""
    schema = normal_schema(stream.schema)
    for batch in stream:
        for piece in _pieces(batch):
            columns = [
                _normal(column, field.type)
                for column, field in zip(piece.columns, schema, strict=True)
            ]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)


def is_list(arrow: pa.DataType) -> bool:
    """Tell whether a type is any of Arrow's lists."""
    kinds = pa.types
    return bool(
        kinds.is_list(arrow)
        or kinds.is_large_list(arrow)
        or kinds.is_fixed_size_list(arrow)
        or kinds.is_list_view(arrow)
        or kinds.is_large_list_view(arrow)
    )


def is_text(arrow: pa.DataType) -> bool:
    """Tell whether a type is any of Arrow's strings."""
    kinds = pa.types
    return bool(
        kinds.is_string(arrow) or kinds.is_large_string(arrow) or kinds.is_string_view(arrow)
    )


def is_bytes(arrow: pa.DataType) -> bool:
    """Tell whether a type is any of Arrow's byte strings."""
    kinds = pa.types
    return bool(
        kinds.is_binary(arrow)
        or kinds.is_large_binary(arrow)
        or kinds.is_binary_view(arrow)
        or kinds.is_fixed_size_binary(arrow)
    )


def valid_mask(array: pa.Array) -> npt.NDArray[np.bool_]:
    """Return which cells are not null; shape ``(rows,)``."""
    if array.null_count == 0:
        return np.ones(len(array), dtype=np.bool_)
    mask: npt.NDArray[np.bool_] = pc.is_valid(array).to_numpy(zero_copy_only=False)
    return mask


def list_lengths(array: pa.Array) -> npt.NDArray[np.int64]:
    """Return the number of elements of each list, 0 for nulls; shape ``(rows,)``.

    `pyarrow.compute.list_flatten` gives exactly so many elements in all.
    """
    lengths = pc.fill_null(pc.list_value_length(array), 0)
    numbers: npt.NDArray[np.int64] = lengths.to_numpy(zero_copy_only=False).astype(np.int64)
    return numbers


def byte_lengths(array: pa.Array) -> npt.NDArray[np.int64]:
    """Return the number of bytes of each string, 0 for nulls; shape ``(rows,)``."""
    lengths = pc.fill_null(pc.binary_length(array), 0)
    numbers: npt.NDArray[np.int64] = lengths.to_numpy(zero_copy_only=False).astype(np.int64)
    return numbers


def offsets_of(lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return where each cell starts, and at last where the last one ends."""
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def bytes_of(array: pa.Array) -> memoryview:
    """Return the bytes of all cells of a string or binary array, one after the other.

    The array has no nulls, or they are empty. Without a copy.
    """
    size = pa.types.is_large_binary(array.type) or pa.types.is_large_string(array.type)
    _, offsets_buffer, data = array.buffers()
    if data is None or offsets_buffer is None:
        return memoryview(b"")
    offsets = np.frombuffer(offsets_buffer, dtype=np.int64 if size else np.int32)
    first, last = offsets[array.offset], offsets[array.offset + len(array)]
    return memoryview(data)[first:last]


def binary_array(lengths: npt.NDArray[np.int64], data: npt.NDArray[np.uint8] | bytes) -> pa.Array:
    """Return an Arrow array of byte strings, given their lengths and their bytes in a row."""
    offsets = offsets_of(lengths)
    return pa.LargeBinaryArray.from_buffers(
        pa.large_binary(), len(lengths), [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    )


def _pieces(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Yield slices of a batch: bounded in rows and, as far as one row allows, in bytes."""
    rows = PIECE_ROWS
    if batch.num_rows and batch.nbytes > PIECE_BYTES:
        rows = max(1, min(rows, PIECE_BYTES * batch.num_rows // batch.nbytes))
    for start in range(0, batch.num_rows, rows):
        yield batch.slice(start, rows)


def _normal(array: pa.Array, wanted: pa.DataType) -> pa.Array:
    return array if array.type == wanted else pc.cast(array, wanted)

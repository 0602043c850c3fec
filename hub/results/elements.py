"""Arrow cells as big-endian numbers and bytes: what FITS and VOTable have in common."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from hub.errors import FatalError
from hub.results.cells import binary_array, list_lengths, valid_mask
from hub.tables.description import ColumnDescription

Numbers = npt.NDArray[np.generic]
Encode = Callable[[pa.Array], Numbers]
"""Gives one element of fixed size per cell."""

LONG_DIGITS = 18
"""Whole decimals of so many digits fit a 64-bit integer."""

_TRUE, _FALSE = ord("T"), ord("F")


class VectorLengthError(FatalError):
    """A vector has another length than its column was said to have."""


def numbers(array: pa.Array, dtype: np.dtype[np.generic], null: float | None) -> Numbers:
    """Return numbers as ``dtype``, which holds every value; nulls become ``null``.

    Parameters
    ----------
    array
        Integers, floats, or whole decimals of at most ``LONG_DIGITS`` digits.
    dtype
        As wide as the Arrow type or wider, of any byte order.
    null
        None when it does not matter what stands in place of a null.
    """
    if pa.types.is_decimal(array.type):
        array = pc.cast(array, pa.int64())
    filled = pc.fill_null(array, 0) if array.null_count else array
    values: Numbers = filled.to_numpy(zero_copy_only=False).astype(dtype)
    if array.null_count and null is not None:
        values[~valid_mask(array)] = null
    return values


def logicals(array: pa.Array, null: int) -> Numbers:
    """Return booleans as the bytes ``T`` and ``F``, nulls as the byte ``null``."""
    filled = pc.fill_null(array, False)
    values = np.where(filled.to_numpy(zero_copy_only=False), _TRUE, _FALSE).astype(np.uint8)
    if array.null_count:
        values[~valid_mask(array)] = null
    return values


def vectors(array: pa.Array, length: int, encode: Encode) -> Numbers:
    """Return lists of ``length`` elements each; a null list is one of null elements.

    Returns
    -------
    numpy.ndarray
        Shape ``(rows, length)``.

    Raises
    ------
    VectorLengthError
        A list is longer or shorter.
    """
    valid = valid_mask(array)
    wrong = valid & (list_lengths(array) != length)
    if wrong.any():
        found = int(list_lengths(array)[wrong][0])
        raise VectorLengthError(
            f"A vector has {found} elements in a column of vectors of {length}.",
            hint="Take another format (parquet, jsonl), or leave the column out.",
        )
    elements = encode(pc.list_flatten(array)).reshape(-1, length)
    if valid.all():
        return elements
    empty = encode(pa.nulls(1, array.type.value_type))
    cells = np.full((len(array), length), empty[0], dtype=elements.dtype)
    cells[valid] = elements
    return cells


def runs(array: pa.Array, encode: Encode) -> tuple[npt.NDArray[np.int64], pa.Array]:
    """Return the number of elements of each list and their bytes as Arrow binary; none for null."""
    elements = encode(pc.list_flatten(array))
    lengths = list_lengths(array)
    data = np.ascontiguousarray(elements).view(np.uint8)
    return lengths, binary_array(lengths * elements.dtype.itemsize, data)


def is_long(arrow: pa.DataType) -> bool:
    """Tell whether a type is a decimal whose values are all 64-bit integers."""
    return bool(pa.types.is_decimal(arrow) and arrow.scale == 0 and arrow.precision <= LONG_DIGITS)


def vector_length(column: ColumnDescription, arrow: pa.DataType) -> int | None:
    """Return the number of elements that every cell of a list column has, if it is known."""
    if pa.types.is_fixed_size_list(arrow):
        return int(arrow.list_size) or None
    return column.vector_length or None

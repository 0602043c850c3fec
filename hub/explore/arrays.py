"""Arrow columns as numpy arrays over the same memory."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from hub.errors import UsageError


class NotNumericError(UsageError):
    """An axis or a statistic of something that is no number."""


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """The values of a column and which of them are null."""

    values: npt.NDArray[Any]
    """A view of Arrow's buffer where the type allows; undefined where null."""

    bitmap: npt.NDArray[np.uint8] | None
    """Arrow's validity bits, least significant first; none when there are no nulls."""

    offset: int
    """Bit of the first value."""


def numbers(array: pa.Array, name: str) -> Numbers:
    """Return a numeric Arrow array without copying integers and floats.

    Booleans become 0 and 1, decimals doubles; an array of type null is all null.

    Raises
    ------
    NotNumericError
        The type is text, time, a list or anything else without a place on an axis.
    """
    array = _with_numpy_type(array, name)
    size = len(array)
    dtype = np.dtype(array.type.to_pandas_dtype())
    bits, data = array.buffers()
    if data is None or size == 0:
        values = np.zeros(size, dtype)
    else:
        values = np.frombuffer(data, dtype, count=size, offset=array.offset * dtype.itemsize)
    if bits is None or array.null_count == 0:
        return Numbers(values=values, bitmap=None, offset=0)
    return Numbers(values=values, bitmap=np.frombuffer(bits, np.uint8), offset=array.offset)


def _with_numpy_type(array: pa.Array, name: str) -> pa.Array:
    kind = array.type
    if pa.types.is_integer(kind) or pa.types.is_float32(kind) or pa.types.is_float64(kind):
        return array
    if pa.types.is_boolean(kind):
        return pc.cast(array, pa.int8())
    if pa.types.is_decimal(kind) or pa.types.is_float16(kind):
        return pc.cast(array, pa.float64())
    if pa.types.is_null(kind):
        return pa.nulls(len(array), pa.float64())
    raise NotNumericError(
        f"{name} is of type {kind}, which has no place on an axis.",
        hint="Choose a column or an expression of numbers.",
    )

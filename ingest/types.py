"""Arrow types of inputs → the column types that every engine reads alike.

The table of conversions (``docs/data-model.md``; reasons: measured in Hive, Spark
and DuckDB). Each conversion is told to the user and kept in the provenance.
"""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from hub.errors import UsageError
from hub.tables.types import UnsupportedTypeError, type_name

INT63_MAX = 2**63 - 1
WIDE_INTEGER = pa.decimal128(20, 0)
TIMESTAMP = pa.timestamp("us", tz="UTC")

_EXACT = {
    pa.uint8(): pa.int16(),
    pa.uint16(): pa.int32(),
    pa.uint32(): pa.int64(),
    pa.float16(): pa.float32(),
    pa.date64(): pa.date32(),
    pa.null(): pa.string(),
}


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """What becomes of a column's type."""

    target: pa.DataType
    """The type to cast to; ``uint64`` stays until the largest value is known."""

    reason: str = ""
    """Why, for the user; empty when nothing changes that is worth a word."""

    vector_length: int | None = None
    unit: str = ""
    """Unit that the conversion gives (durations); else empty."""


def plan_conversion(arrow: pa.DataType, column: str, where: str) -> Conversion:
    """Return the conversion of a column of the input.

    Raises
    ------
    UsageError
        No engine-safe type can hold it: maps, unions, nested records in lists.
    """
    if isinstance(arrow, pa.BaseExtensionType):
        return plan_conversion(arrow.storage_type, column, where)
    if pa.types.is_dictionary(arrow) or pa.types.is_run_end_encoded(arrow):
        return plan_conversion(arrow.value_type, column, where)
    if _is_list(arrow):
        return _list_conversion(arrow, column, where)
    if arrow in _EXACT:
        return Conversion(target=_EXACT[arrow], reason="not read alike by every engine")
    if arrow == pa.uint64():
        return Conversion(target=arrow)
    if pa.types.is_timestamp(arrow):
        return Conversion(target=TIMESTAMP, reason=_timestamp_reason(arrow))
    if pa.types.is_duration(arrow):
        return Conversion(target=pa.int64(), reason="durations are numbers", unit=arrow.unit)
    if pa.types.is_time(arrow):
        return Conversion(target=pa.string(), reason="times of day are kept as text")
    if pa.types.is_fixed_size_binary(arrow) and not pa.types.is_decimal(arrow):
        return Conversion(target=pa.binary())
    return Conversion(target=_plain(arrow, column, where))


def _is_list(arrow: pa.DataType) -> bool:
    kinds = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
    return any(is_kind(arrow) for is_kind in kinds)


def _list_conversion(arrow: pa.DataType, column: str, where: str) -> Conversion:
    inner = plan_conversion(arrow.value_type, column, where)
    # The largest element is not looked for: the wide type is always right.
    element = WIDE_INTEGER if inner.target == pa.uint64() else inner.target
    return Conversion(
        target=pa.list_(element),
        reason=inner.reason or ("beyond 63 bits" if element == WIDE_INTEGER else ""),
        vector_length=arrow.list_size if pa.types.is_fixed_size_list(arrow) else None,
    )


def _timestamp_reason(arrow: pa.DataType) -> str:
    reasons = []
    if arrow.unit == "ns":
        reasons.append("nanoseconds are cut to microseconds")
    if arrow.tz is None:
        reasons.append("times without a zone are taken as UTC")
    return "; ".join(reasons)


def _plain(arrow: pa.DataType, column: str, where: str) -> pa.DataType:
    views = {pa.large_string(): pa.string(), pa.string_view(): pa.string()}
    views |= {pa.large_binary(): pa.binary(), pa.binary_view(): pa.binary()}
    if pa.types.is_decimal(arrow) and not pa.types.is_decimal128(arrow) and arrow.precision <= 38:
        return pa.decimal128(arrow.precision, arrow.scale)
    target = views.get(arrow, arrow)
    try:
        type_name(target)
    except UnsupportedTypeError as error:
        raise UsageError(
            f"Column {column} has type {arrow}, which a table cannot hold.",
            hint="Leave the column out, or flatten it, before ingesting.",
            where=where,
        ) from error
    return target


def convert(array: pa.Array, target: pa.DataType) -> pa.Array:
    """Return the column in its target type.

    Raises
    ------
    pa.ArrowInvalid
        A value does not fit (only where a description asked for the type).
    """
    if isinstance(array.type, pa.BaseExtensionType):
        array = array.storage
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_run_end_encoded(array.type):
        array = pc.run_end_decode(array)
    if array.type == target:
        return array
    if pa.types.is_timestamp(target):
        return _convert_timestamp(array, target)
    if _is_list(array.type) and _is_list(target):
        return _convert_list(array, target)
    if pa.types.is_duration(array.type):
        array = array.cast(pa.int64())
    return array.cast(target)


def _convert_timestamp(array: pa.Array, target: pa.DataType) -> pa.Array:
    if pa.types.is_timestamp(array.type) and array.type.tz is not None:
        return array.cast(target, safe=False)
    # A naive time is read as UTC; only the loss of nanoseconds is allowed.
    naive = array.cast(pa.timestamp("us"), safe=not pa.types.is_timestamp(array.type))
    return naive.cast(target)


def _convert_list(array: pa.Array, target: pa.DataType) -> pa.Array:
    if pa.types.is_fixed_size_list(array.type):
        # The cast of Arrow itself refuses other element types.
        array = array.cast(pa.list_(array.type.value_type))
    elements = convert(array.values, target.value_type)
    offsets = array.offsets.cast(pa.int32())
    validity = array.is_null() if array.null_count else None
    return pa.ListArray.from_arrays(offsets, elements, type=target, mask=validity)


def settle_wide_integers(largest: int) -> pa.DataType:
    """Return the type of a uint64 column: bigint when every value fits, else decimal."""
    return pa.int64() if largest <= INT63_MAX else WIDE_INTEGER

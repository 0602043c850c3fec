"""The column types that every engine reads alike, by their SQL names.

Signed integers, float and double, text, boolean, binary, date, timestamp
(microseconds, UTC), decimal, and lists of these. What else a file may hold is
converted when it is ingested (``docs/data-model.md``).
"""

import re

import pyarrow as pa

from hub.errors import UsageError

_SCALARS: dict[str, pa.DataType] = {
    "boolean": pa.bool_(),
    "tinyint": pa.int8(),
    "smallint": pa.int16(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "varchar": pa.string(),
    "binary": pa.binary(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}
_NAMES = {str(arrow): name for name, arrow in _SCALARS.items()} | {
    "large_string": "varchar",
    "string_view": "varchar",
    "large_binary": "binary",
    "timestamp[us]": "timestamp",
}
_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")

INTEGERS = frozenset({"tinyint", "smallint", "integer", "bigint"})
FLOATS = frozenset({"float", "double"})


class UnsupportedTypeError(UsageError):
    """A type that not every engine reads alike."""


def arrow_type(type_name: str) -> pa.DataType:
    """Return the Arrow type of a column type such as ``bigint`` or ``float[]``."""
    if type_name.endswith("[]"):
        return pa.list_(arrow_type(type_name[:-2]))
    decimal = _DECIMAL.fullmatch(type_name)
    if decimal:
        return pa.decimal128(int(decimal[1]), int(decimal[2]))
    if type_name not in _SCALARS:
        raise UnsupportedTypeError(f"Unknown column type {type_name}.")
    return _SCALARS[type_name]


def type_name(arrow: pa.DataType) -> str:
    """Return the column type of an Arrow type; widths of lists are left out.

    Raises
    ------
    UnsupportedTypeError
        The Arrow type is none that every engine reads alike.
    """
    if pa.types.is_dictionary(arrow):
        return type_name(arrow.value_type)
    if (
        pa.types.is_list(arrow)
        or pa.types.is_large_list(arrow)
        or pa.types.is_fixed_size_list(arrow)
    ):
        return type_name(arrow.value_type) + "[]"
    if pa.types.is_decimal(arrow):
        return f"decimal({arrow.precision},{arrow.scale})"
    if str(arrow) not in _NAMES:
        raise UnsupportedTypeError(f"A column of Arrow type {arrow} cannot be kept in a table.")
    return _NAMES[str(arrow)]


def is_integer(name: str) -> bool:
    """Tell whether a column type holds whole numbers of at most 64 bits."""
    return name in INTEGERS


def is_float(name: str) -> bool:
    """Tell whether a column type can hold NaN and infinities."""
    return name in FLOATS


def is_numeric(name: str) -> bool:
    """Tell whether arithmetic works on a column type."""
    return name in INTEGERS or name in FLOATS or name.startswith("decimal(")

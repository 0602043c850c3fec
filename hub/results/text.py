"""Cells as text, a column at a time: what CSV and JSON lines have in common.

The forms are chosen so that nothing is lost when they are read again: floats
in the shortest form that gives the same number of the same width, timestamps
as ISO 8601 with ``Z``, byte strings as lower-case hexadecimal digits.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hub.results.cells import (
    byte_lengths,
    bytes_of,
    is_bytes,
    is_list,
    is_text,
    list_lengths,
    offsets_of,
)

SAFE_INTEGER = 1 << 53
"""Integers up to this are exact in every JSON reader; larger ones are written as strings."""

_SAFE_DIGITS = 15
"""Decimal numbers of so many digits come back from a double unchanged."""

_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
_CONTROL = {chr(code): f"\\u{code:04x}" for code in range(0x20)} | {
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
}


def plain_texts(array: pa.Array) -> pa.Array:
    """Return the cells as text without quotes; nulls stay null, lists become JSON."""
    arrow = array.type
    if is_text(arrow):
        return array
    if is_bytes(arrow):
        return _hexadecimal(array)
    if pa.types.is_timestamp(arrow):
        return _iso(array)
    if is_list(arrow):
        nulls = pa.nulls(len(array), pa.string())
        return pc.if_else(pc.is_valid(array), json_texts(array), nulls)
    return pc.cast(array, pa.string())


def json_texts(array: pa.Array) -> pa.Array:
    """Return the cells as JSON values; a null is ``null``, so no cell is null.

    JSON has no NaN and no infinities: they become the strings ``"nan"``,
    ``"inf"``, ``"-inf"``. Integers beyond ``SAFE_INTEGER`` and decimals that a
    double may not hold become strings of their digits.
    """
    arrow = array.type
    if is_list(arrow):
        texts = _json_lists(array)
    elif is_text(arrow):
        texts = _quoted(_escaped(array))
    else:
        texts = _quoted_where(array, plain_texts(array))
    return pc.fill_null(texts, "null")


def _quoted_where(array: pa.Array, texts: pa.Array) -> pa.Array:
    """Put quotes around the texts of those cells that JSON has no own form for."""
    arrow = array.type
    if pa.types.is_boolean(arrow):
        return texts
    if pa.types.is_floating(arrow):
        bare = pc.is_finite(array)
    elif pa.types.is_int64(arrow):
        bare = pc.and_(pc.less_equal(array, SAFE_INTEGER), pc.greater_equal(array, -SAFE_INTEGER))
    elif pa.types.is_integer(arrow):
        return texts
    elif pa.types.is_decimal(arrow):
        bare = _safe_decimals(array)
    else:
        return _quoted(texts)
    if pc.all(bare).as_py() is not False:
        return texts
    return pc.if_else(bare, texts, _quoted(texts))


def _safe_decimals(array: pa.Array) -> pa.Array:
    arrow = array.type
    if arrow.precision <= _SAFE_DIGITS:
        return pc.is_valid(array)
    if arrow.scale:
        return pc.is_null(array)
    limit = pa.scalar(SAFE_INTEGER).cast(pa.decimal128(38, 0))
    wide = pc.cast(array, pa.decimal128(38, 0))
    return pc.and_(pc.less_equal(wide, limit), pc.greater_equal(wide, pc.negate(limit)))


def _quoted(texts: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise('"', texts, '"', "")


def _escaped(array: pa.Array) -> pa.Array:
    """Escape text for JSON; cells are touched only when one of them needs it."""
    if not pc.any(pc.match_substring_regex(array, r'["\\\x00-\x1f]')).as_py():
        return array
    array = pc.replace_substring(array, "\\", "\\\\")
    array = pc.replace_substring(array, '"', '\\"')
    if pc.any(pc.match_substring_regex(array, r"[\x00-\x1f]")).as_py():
        for letter, escape in _CONTROL.items():
            array = pc.replace_substring(array, letter, escape)
    return array


def _json_lists(array: pa.Array) -> pa.Array:
    """Write lists as JSON arrays: elements first, all at once, then joined by list."""
    elements = json_texts(pc.list_flatten(array))
    offsets = pa.array(offsets_of(list_lengths(array)), pa.int32())
    joined = pc.binary_join(pa.ListArray.from_arrays(offsets, elements), ",")
    texts = pc.binary_join_element_wise("[", joined, "]", "")
    return pc.if_else(pc.is_valid(array), texts, pa.nulls(len(array), pa.string()))


def _iso(array: pa.Array) -> pa.Array:
    """Write timestamps(us, UTC) as ISO 8601; whole seconds without a fraction."""
    texts = pc.replace_substring(pc.cast(array, pa.string()), " ", "T")
    return pc.replace_substring(texts, ".000000Z", "Z")


def _hexadecimal(array: pa.Array) -> pa.Array:
    filled = pc.fill_null(array, b"")
    data = np.frombuffer(bytes_of(filled), dtype=np.uint8)
    digits = np.empty((len(data), 2), dtype=np.uint8)
    digits[:, 0] = _HEX[data >> 4]
    digits[:, 1] = _HEX[data & 15]
    offsets = (2 * offsets_of(byte_lengths(array))).astype(np.int32)
    texts = pa.StringArray.from_buffers(len(array), pa.py_buffer(offsets), pa.py_buffer(digits))
    return pc.if_else(pc.is_valid(array), texts, pa.nulls(len(array), pa.string()))

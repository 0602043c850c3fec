"""``_random``: a repeatable uniform number per row (``docs/data-model.md``).

The top 31 bits of splitmix64(x XOR splitmix64(seed)); x is an integer key as 64
bits, the xxh64 (seed 0) of a string key's UTF-8 bytes, or input index × 2^40 +
row. splitmix64: Steele, Lea, Flood 2014 (doi:10.1145/2660193.2660195), in
Vigna's form; xxh64: github.com/Cyan4973/xxHash, doc/xxhash_spec.md.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

UInt8Array = npt.NDArray[np.uint8]
UInt64Array = npt.NDArray[np.uint64]
Int32Array = npt.NDArray[np.int32]

_P1 = np.uint64(11400714785074694791)
_P2 = np.uint64(14029467366897019727)
_P3 = np.uint64(1609587929392839161)
_P4 = np.uint64(9650029242287828579)
_P5 = np.uint64(2870177450012600261)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX2 = np.uint64(0x94D049BB133111EB)

_ROW_BITS = 40


def _compiled(function: Callable[..., Any]) -> Any:
    """Compile for use in threads; compiled code is kept beside the module."""
    return njit(nogil=True, cache=True)(function)


@_compiled
def _splitmix64(x: np.uint64) -> np.uint64:
    z = x + _GOLDEN
    z = (z ^ (z >> np.uint64(30))) * _MIX1
    z = (z ^ (z >> np.uint64(27))) * _MIX2
    return z ^ (z >> np.uint64(31))


@_compiled
def _random_of(bits: UInt64Array, seed: np.uint64, out: Int32Array) -> None:
    salt = _splitmix64(seed)
    for i in range(bits.size):
        out[i] = np.int32(_splitmix64(bits[i] ^ salt) >> np.uint64(33))


@_compiled
def _rotate(x: np.uint64, r: int) -> np.uint64:
    return np.uint64((x << np.uint64(r)) | (x >> np.uint64(64 - r)))


@_compiled
def _word(data: UInt8Array, at: int, size: int) -> np.uint64:
    value = np.uint64(0)
    for k in range(size):
        value |= np.uint64(data[at + k]) << np.uint64(8 * k)
    return value


@_compiled
def _round(state: np.uint64, word: np.uint64) -> Any:
    return _rotate(state + word * _P2, 31) * _P1


@_compiled
def _merge(state: np.uint64, lane: np.uint64) -> Any:
    return (state ^ _round(np.uint64(0), lane)) * _P1 + _P4


@_compiled
def _xxh64_long(data: UInt8Array, begin: int, end: int) -> Any:
    """Return the state after the blocks of 32 bytes."""
    a, b, c, d = _P1 + _P2, _P2, np.uint64(0), np.uint64(0) - _P1
    at = begin
    while at + 32 <= end:
        a = _round(a, _word(data, at, 8))
        b = _round(b, _word(data, at + 8, 8))
        c = _round(c, _word(data, at + 16, 8))
        d = _round(d, _word(data, at + 24, 8))
        at += 32
    h = _rotate(a, 1) + _rotate(b, 7) + _rotate(c, 12) + _rotate(d, 18)
    return _merge(_merge(_merge(_merge(h, a), b), c), d)


@_compiled
def _xxh64_one(data: UInt8Array, begin: int, end: int) -> np.uint64:
    size = end - begin
    h = (_xxh64_long(data, begin, end) if size >= 32 else _P5) + np.uint64(size)
    at = begin + size // 32 * 32
    while at + 8 <= end:
        h = _rotate(h ^ _round(np.uint64(0), _word(data, at, 8)), 27) * _P1 + _P4
        at += 8
    if at + 4 <= end:
        h = _rotate(h ^ (_word(data, at, 4) * _P1), 23) * _P2 + _P3
        at += 4
    while at < end:
        h = _rotate(h ^ (np.uint64(data[at]) * _P5), 11) * _P1
        at += 1
    h = (h ^ (h >> np.uint64(33))) * _P2
    h = (h ^ (h >> np.uint64(29))) * _P3
    return h ^ (h >> np.uint64(32))


@_compiled
def _xxh64_all(data: UInt8Array, offsets: Int32Array, out: UInt64Array) -> None:
    for i in range(out.size):
        out[i] = _xxh64_one(data, np.int64(offsets[i]), np.int64(offsets[i + 1]))


def random_numbers(bits: UInt64Array, seed: int) -> Int32Array:
    """Return ``_random`` of rows from their 64 bits; in [0, 2^31), int32."""
    out = np.empty(bits.size, np.int32)
    _random_of(bits, np.uint64(seed), out)
    return out


def row_bits(input_index: int, first_row: int, rows: int) -> UInt64Array:
    """Return the bits of rows without a key: input index × 2^40 + row (from 0)."""
    start = (input_index << _ROW_BITS) + first_row
    return np.arange(start, start + rows, dtype=np.uint64)


def text_bits(texts: pa.StringArray) -> UInt64Array:
    """Return the xxh64 of each text's UTF-8 bytes; nulls count as empty."""
    _, offsets, data = texts.buffers()
    bounds = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    content = np.frombuffer(data or b"", np.uint8)
    out = np.empty(len(texts), np.uint64)
    _xxh64_all(content, bounds, out)
    return out


def key_bits(keys: pa.Array, fallback: UInt64Array) -> UInt64Array:
    """Return the bits of key values; where the key is null those of ``fallback``.

    Parameters
    ----------
    keys
        Integers of any width (negative ones in two's complement), or strings.
    fallback
        Bits of the rows by place, see `row_bits`.
    """
    if pa.types.is_integer(keys.type):
        wide = pa.uint64() if pa.types.is_unsigned_integer(keys.type) else pa.int64()
        filled = keys.cast(wide).fill_null(0) if keys.null_count else keys.cast(wide)
        bits: UInt64Array = filled.to_numpy(zero_copy_only=False).view(np.uint64)
    else:
        bits = text_bits(keys)
    if keys.null_count:
        bits = np.where(keys.is_null().to_numpy(zero_copy_only=False), fallback, bits)
    return bits

"""How each column is written to Parquet, by measured size of its first row group.

By size and never by time, so that results repeat. pyarrow's default (dictionary
for everything) took 2.7 times as long and gave files 42 % larger. Weights keep
forms that are slow to scan for columns where they save much.
"""

import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.plan import HEALPIX, RANDOM, ROW

SAMPLE_ROWS = 131_072
ZSTD_LEVEL = 1
BLOOM_FALSE_POSITIVES = 0.01


class Encoding(StrEnum):
    """A form of a column's pages."""

    PLAIN = "plain"
    PLAIN_ZSTD = "plain+zstd"
    DELTA = "delta"
    DICTIONARY = "dictionary+zstd"
    SPLIT = "byte_stream_split+zstd"


_FIXED = {HEALPIX: Encoding.DELTA, ROW: Encoding.DELTA, RANDOM: Encoding.PLAIN}
_WEIGHTS_WHOLE = {Encoding.PLAIN: 1.0, Encoding.DELTA: 1.05, Encoding.DICTIONARY: 1.4}
_WEIGHTS_FLOAT = {Encoding.PLAIN: 1.0, Encoding.DICTIONARY: 2.5}
_WEIGHTS_FLOAT_COMPACT = {Encoding.PLAIN: 1.0, Encoding.SPLIT: 1.0, Encoding.DICTIONARY: 1.1}
_WEIGHTS_TEXT = {Encoding.PLAIN: 1.0, Encoding.PLAIN_ZSTD: 1.25, Encoding.DICTIONARY: 1.4}
_WEIGHTS_OTHER = {Encoding.PLAIN: 1.0, Encoding.PLAIN_ZSTD: 1.25}


@dataclass(frozen=True, kw_only=True)
class ColumnEncoding:
    """The choice for one column, and what it costs."""

    leaf: str
    """Path of the column in Parquet's schema."""

    encoding: Encoding
    bytes: int
    """Size of the sample in this form."""

    raw_bytes: int
    """Size of the sample in memory."""


def choose_encodings(sample: pa.RecordBatch, *, compact: bool) -> dict[str, ColumnEncoding]:
    """Return the form of each column, by name; the sample has the table's final types."""
    return {
        field.name: _choose(field, sample.column(index), compact=compact)
        for index, field in enumerate(sample.schema)
    }


def _choose(field: pa.Field, column: pa.Array, *, compact: bool) -> ColumnEncoding:
    leaf, element = field.name, field.type
    while pa.types.is_list(element):
        leaf, element = f"{leaf}.list.element", element.value_type
    fixed = _FIXED.get(field.name)
    weights = _weights(element, compact=compact) if fixed is None else {fixed: 1.0}
    sizes = {form: _size(field, column, leaf, form) for form in weights}
    best = min(weights, key=lambda form: sizes[form] * weights[form])
    return ColumnEncoding(leaf=leaf, encoding=best, bytes=sizes[best], raw_bytes=column.nbytes)


def _weights(element: pa.DataType, *, compact: bool) -> Mapping[Encoding, float]:
    if pa.types.is_floating(element):
        return _WEIGHTS_FLOAT_COMPACT if compact else _WEIGHTS_FLOAT
    is_whole = pa.types.is_integer(element) or pa.types.is_date(element)
    if is_whole or pa.types.is_timestamp(element):
        return _WEIGHTS_WHOLE
    if pa.types.is_boolean(element):
        return _WEIGHTS_OTHER
    return _WEIGHTS_TEXT


def _size(field: pa.Field, column: pa.Array, leaf: str, form: Encoding) -> int:
    sink = io.BytesIO()
    choice = ColumnEncoding(leaf=leaf, encoding=form, bytes=0, raw_bytes=0)
    schema = pa.schema([field])
    with pq.ParquetWriter(sink, schema, **writer_options([choice])) as writer:
        writer.write_batch(pa.RecordBatch.from_arrays([column], schema=schema))
    footer = pq.read_metadata(sink)
    groups = range(footer.num_row_groups)
    return sum(footer.row_group(group).column(0).total_compressed_size for group in groups)


def writer_options(
    choices: Sequence[ColumnEncoding],
    bloom_filters: Mapping[str, int] | None = None,
    without_statistics: Collection[str] = (),
) -> dict[str, Any]:
    """Return the options of pyarrow's writer for these choices.

    Parameters
    ----------
    choices
        One for each column.
    bloom_filters
        Columns with a Bloom filter, and the rows of a row group.
    without_statistics
        Columns that get no minimum and maximum in the file.
    """
    packed = {
        choice.leaf: "NONE" if choice.encoding in (Encoding.PLAIN, Encoding.DELTA) else "ZSTD"
        for choice in choices
    }
    named = {
        Encoding.PLAIN: "PLAIN",
        Encoding.PLAIN_ZSTD: "PLAIN",
        Encoding.DELTA: "DELTA_BINARY_PACKED",
        Encoding.SPLIT: "BYTE_STREAM_SPLIT",
    }
    return {
        "version": "2.6",
        "data_page_version": "1.0",
        "write_page_index": True,
        "write_statistics": [c.leaf for c in choices if c.leaf not in without_statistics],
        "use_dictionary": [c.leaf for c in choices if c.encoding is Encoding.DICTIONARY],
        "column_encoding": {c.leaf: named[c.encoding] for c in choices if c.encoding in named},
        "compression": packed,
        "compression_level": {
            leaf: ZSTD_LEVEL for leaf, codec in packed.items() if codec == "ZSTD"
        },
        "bloom_filter_options": {
            name: {"ndv": rows, "fpp": BLOOM_FALSE_POSITIVES}
            for name, rows in (bloom_filters or {}).items()
        }
        or None,
    }

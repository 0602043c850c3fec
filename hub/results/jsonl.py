"""JSON lines: one object per row, keys are the original names.

Values have the forms of `hub.results.text.json_texts`.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from hub.results.cells import bytes_of, normal_batches, normal_schema
from hub.results.formats import Format
from hub.results.losses import metadata_lost, types_among
from hub.results.names import output_names, renamed
from hub.results.text import json_texts
from hub.tables.description import ColumnDescription
from hub.tables.stream import ResultStream


def write(stream: ResultStream, sink: BinaryIO, *, scratch: Path) -> None:  # noqa: ARG001
    """Write a stream as JSON lines; see `hub.results.formats.Write`."""
    normal_schema(stream.schema)
    keys = [json.dumps(name, ensure_ascii=False) + ":" for name in output_names(stream.columns)]
    for batch in normal_batches(stream):
        sink.write(bytes(bytes_of(_objects(keys, batch.columns))))


def losses(columns: Sequence[ColumnDescription]) -> tuple[str, ...]:
    """Return what JSON lines do not keep of a table of these columns."""
    lost = [metadata_lost("JSON lines")]
    if types_among(columns, "float", "double"):
        lost.append('NaN and infinities are the strings "nan", "inf", "-inf".')
    if types_among(columns, "bigint", "decimal"):
        lost.append(
            "Whole numbers beyond ±2^53 and decimals of more than 15 digits are strings of digits."
        )
    if types_among(columns, "timestamp", "date"):
        lost.append("Times and dates are ISO 8601 strings.")
    if types_among(columns, "binary"):
        lost.append("Byte strings are hexadecimal digits.")
    return (*lost, *renamed(columns, output_names(columns)))


def _objects(keys: list[str], columns: list[pa.Array]) -> pa.Array:
    """Join keys and values of each row; the bytes of the result, in a row, are the lines."""
    parts: list[str | pa.Array] = []
    for number, (key, column) in enumerate(zip(keys, columns, strict=True)):
        parts += [("," if number else "{") + key, json_texts(column)]
    return pc.binary_join_element_wise(*parts, "}\n", "")


JSONL = Format(
    name="jsonl",
    title="JSON lines",
    extension=".jsonl",
    media_type="application/x-ndjson",
    is_text=True,
    write=write,
    losses=losses,
)

"""CSV as the hub writes it: UTF-8, comma, header line, line ends of LF.

A null is an empty cell, the empty string is ``""``; other text is quoted only
where it must be. Numbers and times have the forms of `hub.results.text`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from hub.results.cells import bytes_of, is_bytes, is_list, is_text, normal_batches, normal_schema
from hub.results.formats import Format
from hub.results.losses import metadata_lost, types_among
from hub.results.names import output_names, renamed
from hub.results.text import plain_texts
from hub.tables.description import ColumnDescription
from hub.tables.stream import ResultStream

_MUST_QUOTE = r'^$|^\s|\s$|[",\r\n]'


def write(stream: ResultStream, sink: BinaryIO, *, scratch: Path) -> None:  # noqa: ARG001
    """Write a stream as CSV; see `hub.results.formats.Write`."""
    normal_schema(stream.schema)
    names = pa.array(output_names(stream.columns), pa.string())
    header = [_quoted(names.slice(number, 1)) for number in range(len(names))]
    sink.write(bytes(bytes_of(_rows(header))))
    for batch in normal_batches(stream):
        sink.write(bytes(bytes_of(_rows([_cells(column) for column in batch.columns]))))


def losses(columns: Sequence[ColumnDescription]) -> tuple[str, ...]:
    """Return what CSV does not keep of a table of these columns."""
    lost = [
        "CSV has no types: a reader has to guess them or be told.",
        metadata_lost("CSV"),
    ]
    if types_among(columns, "[]"):
        lost.append(
            "Vectors are JSON text in one cell; NaN, infinities and integers beyond ±2^53 in them "
            "are strings."
        )
    if types_among(columns, "binary"):
        lost.append("Byte strings are hexadecimal digits.")
    if len(columns) == 1:
        lost.append("A null is an empty line, since there is one column; many readers skip it.")
    return (*lost, *renamed(columns, output_names(columns)))


def _rows(columns: list[pa.Array]) -> pa.Array:
    """Join the cells of each row; the bytes of the result, in a row, are the lines."""
    *others, last = columns
    ended = pc.binary_join_element_wise(
        last, "\n", "", null_handling="replace", null_replacement=""
    )
    return pc.binary_join_element_wise(
        *others, ended, ",", null_handling="replace", null_replacement=""
    )


def _cells(column: pa.Array) -> pa.Array:
    texts = plain_texts(column)
    if is_text(column.type) or is_list(column.type) or is_bytes(column.type):
        return _quoted(texts)
    return texts


def _quoted(texts: pa.Array) -> pa.Array:
    """Put quotes around the texts that would not come back without them."""
    needed = pc.match_substring_regex(texts, _MUST_QUOTE)
    if not pc.any(needed).as_py():
        return texts
    doubled = pc.replace_substring(texts, '"', '""')
    return pc.if_else(needed, pc.binary_join_element_wise('"', doubled, '"', ""), texts)


CSV = Format(
    name="csv",
    title="CSV",
    extension=".csv",
    media_type="text/csv; charset=utf-8; header=present",
    is_text=True,
    write=write,
    losses=losses,
)

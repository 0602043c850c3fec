"""FITS binary tables: laid out after all rows are known, then written once from start to end.

The header says the number of rows, the width of text and the integers that
stand for nulls, so the rows wait in a file (`hub.results.spool`) until the
last one has come. Cells of variable length stand in the heap, batch by batch.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from hub.errors import UsageError
from hub.results.cells import PIECE_BYTES, PIECE_ROWS, normal_batches, normal_schema, offsets_of
from hub.results.elements import vector_length
from hub.results.fits_columns import FitsColumn, descriptor, fits_column
from hub.results.fits_facts import Facts, spooled, spooled_type
from hub.results.fits_header import padding, primary_header, table_header
from hub.results.fits_losses import losses
from hub.results.formats import Format
from hub.results.spool import Spool
from hub.tables.description import ColumnDescription
from hub.tables.stream import ResultStream

_MOST_COLUMNS = 999
"""FITS 4.0, 7.3.1: TFIELDS."""


class TooManyColumnsError(UsageError):
    """A FITS table has at most 999 columns."""


@dataclass(frozen=True)
class _Layout:
    """How the rows of a table lie in the file."""

    columns: tuple[FitsColumn, ...]
    forms: tuple[str, ...]
    record: np.dtype[np.void]
    heap_bytes: int


def write(stream: ResultStream, sink: BinaryIO, *, scratch: Path) -> None:
    """Write a stream as FITS; see `hub.results.formats.Write`."""
    if len(stream.columns) > _MOST_COLUMNS:
        raise TooManyColumnsError(
            f"{len(stream.columns)} columns are too many for FITS, which has at most "
            f"{_MOST_COLUMNS}.",
            hint="Choose fewer columns, or another format.",
        )
    normal_schema(stream.schema)
    columns = tuple(
        replace(column, vector_length=vector_length(column, field.type))
        for column, field in zip(stream.columns, stream.schema, strict=True)
    )
    schema = pa.schema(
        (field.name, spooled_type(column, field.type))
        for column, field in zip(columns, stream.schema, strict=True)
    )
    with Spool(scratch, schema) as spool:
        facts = _fill(spool, stream, columns)
        layout = _lay_out(columns, schema, facts)
        header = table_header(
            columns,
            layout.columns,
            layout.forms,
            row_bytes=layout.record.itemsize,
            rows=stream.rows,
            heap_bytes=layout.heap_bytes,
            source=stream.provenance,
            truncated=stream.truncated,
        )
        sink.write(primary_header() + header)
        _write_rows(spool, layout, sink)
        if layout.heap_bytes:
            _write_heap(spool, layout, sink)
    sink.write(padding(stream.rows * layout.record.itemsize + layout.heap_bytes))


def _fill(spool: Spool, stream: ResultStream, columns: Sequence[ColumnDescription]) -> list[Facts]:
    """Read the stream to its end and tell about each column what the layout needs."""
    facts = [Facts() for _ in columns]
    for batch in normal_batches(stream):
        arrays = [
            spooled(column, array) for column, array in zip(columns, batch.columns, strict=True)
        ]
        for fact, array in zip(facts, arrays, strict=True):
            fact.add(array)
        spool.append(arrays)
    spool.finish()
    return facts


def _lay_out(
    columns: Sequence[ColumnDescription], schema: pa.Schema, facts: Sequence[Facts]
) -> _Layout:
    layouts = tuple(
        fits_column(column, field.type, fact)
        for column, field, fact in zip(columns, schema, facts, strict=True)
    )
    in_heap = [layout.heap is not None for layout in layouts]
    heap_bytes = sum(
        fact.elements * layout.dtype.itemsize
        for layout, fact in zip(layouts, facts, strict=True)
        if layout.heap is not None
    )
    letter, integer = descriptor(heap_bytes)
    longest = [fact.longest or fact.width for fact in facts]
    forms = tuple(
        f"1{letter}{layout.form}({most})" if heaped else layout.form
        for layout, heaped, most in zip(layouts, in_heap, longest, strict=True)
    )
    fields: list[tuple[str, np.dtype[np.generic], tuple[int, ...]]] = [
        (f"c{number}", integer, (2,)) if heaped else (f"c{number}", layout.dtype, layout.shape)
        for number, (layout, heaped) in enumerate(zip(layouts, in_heap, strict=True))
    ]
    return _Layout(layouts, forms, np.dtype(fields), heap_bytes)


def _write_rows(spool: Spool, layout: _Layout, sink: BinaryIO) -> None:
    heap_place = 0
    for batch in _pieces(spool, layout):
        records = np.empty(batch.num_rows, dtype=layout.record)
        for number, (column, array) in enumerate(zip(layout.columns, batch.columns, strict=True)):
            cells = records[f"c{number}"]
            if column.fixed is not None:
                cells[...] = column.fixed(array)
            if column.heap is not None:
                lengths, data = column.heap(array)
                cells[:, 0] = lengths
                cells[:, 1] = heap_place + offsets_of(lengths)[:-1] * column.dtype.itemsize
                heap_place += len(data)
        sink.write(records.tobytes())


def _write_heap(spool: Spool, layout: _Layout, sink: BinaryIO) -> None:
    """Write the cells of variable length in the order in which `_write_rows` placed them."""
    for batch in _pieces(spool, layout):
        for column, array in zip(layout.columns, batch.columns, strict=True):
            if column.heap is not None:
                sink.write(bytes(column.heap(array)[1]))


def _pieces(spool: Spool, layout: _Layout) -> Iterator[pa.RecordBatch]:
    """Yield the rows in pieces that stay small when short text is padded to a wide field."""
    rows = max(1, min(PIECE_ROWS, PIECE_BYTES // layout.record.itemsize))
    for batch in spool.read():
        for start in range(0, batch.num_rows, rows):
            yield batch.slice(start, rows)


FITS = Format(
    name="fits",
    title="FITS binary table",
    extension=".fits",
    media_type="application/fits",
    is_text=False,
    write=write,
    losses=losses,
)

"""Parquet with units and provenance in its metadata, as VOParquet (IVOA note, 2025) has them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from hub.results.cells import normal_batches, normal_schema
from hub.results.formats import Format
from hub.results.names import output_names, renamed
from hub.results.votable_header import document
from hub.tables.description import ColumnDescription
from hub.tables.stream import ResultStream

GROUP_ROWS = 131_072
GROUP_BYTES = 128 << 20
"""A row group ends at whichever comes first; it is held in memory while it fills."""


class _Counted:
    """A sink that knows its place, as the Parquet writer asks, and cannot seek."""

    closed = False

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self._place = 0

    def write(self, data: bytes) -> int:
        self._sink.write(bytes(data))
        self._place += len(data)
        return len(data)

    def tell(self) -> int:
        return self._place

    def flush(self) -> None:
        """Nothing waits here; the sink belongs to the caller."""

    def close(self) -> None:
        """The sink belongs to the caller."""


def write(stream: ResultStream, sink: BinaryIO, *, scratch: Path) -> None:  # noqa: ARG001
    """Write a stream as Parquet; see `hub.results.formats.Write`."""
    schema = _described(stream)
    texts = [name for name, field in zip(schema.names, schema, strict=True) if _is_text(field)]
    with pq.ParquetWriter(
        _Counted(sink),
        schema,
        compression="zstd",
        compression_level=1,
        use_dictionary=texts or False,
    ) as writer:
        for group in _groups(stream, schema):
            writer.write_table(group, row_group_size=group.num_rows)
        facts = {"rows": str(stream.rows), "truncated": json.dumps(stream.truncated)}
        writer.add_key_value_metadata({f"hub.{key}": value for key, value in facts.items()})


def losses(columns: Sequence[ColumnDescription]) -> tuple[str, ...]:
    """Return what Parquet does not keep of a table of these columns."""
    return renamed(columns, output_names(columns))


def _is_text(field: pa.Field) -> bool:
    return bool(pa.types.is_string(field.type))


def _described(stream: ResultStream) -> pa.Schema:
    """Return the schema of the file: original names, and descriptions as metadata."""
    normal = normal_schema(stream.schema)
    names = output_names(stream.columns)
    fields = [
        pa.field(name, field.type, metadata=_field_metadata(column))
        for name, field, column in zip(names, normal, stream.columns, strict=True)
    ]
    votable = document(stream.columns, stream.schema, stream.provenance)
    return pa.schema(
        fields,
        metadata={
            "hub.provenance": json.dumps(asdict(stream.provenance), ensure_ascii=False),
            "IVOA.VOTable-Parquet.version": "1.0",
            "IVOA.VOTable-Parquet.content": votable,
        },
    )


def _field_metadata(column: ColumnDescription) -> dict[str, str]:
    said = {
        "name": column.name,
        "unit": column.unit,
        "ucd": column.ucd,
        "description": column.description,
    }
    return {key: value for key, value in said.items() if value}


def _groups(stream: ResultStream, schema: pa.Schema) -> Iterator[pa.Table]:
    """Gather batches until a row group is full."""
    waiting: list[pa.RecordBatch] = []
    for batch in normal_batches(stream):
        waiting.append(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
        rows = sum(piece.num_rows for piece in waiting)
        if rows >= GROUP_ROWS or sum(piece.nbytes for piece in waiting) >= GROUP_BYTES:
            yield pa.Table.from_batches(waiting, schema=schema)
            waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting, schema=schema)


PARQUET = Format(
    name="parquet",
    title="Parquet",
    extension=".parquet",
    media_type="application/vnd.apache.parquet",
    is_text=False,
    write=write,
    losses=losses,
)

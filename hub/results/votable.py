"""VOTable 1.4 with BINARY2 rows: what TOPCAT, Aladin and pyvo read."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from hub.results.base64_lines import Base64Lines
from hub.results.binary2 import RowEncoder, is_written_as_text
from hub.results.cells import normal_batches, normal_schema
from hub.results.formats import Format
from hub.results.losses import INTEGERS, types_among
from hub.results.names import output_names, renamed
from hub.results.votable_header import cells_of, footer, header, info
from hub.tables.description import ColumnDescription
from hub.tables.stream import ResultStream
from hub.tables.types import arrow_type


def write(stream: ResultStream, sink: BinaryIO, *, scratch: Path) -> None:  # noqa: ARG001
    """Write a stream as VOTable; see `hub.results.formats.Write`.

    A cut by the row limit is said after the table (DALI 1.1, 4.4.1), since it
    is known only then.
    """
    normal_schema(stream.schema)
    encoder = RowEncoder(cells_of(stream.columns, stream.schema))
    sink.write(header(stream.columns, stream.schema, stream.provenance).encode())
    sink.write(b'<DATA>\n<BINARY2>\n<STREAM encoding="base64">\n')
    lines = Base64Lines(sink)
    for batch in normal_batches(stream):
        lines.write(encoder.encode(batch.columns))
    lines.finish()
    sink.write(b"</STREAM>\n</BINARY2>\n</DATA>\n</TABLE>\n")
    sink.write(info("ROWS", str(stream.rows)).encode())
    if stream.truncated:
        said = f"Only the first {stream.rows} rows were asked for; there are more."
        sink.write(info("QUERY_STATUS", "OVERFLOW", said).encode())
    sink.write(footer().encode())


def losses(columns: Sequence[ColumnDescription]) -> tuple[str, ...]:
    """Return what a VOTable does not keep of a table of these columns."""
    lost = []
    lists = [column for column in columns if column.type.endswith("[]")]
    as_text = [column.type for column in columns if is_written_as_text(arrow_type(column.type))]
    if any(not name.endswith("[]") for name in as_text):
        lost.append("Decimals are written as text, digit by digit.")
    if any(name.endswith("[]") for name in as_text):
        lost.append("Vectors of text, times, decimals or vectors are JSON text in one cell.")
    if types_among(lists, "float", "double"):
        lost.append("Nulls among the elements of a vector of floats become NaN.")
    if types_among(lists, *INTEGERS):
        lost.append("Nulls among the elements of a vector of integers become the smallest integer.")
    if types_among(columns, "date"):
        lost.append("Dates are written as timestamps in text form, without a time of day.")
    if types_among(columns, "tinyint"):
        lost.append("Integers of 8 bits are widened to 16: VOTable has no signed byte.")
    return (*lost, *renamed(columns, output_names(columns)))


VOTABLE = Format(
    name="votable",
    title="VOTable",
    extension=".vot",
    media_type="application/x-votable+xml;serialization=BINARY2",
    is_text=True,
    write=write,
    losses=losses,
)

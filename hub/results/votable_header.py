"""What stands before and after the rows of a VOTable: columns and provenance as XML.

VOTable 1.4 (its namespace is that of 1.3); DALI 1.1, 4.4 for the INFO elements.
"""

import re
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

import pyarrow as pa

from hub.results.binary2 import Cell, cell_of
from hub.results.elements import vector_length
from hub.results.names import output_names, unique, xml_ids
from hub.tables.description import ColumnDescription
from hub.tables.stream import Provenance

_NAMESPACE = "http://www.ivoa.net/xml/VOTable/v1.3"
_TIME_SYSTEM = "utc"
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""XML 1.0, 2.2: letters that no document may hold, not even escaped."""


def header(
    columns: Sequence[ColumnDescription],
    schema: pa.Schema,
    source: Provenance,
    *,
    with_ids: bool = True,
) -> str:
    """Return the document up to the FIELD elements, the last of them included."""
    cells = cells_of(columns, schema)
    return "".join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>\n',
            f'<VOTABLE version="1.4" xmlns="{_NAMESPACE}">\n',
            '<RESOURCE type="results">\n',
            info("QUERY_STATUS", "OK"),
            *(info(name, value) for name, value in facts(source)),
            *_time_system(cells),
            "<TABLE>\n",
            *_fields(columns, cells, with_ids=with_ids),
        )
    )


def footer() -> str:
    """Return what closes the document after the table."""
    return "</RESOURCE>\n</VOTABLE>\n"


def document(columns: Sequence[ColumnDescription], schema: pa.Schema, source: Provenance) -> str:
    """Return a whole VOTable without data, as VOParquet carries it.

    Without IDs, so that readers find the columns of the file by their names.
    """
    return f"{header(columns, schema, source, with_ids=False)}</TABLE>\n{footer()}"


def cells_of(columns: Sequence[ColumnDescription], schema: pa.Schema) -> tuple[Cell, ...]:
    """Choose how each column of a result is written."""
    return tuple(
        cell_of(field.type, vector_length(column, field.type))
        for column, field in zip(columns, schema, strict=True)
    )


def facts(source: Provenance) -> Iterator[tuple[str, str]]:
    """Yield names and values of the INFO elements about where the rows come from."""
    yield "QUERY", source.query
    yield from (("CATALOG", catalog) for catalog in source.catalogs)
    yield from (("CITATION", citation) for citation in source.citations if citation)
    yield from (("LICENCE", licence) for licence in source.licences if licence)
    if source.selection:
        yield "SELECTION", source.selection
        yield "SELECTION_ID", source.selection_id
    if source.created:
        yield "CREATED", source.created
    if source.software:
        yield "SERVER_SOFTWARE", source.software


def info(name: str, value: str, text: str = "") -> str:
    """Return an INFO element."""
    return f"<INFO name={_attribute(name)} value={_attribute(value)}>{_text(text)}</INFO>\n"


def _time_system(cells: Sequence[Cell]) -> Iterator[str]:
    if any(cell.xtype == "timestamp" for cell in cells):
        yield f'<TIMESYS ID="{_TIME_SYSTEM}" timescale="UTC" refposition="UNKNOWN"/>\n'


def _fields(
    columns: Sequence[ColumnDescription], cells: Sequence[Cell], *, with_ids: bool
) -> Iterator[str]:
    # IDs are unique in a document, and the time system has one too.
    ids = unique((_TIME_SYSTEM, *xml_ids(columns)))[1:]
    for column, cell, name, id_ in zip(columns, cells, output_names(columns), ids, strict=True):
        attributes = {
            "ID": id_ if with_ids else "",
            "name": name,
            "datatype": cell.datatype,
            "arraysize": cell.arraysize,
            "xtype": cell.xtype,
            "unit": column.unit,
            "ucd": column.ucd,
            "ref": _TIME_SYSTEM if cell.xtype == "timestamp" else "",
        }
        said = "".join(f" {key}={_attribute(value)}" for key, value in attributes.items() if value)
        yield f"<FIELD{said}>\n"
        if column.description:
            yield f"<DESCRIPTION>{_text(column.description)}</DESCRIPTION>\n"
        if cell.null:
            yield f"<VALUES null={_attribute(cell.null)}/>\n"
        yield "</FIELD>\n"


def _attribute(value: str) -> str:
    return quoteattr(_ILLEGAL.sub("", value))


def _text(value: str) -> str:
    return escape(_ILLEGAL.sub("", value))

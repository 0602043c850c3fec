"""The schema of data files, with the columns' metadata; and types of descriptions."""

import pyarrow as pa

from ingest.columns import PlannedColumn, described_type
from ingest.describe import TableNotes
from ingest.plan import HEALPIX, RANDOM, TablePlan

HUB_DESCRIPTIONS = {
    HEALPIX: "HEALPix pixel of order 29, nested, of the ICRS position",
    RANDOM: "Uniform in [0, 2^31), for samples",
    "_row": "Number of the row in the input, from 0",
}


def table_schema(plan: TablePlan) -> pa.Schema:
    """Return the schema of the data files: fields carry unit, UCD and original name."""
    fields = [
        pa.field(column.name, column.type, metadata=_metadata(column)) for column in plan.columns
    ]
    hub = [
        pa.field(name, arrow, metadata={"description": HUB_DESCRIPTIONS[name]})
        for name, arrow in ((plan.order_column, pa.int64()), (RANDOM, pa.int32()))
    ]
    return pa.schema([*fields, *hub])


def _metadata(column: PlannedColumn) -> dict[str, str]:
    texts = {
        "original_name": column.original_name,
        "original_type": column.original_type,
        "unit": column.unit,
        "ucd": column.ucd,
        "description": column.description,
    }
    return {key: text for key, text in texts.items() if text}


def described_types(notes: TableNotes) -> dict[str, pa.DataType]:
    """Return the types that a description gives, by original name."""
    return {
        name: described_type(name, entry.type)
        for name, entry in notes.columns.items()
        if entry.type is not None
    }


def null_texts(notes: TableNotes) -> dict[str, tuple[str, ...]]:
    """Return the texts that mean null, by original name."""
    texts = {
        name: tuple(value for value in entry.null_values if isinstance(value, str))
        for name, entry in notes.columns.items()
    }
    return {name: values for name, values in texts.items() if values}

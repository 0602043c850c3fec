"""Column metadata of VOTable-in-Parquet files."""

import io
import warnings

import pyarrow as pa
from astropy.io.votable import parse
from astropy.io.votable.exceptions import VOWarning

from ingest.readers import SourceColumn

VOTABLE_KEY = b"IVOA.VOTable-Parquet.content"


def votable_columns(content: bytes) -> dict[str, SourceColumn]:
    """Return what a VOTable header says about columns, by name; empty for no content."""
    if not content:
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", VOWarning)
        fields = parse(io.BytesIO(content)).get_first_table().fields
    return {
        entry.name: SourceColumn(
            name=entry.name,
            type=pa.null(),
            unit="" if entry.unit is None else str(entry.unit),
            ucd=entry.ucd or "",
            description=str(entry.description or ""),
        )
        for entry in fields
    }

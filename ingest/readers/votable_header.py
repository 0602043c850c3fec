"""Column metadata of VOTable-in-Parquet files."""

import io
import warnings

import pyarrow as pa
from astropy.io.votable import parse
from astropy.io.votable.exceptions import VOTableSpecError, VOWarning

from ingest.readers import SourceColumn

VOTABLE_KEY = b"IVOA.VOTable-Parquet.content"


class UnreadableHeaderError(ValueError):
    """The VOTable header of a Parquet file is no VOTable with a table."""


def votable_columns(content: bytes) -> dict[str, SourceColumn]:
    """Return what a VOTable header says about columns, by name; empty for no content.

    Raises
    ------
    UnreadableHeaderError
    """
    if not content:
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", VOWarning)
        try:
            fields = parse(io.BytesIO(content)).get_first_table().fields
        except (ValueError, LookupError, TypeError, VOTableSpecError) as error:
            raise UnreadableHeaderError("The VOTable header cannot be read.") from error
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

"""What a FITS table does not keep."""

from collections.abc import Sequence

from hub.results.fits_facts import is_unsigned, is_written_as_text
from hub.results.losses import INTEGERS, types_among
from hub.results.names import ascii_names, renamed
from hub.tables.description import ColumnDescription
from hub.tables.types import arrow_type


def losses(columns: Sequence[ColumnDescription]) -> tuple[str, ...]:
    """Return what FITS does not keep of a table of these columns."""
    lists = [column for column in columns if column.type.endswith("[]")]
    as_text = [column for column in columns if is_written_as_text(column, arrow_type(column.type))]
    cells_as_text = [column for column in as_text if column not in lists]
    sentences = {
        "A null among floats becomes NaN, and cannot be told from one.": types_among(
            columns, "float", "double"
        ),
        "In text, null and empty become one, blanks at the end do not count, "
        "and a NUL ends it.": types_among(columns, "varchar"),
        "Text beyond ASCII is written as UTF-8, which not every reader expects.": types_among(
            columns, "varchar"
        ),
        "A null boolean is a zero byte, which many readers take for false.": types_among(
            columns, "boolean"
        ),
        "Of byte strings, null and empty become one.": types_among(columns, "binary"),
        "Times and dates are ISO 8601 text (UTC); null is empty text.": types_among(
            columns, "timestamp", "date"
        ),
        "Decimals are written as text, digit by digit; null is empty text.": types_among(
            cells_as_text, "decimal"
        ),
        "Integers of 8 bits are widened to 16: FITS has no signed byte.": types_among(
            columns, "tinyint"
        ),
        "Unsigned 64-bit integers are written as text if there are nulls among them.": any(
            is_unsigned(column, arrow_type(column.type)) for column in columns
        ),
        "Integers that use both ends of 64 bits and have nulls are written as text.": types_among(
            columns, "bigint"
        ),
        "Vectors of text, times, decimals or vectors are JSON text in one cell.": any(
            column in lists for column in as_text
        ),
        "Vectors of integers of varying length with nulls are JSON text in one cell.": types_among(
            lists, *INTEGERS
        ),
        "A null vector becomes an empty one, or one of nulls where all are of a length.": bool(
            lists
        ),
        "Vectors of one element are plain cells.": bool(lists),
        "Letters beyond ASCII in units and descriptions are replaced.": any(
            not f"{column.unit}{column.ucd}{column.description}".isascii() for column in columns
        ),
    }
    lost = [sentence for sentence, applies in sentences.items() if applies]
    return (*lost, *renamed(columns, ascii_names(columns)))

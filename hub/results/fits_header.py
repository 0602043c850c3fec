"""Headers of a FITS file with one binary table."""

import unicodedata
from collections.abc import Iterator, Sequence

from astropy.io import fits

from hub.results.fits_columns import FitsColumn
from hub.results.names import ascii_names, without_accents
from hub.tables.description import ColumnDescription
from hub.tables.stream import Provenance

_BLOCK = 2880
_UNITS = str.maketrans({"Å": "Angstrom", "\u212b": "Angstrom", "µ": "u", "μ": "u", "°": "deg"})
"""Taking accents off would make an ampere of an ångström."""


def primary_header() -> bytes:
    """Return the header of the empty first part that every FITS file begins with."""
    header = fits.Header()
    header["SIMPLE"] = (True, "FITS standard 4.0")
    header["BITPIX"] = 8
    header["NAXIS"] = 0
    header["EXTEND"] = True
    return _bytes(header)


def table_header(
    columns: Sequence[ColumnDescription],
    layouts: Sequence[FitsColumn],
    forms: Sequence[str],
    *,
    row_bytes: int,
    rows: int,
    heap_bytes: int,
    source: Provenance,
    truncated: bool,
) -> bytes:
    """Return the header of the table.

    Parameters
    ----------
    forms
        Values of TFORM.
    truncated
        Whether a row limit cut the result.
    """
    header = fits.Header()
    header["XTENSION"] = ("BINTABLE", "binary table")
    header["BITPIX"] = 8
    header["NAXIS"] = 2
    header["NAXIS1"] = (row_bytes, "bytes of a row")
    header["NAXIS2"] = (rows, "rows")
    header["PCOUNT"] = (heap_bytes, "bytes of the heap")
    header["GCOUNT"] = 1
    header["TFIELDS"] = (len(columns), "columns")
    for number, (column, layout, name, form) in enumerate(
        zip(columns, layouts, ascii_names(columns), forms, strict=True), start=1
    ):
        for keyword, value in _column_cards(column, layout, name, form):
            header[f"{keyword}{number}"] = value
    for keyword, value in _provenance_cards(source):
        header[keyword] = value
    header["TRUNCATE"] = (truncated, "whether a row limit cut rows off")
    return _bytes(header)


def padding(size: int) -> bytes:
    """Return the zeros that fill the last block after ``size`` bytes of data."""
    return bytes(-size % _BLOCK)


def escaped(text: str) -> str:
    r"""Return text in printable ASCII, other letters as ``\uXXXX``: nothing is lost."""
    spaced = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in text)
    return spaced.encode("ascii", "backslashreplace").decode("ascii")


def plain_text(text: str) -> str:
    """Return text for people in printable ASCII: accents are taken off."""
    return escaped(without_accents(text))


def plain_unit(unit: str) -> str:
    """Return a unit in printable ASCII: letters that stand for units by their FITS names."""
    return plain_text(unit.translate(_UNITS))


def _column_cards(
    column: ColumnDescription, layout: FitsColumn, name: str, form: str
) -> Iterator[tuple[str, str | int]]:
    yield "TTYPE", name
    yield "TFORM", form
    if layout.null is not None:
        yield "TNULL", layout.null
    if layout.zero is not None:
        yield "TSCAL", 1
        yield "TZERO", layout.zero
    if layout.dimensions:
        yield "TDIM", layout.dimensions
    comment = "; ".join(part for part in (column.description, layout.comment) if part)
    texts = {
        "TUNIT": plain_unit(column.unit),
        "TUCD": plain_text(column.ucd),
        "TCOMM": plain_text(comment),
    }
    yield from ((keyword, text) for keyword, text in texts.items() if text)


def _provenance_cards(source: Provenance) -> Iterator[tuple[str, str]]:
    facts = {
        "TIMESYS": "UTC",
        "CATALOG": "; ".join(source.catalogs),
        "CITATION": plain_text("; ".join(source.citations)),
        "LICENCE": plain_text("; ".join(source.licences)),
        "QUERY": escaped(source.query),
        "SELECT": escaped(source.selection),
        "SELID": source.selection_id,
        "DATE": source.created.removesuffix("Z").removesuffix("+00:00"),
        "CREATOR": source.software,
    }
    for keyword, value in facts.items():
        if value:
            yield keyword, escaped(value)


def _bytes(header: fits.Header) -> bytes:
    text: str = header.tostring(sep="", endcard=True, padding=True)
    return text.encode("ascii")

"""Headers of a FITS file with one binary table."""

import unicodedata
from collections.abc import Iterator, Sequence

from hub.results.fits_cards import BLOCK, Value, header_bytes
from hub.results.fits_columns import FitsColumn
from hub.results.names import ascii_names, without_accents
from hub.tables.description import ColumnDescription
from hub.tables.stream import Provenance

_UNITS = str.maketrans({"Å": "Angstrom", "\u212b": "Angstrom", "µ": "u", "μ": "u", "°": "deg"})
"""Taking accents off would make an ampere of an ångström."""


def primary_header() -> bytes:
    """Return the header of the empty first part that every FITS file begins with."""
    return header_bytes((("SIMPLE", True), ("BITPIX", 8), ("NAXIS", 0), ("EXTEND", True)))


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
    cards: list[tuple[str, Value]] = [
        ("XTENSION", "BINTABLE"),
        ("BITPIX", 8),
        ("NAXIS", 2),
        ("NAXIS1", row_bytes),
        ("NAXIS2", rows),
        ("PCOUNT", heap_bytes),
        ("GCOUNT", 1),
        ("TFIELDS", len(columns)),
    ]
    for number, (column, layout, name, form) in enumerate(
        zip(columns, layouts, ascii_names(columns), forms, strict=True), start=1
    ):
        found = _column_cards(column, layout, name, form)
        cards += [(f"{keyword}{number}", value) for keyword, value in found]
    cards += _provenance_cards(source)
    return header_bytes([*cards, ("TRUNCATE", truncated)])


def padding(size: int) -> bytes:
    """Return the zeros that fill the last block after ``size`` bytes of data."""
    return bytes(-size % BLOCK)


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

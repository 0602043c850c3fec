"""How to cite a catalogue, as BibTeX."""

import re

from hub.tables.description import CatalogDescription

_DOI = re.compile(r"10\.\d{4,9}/[^\s;,]+")
_BIBCODE = re.compile(r"\b\d{4}[A-Za-z&.]{5}[\w.]{4}[A-Za-z.][\w.]{4}[A-Z]\b")
_SPECIAL = str.maketrans({"&": r"\&", "%": r"\%", "_": r"\_", "#": r"\#", "$": r"\$"})


def bibtex(catalog: CatalogDescription) -> str:
    """Return a BibTeX entry: the version read here, with the citation its authors ask for.

    An identifier (DOI, bibcode) found in the citation becomes a field of its own.
    """
    fields = {
        "title": f"{{{_escaped(catalog.title or catalog.catalog)}}}",
        "howpublished": _escaped(f"Catalogue {catalog.catalog}, version {catalog.version}"),
        "year": str(catalog.created.year),
    }
    if catalog.citation:
        fields["note"] = _escaped(catalog.citation)
    doi = _DOI.search(catalog.citation)
    bibcode = _BIBCODE.search(catalog.citation)
    if doi:
        fields["doi"] = doi[0].rstrip(".)")
    if bibcode:
        fields["adsbibcode"] = bibcode[0]
    key = re.sub(r"[^A-Za-z0-9]+", "_", f"{catalog.catalog}_{catalog.version}")
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@misc{{{key},\n{lines}\n}}"


def _escaped(text: str) -> str:
    return " ".join(text.translate(_SPECIAL).split())

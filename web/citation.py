"""How to cite a catalogue, as BibTeX."""

import re

from hub.tables.description import CatalogDescription

_DOI = re.compile(r"10\.\d{4,9}/[^\s;,]+")
_BIBCODE = re.compile(r"\b\d{4}[A-Za-z&.]{5}[\w.]{4}[A-Za-z.][\w.]{4}[A-Z]\b")
_BLANK_LINES = re.compile(r"\n\s*\n")
_SPECIAL = str.maketrans({"&": r"\&", "%": r"\%", "_": r"\_", "#": r"\#", "$": r"\$"})


def is_bibtex(citation: str) -> bool:
    """Tell whether a citation is one or more BibTeX entries."""
    return citation.lstrip().startswith("@")


def bibtex(catalog: CatalogDescription) -> str:
    """Return what the authors ask to cite, where it is BibTeX, and an entry for this version.

    An identifier (DOI, bibcode) found in a plain citation becomes a field of its own.
    """
    fields = {
        "title": f"{{{_escaped(catalog.title or catalog.catalog)}}}",
        "howpublished": _escaped(f"Catalogue {catalog.catalog}, version {catalog.version}"),
        "year": str(catalog.created.year),
    }
    ready = is_bibtex(catalog.citation)
    if catalog.citation and not ready:
        fields |= _cited_fields(catalog.citation)
    key = re.sub(r"[^A-Za-z0-9]+", "_", f"{catalog.catalog}_{catalog.version}")
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    entry = f"@misc{{{key},\n{lines}\n}}"
    if not ready:
        return entry
    asked_for = _BLANK_LINES.sub("\n", catalog.citation.strip())
    return f"{asked_for}\n\n{entry}"


def _cited_fields(citation: str) -> dict[str, str]:
    fields = {"note": _escaped(citation)}
    doi = _DOI.search(citation)
    bibcode = _BIBCODE.search(citation)
    if doi:
        fields["doi"] = doi[0].rstrip(".)}")
    if bibcode:
        fields["adsbibcode"] = bibcode[0]
    return fields


def _escaped(text: str) -> str:
    return " ".join(text.translate(_SPECIAL).split())

"""The region that the form describes; each number is to blame for itself."""

import re
from typing import Any

from hub.sky.errors import SexagesimalError
from hub.sky.sexagesimal import parse_dec, parse_ra
from web.playground.fields import REGION_TEXTS, PlayFields
from web.playground.values import FieldError, Piece, csv_items, number

_WITH_FRAME = frozenset(kind for kind, names in REGION_TEXTS.items() if "frame" in names)
_NAMED_PARTS = 3
_SHOWN_LINES = 5
_SEXAGESIMAL = re.compile(r"\s*[+\-\u2212]?\d+\s*[:hd\u00b0\s].*\d.*", re.IGNORECASE | re.DOTALL)
"""Several numbers, as no plain number has; their own parser says what is wrong with them."""


def read_region(fields: PlayFields) -> tuple[Piece, dict[str, str]]:
    """Return the region as a selection has it, and what is wrong at which field."""
    reading = _RegionReading(fields)
    region: Piece = {"kind": reading.kind}
    match reading.kind:
        case "all":
            return {}, {}
        case "cone":
            region |= reading.numbers(lon="lon", lat="lat")
            region["radius_deg"] = reading.number("radius", "The radius")
        case "box":
            region |= reading.ends("lon") | reading.ends("lat")
        case "polygon":
            region["vertices_deg"] = reading.positions("vertices", named=False)
        case "targets":
            region["positions_deg"] = reading.positions("targets", named=True)
            region["radius_arcsec"] = reading.number("radius_arcsec", "The radius")
        case "name":
            region["name"] = reading.text("name", "Give the name of an object.")
            region["radius_deg"] = reading.number("radius", "The radius")
        case "moc":
            region["moc"] = reading.text("moc", "Give a MOC such as 4/0-15.")
        case other:
            reading.errors["region"] = f"There is no region of the kind “{other}”."
    if reading.is_galactic:
        region["frame"] = "galactic"
    return ({} if reading.errors else region), reading.errors


class _RegionReading:
    """Reads fields of a region and notes what is wrong."""

    def __init__(self, fields: PlayFields) -> None:
        self.fields = fields
        self.kind = fields["region"]
        self.is_galactic = fields["frame"] == "galactic" and self.kind in _WITH_FRAME
        self.errors: dict[str, str] = {}

    def key(self, axis: str) -> str:
        """Return the selection's name of ``lon`` or ``lat`` in this frame."""
        return axis if self.is_galactic else {"lon": "ra", "lat": "dec"}[axis]

    def words(self, axis: str) -> str:
        """Return the name of an axis for people."""
        icrs, galactic = {"lon": ("RA", "l"), "lat": ("Dec", "b")}[axis]
        return galactic if self.is_galactic else icrs

    def number(self, name: str, what: str) -> int | float:
        """Return the number in a field."""
        try:
            return number(self.fields[name], what)
        except FieldError as error:
            self.errors[name] = str(error)
            return 0

    def angle(self, axis: str, text: str, what: str) -> int | float:
        """Return degrees of ``lon`` or ``lat``; RA and Dec may be sexagesimal.

        Raises
        ------
        FieldError
        """
        if self.is_galactic or not _SEXAGESIMAL.fullmatch(text):
            return number(text, what)
        try:
            return parse_ra(text) if axis == "lon" else parse_dec(text)
        except SexagesimalError as error:
            raise FieldError(error.message) from None

    def degrees(self, axis: str, name: str, what: str) -> int | float:
        """Return the angle in a field."""
        try:
            return self.angle(axis, self.fields[name], what)
        except FieldError as error:
            self.errors[name] = str(error)
            return 0

    def text(self, name: str, without: str) -> str:
        """Return the text in a field that must not be empty."""
        if not self.fields[name]:
            self.errors[name] = without
        return self.fields[name]

    def numbers(self, **axes: str) -> Piece:
        """Return a position."""
        return {
            f"{self.key(axis)}_deg": self.degrees(axis, name, self.words(axis))
            for axis, name in axes.items()
        }

    def ends(self, axis: str) -> Piece:
        """Return both ends of one side of a box."""
        return {
            f"{self.key(axis)}_{end}_deg": self.degrees(
                axis, f"{axis}_{end}", f"The {word} {self.words(axis)}"
            )
            for end, word in (("min", "smallest"), ("max", "largest"))
        }

    def positions(self, name: str, *, named: bool) -> list[Any]:
        """Return positions, one on a line: ``lon lat`` or, where named, ``name, lon, lat``."""
        found, wrong = [], []
        for line, content in enumerate(self.fields[name].splitlines(), start=1):
            if not content.strip():
                continue
            try:
                found.append(self._position(content, named=named))
            except FieldError as error:
                wrong.append(f"Line {line}: {error}")
        if not wrong:
            wrong = _wrong_list(found)
        if wrong:
            more = f" And {len(wrong) - _SHOWN_LINES} more." if len(wrong) > _SHOWN_LINES else ""
            self.errors[name] = " ".join(wrong[:_SHOWN_LINES]) + more
        return found

    def _position(self, content: str, *, named: bool) -> Any:
        parts = [part.strip() for part in csv_items(content)]
        parts = content.split() if len(parts) == 1 else parts
        if len(parts) != 2 and not (named and len(parts) == _NAMED_PARTS):
            form = "“name, longitude, latitude” or " if named else ""
            raise FieldError(f"not {form}“longitude latitude”, but “{content.strip()[:60]}”.")
        lon = self.angle("lon", parts[-2], self.words("lon"))
        lat = self.angle("lat", parts[-1], self.words("lat"))
        if len(parts) == 2:
            return [lon, lat]
        return {"name": parts[0], f"{self.key('lon')}_deg": lon, f"{self.key('lat')}_deg": lat}


def _wrong_list(found: list[Any]) -> list[str]:
    """Return what is wrong with a list of positions each of which is right."""
    if not found:
        return ["Give at least one position, one on a line."]
    if len({isinstance(item, dict) for item in found}) > 1:
        return ["Give a name on every line, or on none."]
    return []

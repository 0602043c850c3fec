"""Which columns hold the position: as asked, by UCD, by usual names, else an error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from hub.errors import UsageError
from ingest.angles import degrees_per_unit
from ingest.columns import PlannedColumn, find_column

ICRS = "icrs"
GALACTIC = "galactic"

_NAMES = {
    ICRS: (
        ("ra", "dec"),
        ("ra_icrs", "dec_icrs"),
        ("ra_icrs", "de_icrs"),
        ("raj2000", "dej2000"),
        ("raj2000", "decj2000"),
        ("_raj2000", "_dej2000"),
        ("_ra", "_dec"),
        ("_ra", "_de"),
        ("_ra_icrs", "_de_icrs"),
        ("ra_j2000", "dec_j2000"),
        ("ra2000", "dec2000"),
        ("ra_deg", "dec_deg"),
        ("radeg", "dedeg"),
        ("radeg", "decdeg"),
        ("rarad", "derad"),
        ("rarad", "decrad"),
        ("ra", "de"),
        ("alpha", "delta"),
        ("alpha_j2000", "delta_j2000"),
        ("alphawin_j2000", "deltawin_j2000"),
        ("right_ascension", "declination"),
        ("ramean", "decmean"),
        ("ra_mean", "dec_mean"),
        ("coord_ra", "coord_dec"),
        ("s_ra", "s_dec"),
    ),
    GALACTIC: (("glon", "glat"), ("l", "b"), ("_glon", "_glat"), ("gal_lon", "gal_lat")),
}
_VAGUE = frozenset({"l", "b", "alpha", "delta"})
"""Names that alone say too little to be taken for half a position."""

_UCDS = {
    ICRS: (("pos.eq.ra", "pos_eq_ra"), ("pos.eq.dec", "pos_eq_dec")),
    GALACTIC: (("pos.galactic.lon", "pos_gal_lon"), ("pos.galactic.lat", "pos_gal_lat")),
}
_HINT = "Name the columns with --ra and --dec (and --frame galactic for Galactic ones)."


class PositionError(UsageError):
    """The position columns cannot be told from the others, or cannot be used."""


@dataclass(frozen=True, kw_only=True)
class PositionPlan:
    """How to get the position of a row."""

    lon: PlannedColumn
    lat: PlannedColumn
    frame: str
    lon_factor: float
    """Degrees in a unit of the column; for texts, in a unit of their first part."""

    lat_factor: float

    @property
    def is_direct(self) -> bool:
        """Tell whether the columns hold ICRS degrees already."""
        has_texts = pa.types.is_string(self.lon.type) or pa.types.is_string(self.lat.type)
        factors = self.lon_factor == self.lat_factor == 1.0
        return self.frame == ICRS and factors and not has_texts


def find_position(
    columns: Sequence[PlannedColumn], ra: str | None, dec: str | None, frame: str | None
) -> PositionPlan | None:
    """Return the position columns, or null when nothing looks like a position.

    Parameters
    ----------
    columns
        Columns of the table.
    ra, dec
        Names (original or safe) that were asked for; both or none.
    frame
        ``icrs``, ``galactic``, or null: then ICRS columns are looked for first.

    Raises
    ------
    PositionError
        Columns are missing, ambiguous, or of a type or unit that is no angle.
    """
    if ra is not None and dec is not None:
        return _plan(find_column(columns, ra), find_column(columns, dec), frame or ICRS)
    for candidate in (frame,) if frame else (ICRS, GALACTIC):
        found = _by_ucd(columns, candidate) or _by_name(columns, candidate, strict=frame is None)
        if found:
            return _plan(*found, candidate)
    hints = _hints(columns)
    if hints or frame is not None:
        about = f": {', '.join(hints)} could belong to it" if hints else ""
        raise PositionError(f"No pair of position columns was found{about}.", hint=_HINT)
    return None


def _by_ucd(
    columns: Sequence[PlannedColumn], frame: str
) -> tuple[PlannedColumn, PlannedColumn] | None:
    pair: list[PlannedColumn] = []
    for roots in _UCDS[frame]:
        marked = [column for column in columns if _ucd_root(column) in roots]
        main = [column for column in marked if _is_main(column)]
        best = main or marked
        if len(main) > 1:
            names = ", ".join(column.original_name for column in main)
            raise PositionError(
                f"Several columns have the UCD of the main position: {names}.", hint=_HINT
            )
        if len(best) != 1:
            return None
        pair.append(best[0])
    return pair[0], pair[1]


def _ucd_root(column: PlannedColumn) -> str:
    return column.ucd.lower().split(";")[0].strip().removesuffix("_main")


def _is_main(column: PlannedColumn) -> bool:
    ucd = column.ucd.lower()
    return "meta.main" in ucd or ucd.endswith("_main")


def _by_name(
    columns: Sequence[PlannedColumn], frame: str, *, strict: bool
) -> tuple[PlannedColumn, PlannedColumn] | None:
    by_name: Mapping[str, PlannedColumn] = {
        column.original_name.strip().lower(): column for column in columns
    }
    for lon, lat in _NAMES[frame]:
        # Alone, l and b say too little to be taken for a position.
        if lon in by_name and lat in by_name and not (strict and lon == "l"):
            return by_name[lon], by_name[lat]
    return None


def _hints(columns: Sequence[PlannedColumn]) -> list[str]:
    """Return the columns that look like half a position."""
    names = {name for pairs in _NAMES.values() for pair in pairs for name in pair} - _VAGUE
    roots = {root for pair in _UCDS.values() for variants in pair for root in variants}
    return [
        column.original_name
        for column in columns
        if column.original_name.strip().lower() in names or _ucd_root(column) in roots
    ]


def _plan(lon: PlannedColumn, lat: PlannedColumn, frame: str) -> PositionPlan:
    if lon is lat:
        raise PositionError(f"Column {lon.original_name} cannot be both ra and dec.", hint=_HINT)
    return PositionPlan(
        lon=lon,
        lat=lat,
        frame=frame,
        # Sexagesimal right ascensions are hours, unless the unit says degrees.
        lon_factor=_factor(lon, text=15.0 if frame == ICRS else 1.0),
        lat_factor=_factor(lat, text=1.0),
    )


def _factor(column: PlannedColumn, *, text: float) -> float:
    if pa.types.is_string(column.type):
        return 1.0 if column.unit.strip().lower() in {"deg", "degree", "degrees"} else text
    is_number = pa.types.is_floating(column.type) or pa.types.is_integer(column.type)
    if not (is_number or pa.types.is_decimal(column.type)):
        raise PositionError(
            f"Column {column.original_name} of type {column.type} cannot hold a coordinate.",
            hint=_HINT,
        )
    factor = degrees_per_unit(column.unit)
    if factor is None:
        raise PositionError(
            f"Column {column.original_name} has the unit {column.unit!r}, which is no angle.",
            hint="Give the right unit in the description (deg, rad, hourangle).",
        )
    return factor

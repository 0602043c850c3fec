"""Position columns → ICRS degrees: units, sexagesimal texts, Galactic frame."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from astropy import units as u
from astropy.coordinates import ICRS, CartesianRepresentation, Galactic, SkyCoord

FloatArray = npt.NDArray[np.float64]

_SEXAGESIMAL = (
    r"^\s*(?P<sign>[+−-]?)\s*(?P<first>\d{1,3})\s*[\s:hHdD°]\s*"
    r"(?P<minutes>\d{1,2})(?:\s*[\s:mM'′]\s*(?P<seconds>\d{1,2}(?:\.\d*)?))?"
    r"\s*(?:[sS\"″]|''|[mM'′])?\s*$"
)
_TEXT = pa.string()
_HOUR_UNITS = frozenset({"h", "hr", "hour", "hours", "hourangle", "h:m:s", "hms", '"h:m:s"'})


def degrees_per_unit(unit: str) -> float | None:
    """Return the degrees in one unit; 1 when the unit is empty, null when it is no angle."""
    if not unit.strip():
        return 1.0
    if unit.strip().lower() in _HOUR_UNITS:
        return 15.0
    try:
        return float(u.Unit(unit, parse_strict="silent").to(u.deg))
    except (u.UnitConversionError, ValueError, TypeError):
        return None


def numbers(column: pa.Array) -> FloatArray:
    """Return a column of numbers as float64, with NaN for null."""
    values = column.cast(pa.float64(), safe=False)
    if values.null_count:
        values = values.fill_null(float("nan"))
    return np.array(values.to_numpy(zero_copy_only=False))


def parse_coordinates(
    texts: pa.Array, degrees_per_first: float
) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """Return the degrees of texts such as ``-05 23 14.5``.

    Parameters
    ----------
    texts
        Sexagesimal numbers; plain ones (``83.63``) are degrees.
    degrees_per_first
        Degrees in a unit of the first part: 15 for hours.

    Returns
    -------
    values
        Float64; NaN for null, for blank texts and for those that are unreadable.
    unreadable
        Marks the texts that are neither blank nor sexagesimal nor a number.
    """
    trimmed = pc.utf8_trim_whitespace(texts.cast(_TEXT))
    parts = pc.extract_regex(trimmed, _SEXAGESIMAL)
    found = parts.is_valid().to_numpy(zero_copy_only=False)
    seconds = _part(parts, "seconds")
    minutes = _part(parts, "minutes")
    values = _part(parts, "first") + minutes / 60 + seconds / 3600
    negative = pc.is_in(parts.field("sign"), pa.array(["-", "−"]))
    values = np.where(negative.to_numpy(zero_copy_only=False), -values, values)
    # Beyond 60 it is no sexagesimal number, whatever its form.
    found &= (minutes < 60) & (seconds < 60)
    plain, is_plain = _plain_numbers(trimmed)
    values = np.where(found, values * degrees_per_first, plain)
    blank = pc.equal(pc.fill_null(trimmed, ""), "").to_numpy(zero_copy_only=False)
    return values, ~(found | is_plain | blank)


def _part(parts: pa.StructArray, name: str) -> FloatArray:
    texts = pc.struct_field(parts, name)
    filled = pc.if_else(pc.equal(pc.fill_null(texts, ""), ""), "0", texts)
    return np.array(filled.cast(pa.float64()).to_numpy(zero_copy_only=False))


_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"


def _plain_numbers(texts: pa.Array) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    is_plain = pc.fill_null(pc.match_substring_regex(texts, _NUMBER), False)
    values = pc.if_else(is_plain, texts, pa.scalar(None, _TEXT)).cast(pa.float64())
    return numbers(values), np.array(is_plain.to_numpy(zero_copy_only=False))


def wrap(ra_deg: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return right ascensions in [0, 360), in the same dtype; NaN and infinities stay."""
    finite = np.isfinite(ra_deg)
    wrapped: npt.NDArray[Any] = np.mod(ra_deg, 360, where=finite, out=ra_deg.copy())
    # A tiny negative value rounds up to the full circle.
    wrapped[wrapped >= 360] = np.where(finite[wrapped >= 360], 0, wrapped[wrapped >= 360])
    return wrapped


def _rotation() -> FloatArray:
    """Return the matrix from Galactic to ICRS unit vectors, as astropy defines the frames."""
    axes = CartesianRepresentation(np.eye(3))
    rotated = SkyCoord(axes, frame=Galactic()).transform_to(ICRS()).cartesian
    return np.array(rotated.xyz.value)


_GALACTIC_TO_ICRS = _rotation()


def galactic_to_icrs(l_deg: FloatArray, b_deg: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return ra in [0, 360) and dec of Galactic positions; all in degrees, NaN stays."""
    lon, lat = np.radians(l_deg), np.radians(b_deg)
    vectors = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    x, y, z = _GALACTIC_TO_ICRS @ vectors
    ra_deg = wrap(np.degrees(np.arctan2(y, x)))
    # atan2 keeps all digits near the poles, where arcsin loses half of them.
    return ra_deg, np.degrees(np.arctan2(z, np.hypot(x, y)))

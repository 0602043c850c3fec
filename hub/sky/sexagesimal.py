"""Sexagesimal angles, as people and catalogues write them → degrees."""

import re
from math import isfinite

from hub.sky.errors import SexagesimalError

_NUMBER = r"\d+(?:\.\d*)?|\.\d+"
_ANGLE = re.compile(
    r"\s*(?P<sign>[+\-−]?)\s*(?P<first>\d+)\s*(?:[:hd°]\s*|\s+)"
    rf"(?:(?P<minutes>{_NUMBER})\s*(?:[:m'′]\s*|\s+|$)(?:(?P<seconds>{_NUMBER})\s*(?:s|\"|″|'')?)?)?\s*",
    re.IGNORECASE,
)
_POSITION = re.compile(
    r"\s*(?P<ra>[^+\-−,]+?)\s*(?:,\s*|\s+(?=[+\-−\d])|(?=[+\-−]))(?P<dec>[+\-−]?\s*[^+\-−,]+)\s*"
)


def parse_ra(text: str) -> float:
    """Return a right ascension in degrees, from 0 to 360.

    Takes hours (``05:34:31.97``, ``5h34m31.97s``, ``05 34 31.97``) or, when
    there is but one number, degrees (``83.63``).

    Raises
    ------
    SexagesimalError
        The text is no angle, or outside of 0 to 24 hours.
    """
    degrees = _plain(text)
    if degrees is None:
        degrees = _sexagesimal(text, "a right ascension such as 05:34:31.97") * 15.0
    if not 0.0 <= degrees <= 360.0:
        raise SexagesimalError(f"The right ascension {text.strip()} is not from 0 to 360 degrees.")
    return degrees


def parse_dec(text: str) -> float:
    """Return a declination in degrees, of ``+22:00:52.1``, ``22d00m52.1s`` or ``22.01447``.

    Raises
    ------
    SexagesimalError
        The text is no angle, or outside of -90 to 90 degrees.
    """
    degrees = _plain(text)
    if degrees is None:
        degrees = _sexagesimal(text, "a declination such as +22:00:52.1")
    if not -90.0 <= degrees <= 90.0:
        raise SexagesimalError(f"The declination {text.strip()} is not from -90 to 90 degrees.")
    return degrees


def parse_position(text: str) -> tuple[float, float]:
    """Return ra and dec in degrees of ``05:34:31.97 +22:00:52.1`` or ``83.63, 22.01``.

    The two are divided by a comma or by the sign of the declination; two plain
    numbers may also be divided by a blank.

    Raises
    ------
    SexagesimalError
        The text is no pair of angles.
    """
    parts = text.split(",") if "," in text else text.split()
    if len(parts) != 2:
        match = _POSITION.fullmatch(text)
        if match is None or match["dec"][0] not in "+-−":
            raise SexagesimalError(
                f"{text.strip()[:40]!r} is no position.",
                hint="Write '83.63, 22.01' in degrees or '05:34:31.97 +22:00:52.1'.",
            )
        parts = [match["ra"], match["dec"]]
    return parse_ra(parts[0]), parse_dec(parts[1])


def _plain(text: str) -> float | None:
    """Return the value of a text that is one number, else null."""
    try:
        value = float(text.strip().replace("−", "-"))
    except ValueError:
        return None
    return value if isfinite(value) else None


def _sexagesimal(text: str, wanted: str) -> float:
    match = _ANGLE.fullmatch(text)
    if match is None:
        raise SexagesimalError(f"{text.strip()[:40]!r} is not {wanted}.")
    minutes, seconds = float(match["minutes"] or 0), float(match["seconds"] or 0)
    # 60.0 seconds stand in catalogues whose writer rounded; more does not.
    if minutes >= 60.0 or seconds > 60.0:
        raise SexagesimalError(f"{text.strip()[:40]!r} has more than 60 minutes or seconds.")
    value = float(match["first"]) + minutes / 60.0 + seconds / 3600.0
    return -value if match["sign"] in ("-", "−") else value

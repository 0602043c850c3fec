"""Which way axes run by the field's habits: RA to the left, magnitudes downwards."""

from hub.explore.axes import Axis


def runs_left(axis: Axis) -> bool:
    """Tell whether the axis is a sky longitude, which increases to the left."""
    return _main_word(axis) in {"pos.eq.ra", "pos.galactic.lon", "pos.ecliptic.lon"}


def points_down(axis: Axis) -> bool:
    """Tell whether the axis is a magnitude: bright, which is small, belongs on top."""
    word = _main_word(axis)
    return word.startswith("phot.mag") or (axis.unit == "mag" and not word and bool(axis.column))


def is_sky(x: Axis, y: Axis) -> bool:
    """Tell whether two axes are longitude and latitude of the sky in degrees."""
    latitudes = {"pos.eq.dec", "pos.galactic.lat", "pos.ecliptic.lat"}
    linear = not x.log and not y.log
    degrees = x.unit == "deg" and y.unit == "deg"
    return linear and degrees and runs_left(x) and _main_word(y) in latitudes


def _main_word(axis: Axis) -> str:
    return axis.ucd.split(";")[0].strip().lower()

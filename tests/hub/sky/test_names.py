"""Names of objects and sexagesimal positions."""

import pytest
from astropy.coordinates import SkyCoord
from hypothesis import given
from hypothesis import strategies as st

from hub.sky.errors import SexagesimalError, UnknownNameError
from hub.sky.names import resolve_name
from hub.sky.sexagesimal import parse_dec, parse_position, parse_ra


@pytest.mark.parametrize(
    ("name", "ra", "dec"),
    [
        ("M1", 83.633, 22.014),
        ("m 31", 10.685, 41.269),
        ("Messier 87", 187.706, 12.391),
        ("NGC1952", 83.633, 22.014),
        ("ngc 0224", 10.685, 41.269),
        ("IC 1318", 305.557, 40.257),
        ("Crab Nebula", 83.633, 22.014),
        ("crab nebula", 83.633, 22.014),
        ("Crab", 83.633, 22.014),
        ("Coddington's Nebula", 157.098, 68.412),
    ],
)
def test_names_are_found_however_they_are_written(name, ra, dec):
    assert resolve_name(name) == pytest.approx((ra, dec), abs=1e-3)


def test_an_unknown_name_is_refused_with_near_ones():
    with pytest.raises(UnknownNameError) as caught:
        resolve_name("Crab Nebulla")
    assert "Crab Nebula" in caught.value.hint
    with pytest.raises(UnknownNameError, match="No object called qwertzuiop"):
        resolve_name("qwertzuiop")
    with pytest.raises(UnknownNameError):
        resolve_name("  ")


@pytest.mark.parametrize(
    "text",
    [
        "05:34:31.97 +22:00:52.1",
        "05:34:31.97, 22:00:52.1",
        "5h34m31.97s 22d00m52.1s",
        "05 34 31.97 +22 00 52.1",
        "05:34:31.97+22:00:52.1",
        "83.6332083333, 22.0144722222",
        "83.6332083333 22.0144722222",
    ],
)
def test_positions_are_read_however_they_are_written(text):
    assert parse_position(text) == pytest.approx((83.63320833, 22.01447222), abs=1e-7)


@given(st.floats(0, 359.99), st.floats(-89.99, 89.99))
def test_what_astropy_writes_is_read_back(ra, dec):
    position = SkyCoord(ra, dec, unit="deg")
    for style in ("hmsdms", "dms"):
        text = position.to_string(style, precision=6)
        if style == "hmsdms":
            assert parse_position(text) == pytest.approx((ra, dec), abs=1e-8)
        else:
            assert parse_dec(text.split()[1]) == pytest.approx(dec, abs=1e-8)


def test_a_small_negative_declination_keeps_its_sign():
    assert parse_dec("-00:00:01") == pytest.approx(-1 / 3600)
    assert parse_dec("−0 30 0") == pytest.approx(-0.5)


@pytest.mark.parametrize(
    ("read", "text", "message"),
    [
        (parse_ra, "25:00:00", "not from 0 to 360"),
        (parse_ra, "-1:00:00", "not from 0 to 360"),
        (parse_ra, "5:61:00", "more than 60"),
        (parse_ra, "nan", "is not a right ascension"),
        (parse_ra, "", "is not a right ascension"),
        (parse_dec, "91", "not from -90 to 90"),
        (parse_dec, "up", "is not a declination"),
        (parse_position, "1 2 3 4 5 6", "is no position"),
        (parse_position, "", "is no position"),
        (parse_position, "M31", "is no position"),
    ],
)
def test_what_is_no_angle_is_refused(read, text, message):
    with pytest.raises(SexagesimalError, match=message):
        read(text)

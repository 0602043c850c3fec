"""Facts of the Hipparcos table, against what is known of its stars."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord

from ingest.demo.hipparcos import read_hipparcos


@pytest.fixture(scope="module")
def stars() -> pa.Table:
    return read_hipparcos()


def star(stars: pa.Table, hip: int) -> dict[str, object]:
    return stars.filter(pc.equal(stars["HIP"], hip)).to_pylist()[0]


def test_every_star_of_the_catalogue_is_there_once(stars):
    assert stars.num_rows == 117_955
    assert pc.count_distinct(stars["HIP"]).as_py() == 117_955


# ICRS J2000 positions, parallaxes and proper motions as SIMBAD lists them.
@pytest.mark.parametrize(
    ("hip", "icrs", "parallax", "motion"),
    [
        (32349, "06h45m08.917s -16d42m58.02s", 379.21, (-546.01, -1223.07)),  # Sirius
        (91262, "18h36m56.336s +38d47m01.28s", 130.23, (200.94, 286.23)),  # Vega
        (87937, "17h57m48.498s +04d41m36.11s", 548.31, (-798.58, 10328.12)),  # Barnard's star
        (11767, "02h31m49.095s +89d15m50.79s", 7.54, (44.48, -11.85)),  # Polaris
    ],
)
def test_known_stars_are_where_they_are(stars, hip, icrs, parallax, motion):
    row = star(stars, hip)
    cos_dec = np.cos(np.radians(row["dec"]))
    years = 2000.0 - 1991.25
    moved = SkyCoord(
        (row["ra"] + years * row["pmRA"] / 3.6e6 / cos_dec) * u.deg,
        (row["dec"] + years * row["pmDE"] / 3.6e6) * u.deg,
    )
    assert moved.separation(SkyCoord(icrs)).arcsec < 0.2
    assert row["Plx"] == pytest.approx(parallax, abs=0.02)
    assert (row["pmRA"], row["pmDE"]) == pytest.approx(motion, abs=0.02)


def test_sirius_is_the_brightest(stars):
    assert stars["HIP"][pc.index(stars["Hpmag"], pc.min(stars["Hpmag"])).as_py()].as_py() == 32349


def test_colours_are_null_only_where_the_file_writes_three_zeros(stars):
    assert stars["B-V"].null_count == stars["V-I"].null_count == stars["e_B-V"].null_count == 1143
    zero = stars.filter(pc.equal(stars["V-I"], 0.0))
    assert zero.num_rows == 1758 - 1143
    assert pc.max(pc.abs(zero["B-V"])).as_py() < 0.13


def test_the_weight_matrix_has_fifteen_elements_and_a_positive_diagonal(stars):
    weights = stars["UW"].combine_chunks()
    assert weights.type == pa.list_(pa.float32(), 15)
    first = np.asarray(weights.flatten()).reshape(-1, 15)[0]
    assert first[:4] == pytest.approx([1.19, -0.71, 1.00, -0.02])

"""Facts of the OpenNGC table."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from astropy.coordinates import SkyCoord

from ingest.demo.openngc import read_openngc


@pytest.fixture(scope="module")
def objects() -> pa.Table:
    return read_openngc()


def test_every_entry_is_there_once(objects):
    assert objects.num_rows == 14_033
    assert pc.count_distinct(objects["name"]).as_py() == 14_033


@pytest.mark.parametrize(
    ("name", "icrs", "messier"),
    [
        ("NGC0224", "00h42m44.33s +41d16m07.5s", "031"),
        ("NGC1952", "05h34m31.9s +22d00m52s", "001"),
        ("NGC5139", "13h26m47.3s -47d28m46s", None),
    ],
)
def test_known_objects_are_where_they_are(objects, name, icrs, messier):
    row = objects.filter(pc.equal(objects["name"], name)).to_pylist()[0]
    here = SkyCoord(row["ra"], row["dec"], unit="deg")
    assert here.separation(SkyCoord(icrs)).arcmin < 0.5
    assert row["messier"] == messier


def test_only_entries_that_do_not_exist_have_no_position(objects):
    lost = objects.filter(pc.is_null(objects["ra"]))
    assert lost.num_rows == 7
    assert set(lost["type"].to_pylist()) == {"NonEx"}
    assert lost["dec"].null_count == 7


def test_no_text_is_empty(objects):
    for name in objects.column_names:
        if pa.types.is_string(objects[name].type):
            assert not pc.any(pc.equal(objects[name], "")).as_py(), name


def test_galaxies_have_redshifts_and_the_andromeda_galaxy_comes_nearer(objects):
    andromeda = objects.filter(pc.equal(objects["name"], "NGC0224")).to_pylist()[0]
    assert andromeda["radvel"] == -300
    assert andromeda["redshift"] == pytest.approx(-0.001)
    galaxies = objects.filter(pc.equal(objects["type"], "G"))
    assert galaxies["redshift"].null_count < 0.1 * galaxies.num_rows

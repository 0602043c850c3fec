"""Which columns are the position, and how other forms become ICRS degrees."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy import units as u
from astropy.coordinates import Angle, SkyCoord
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import UsageError
from ingest.angles import degrees_per_unit, galactic_to_icrs, parse_coordinates, wrap
from ingest.describe import notes_from
from ingest.find_position import PositionError
from ingest.prepare import BadValueError


def write(tmp_path, columns, metadata=None, name="t.parquet"):
    table = pa.table(columns)
    for column, entries in (metadata or {}).items():
        index = table.schema.get_field_index(column)
        table = table.cast(
            table.schema.set(index, table.schema.field(index).with_metadata(entries))
        )
    pq.write_table(table, tmp_path / name)
    return tmp_path / name


RNG = np.random.default_rng(3)
LON = RNG.uniform(0, 360, 500)
LAT = np.degrees(np.arcsin(RNG.uniform(-1, 1, 500)))


@pytest.mark.parametrize(
    "names",
    [
        ("RA", "DEC"),
        ("RAJ2000", "DEJ2000"),
        ("_RAJ2000", "_DEJ2000"),
        ("ra_icrs", "de_icrs"),
        ("alpha", "delta"),
    ],
)
def test_usual_names_are_found(hub, tmp_path, names):
    done = hub.ingest(write(tmp_path, {names[0]: [1.0], names[1]: [2.0]}))
    position = done.table.position
    assert done.column(position.ra) == [1.0]
    assert done.column(position.dec) == [2.0]
    assert done.table.column(position.ra).ucd == "pos.eq.ra;meta.main"


def test_the_main_position_by_ucd_wins_over_names(hub, tmp_path):
    columns = {"ra": [1.0], "dec": [2.0], "x": [3.0], "y": [4.0]}
    ucds = {"x": {"ucd": "pos.eq.ra;meta.main"}, "y": {"ucd": "pos.eq.dec;meta.main"}}
    done = hub.ingest(write(tmp_path, columns, ucds))
    assert (done.table.position.ra, done.table.position.dec) == ("x", "y")


def test_asked_for_columns_win_over_all(hub, tmp_path):
    path = write(tmp_path, {"ra": [1.0], "dec": [2.0], "B Ra": [3.0], "b_de": [4.0]})
    done = hub.ingest(path, ra="B Ra", dec="b_de")
    assert (done.table.position.ra, done.table.position.dec) == ("b_ra", "b_de")
    described = hub.ingest(path, catalog="d", notes=notes_from({"ra": "B Ra", "dec": "b_de"}))
    assert described.table.position == done.table.position


def test_proper_motions_are_no_positions(hub, tmp_path):
    metadata = {"a": {"ucd": "pos.pm;pos.eq.ra"}, "b": {"ucd": "pos.pm;pos.eq.dec"}}
    assert hub.ingest(write(tmp_path, {"a": [1.0], "b": [1.0]}, metadata)).table.position is None


@pytest.mark.parametrize("columns", [{"ra": [1.0], "x": [1.0]}, {"glat": [1.0], "x": [1.0]}])
def test_half_a_position_is_asked_for(hub, tmp_path, columns):
    with pytest.raises(PositionError, match=next(iter(columns))) as caught:
        hub.ingest(write(tmp_path, columns))
    assert "--ra" in caught.value.hint
    assert hub.is_empty()


def test_several_main_positions_are_ambiguous(hub, tmp_path):
    ucds = {name: {"ucd": "pos.eq.ra;meta.main"} for name in ("a", "b")}
    with pytest.raises(PositionError, match="a, b"):
        hub.ingest(write(tmp_path, {"a": [1.0], "b": [1.0], "dec": [1.0]}, ucds))


def test_unknown_columns_are_named_with_the_nearest(hub, tmp_path):
    with pytest.raises(UsageError, match="raa") as caught:
        hub.ingest(write(tmp_path, {"ra": [1.0], "dec": [1.0]}), ra="raa", dec="dec")
    assert "ra" in caught.value.hint


def test_galactic_positions_equal_astropys(hub, tmp_path):
    path = write(tmp_path, {"l": LON, "b": LAT, "ra": np.zeros(500)})
    done = hub.ingest(path, frame="galactic")
    assert (done.table.position.ra, done.table.position.dec) == ("ra_icrs", "dec_icrs")
    rows = done.rows()
    expected = SkyCoord(
        rows.column("l").to_numpy() * u.deg, rows.column("b").to_numpy() * u.deg, frame="galactic"
    ).icrs
    found = SkyCoord(
        rows.column("ra_icrs").to_numpy() * u.deg, rows.column("dec_icrs").to_numpy() * u.deg
    )
    # Rounding of the rotation: 1e-13 of a radian is 20 nanoarcseconds.
    assert expected.separation(found).rad.max() < 1e-13


def test_galactic_columns_alone_are_used_and_said(hub, tmp_path):
    done = hub.ingest(write(tmp_path, {"GLON": LON, "GLAT": LAT}))
    assert (done.table.position.ra, done.table.position.dec) == ("ra", "dec")
    assert "GLON, GLAT (galactic)" in done.said


@given(lon=st.floats(0, 360), lat=st.floats(-90, 90))
@settings(deadline=None)
def test_galactic_conversion_reaches_the_poles(lon, lat):
    ra, dec = galactic_to_icrs(np.array([lon]), np.array([lat]))
    expected = SkyCoord(lon * u.deg, lat * u.deg, frame="galactic").icrs
    assert 0 <= ra[0] < 360
    found = SkyCoord(ra[0] * u.deg, dec[0] * u.deg)
    assert found.separation(expected).rad < 1e-13


def test_sexagesimal_texts_are_converted(hub, tmp_path):
    coordinates = SkyCoord(LON * u.deg, LAT * u.deg)
    ra = coordinates.ra.to_string(u.hour, sep=":", precision=8)
    dec = coordinates.dec.to_string(u.deg, sep=" ", precision=7, alwayssign=True)
    done = hub.ingest(
        write(tmp_path, {"n": np.arange(500), "RA": ra.tolist(), "DEC": dec.tolist()})
    )
    rows = done.rows()
    place = rows.column("n").to_numpy()
    assert np.abs(rows.column("ra_icrs").to_numpy() - LON[place]).max() < 1e-10
    assert np.abs(rows.column("dec_icrs").to_numpy() - LAT[place]).max() < 1e-10
    assert done.table.column("ra").type == "varchar"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-00 30 00", -0.5),
        ("12h34m56.5s", Angle("12h34m56.5s").hour),
        ("+41°16′09″", 41 + 16 / 60 + 9 / 3600),
        ("5:30", 5.5),
        (" 10.25 ", 10.25),
        ("-1e-2", -0.01),
        ("12d30m", 12.5),
    ],
)
def test_forms_of_sexagesimal_texts(text, value):
    values, unreadable = parse_coordinates(pa.array([text]), 1.0)
    assert not unreadable[0]
    assert values[0] == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize("text", ["abc", "12:61:00", "12:00:60", "1 2 3 4", "--1", "12h"])
def test_other_texts_are_unreadable(text):
    assert parse_coordinates(pa.array([text]), 1.0)[1][0]


def test_blank_and_null_texts_have_no_position(hub, tmp_path):
    columns = {"ra": ["1 0 0", None, " "], "dec": ["2 0 0", "3 0 0", "4 0 0"]}
    assert hub.ingest(write(tmp_path, columns)).table.unplaced.rows == 2


def test_an_unreadable_text_is_named(hub, tmp_path):
    path = write(tmp_path, {"ra": ["1 0 0", "one"], "dec": ["2 0 0", "2 0 0"]})
    with pytest.raises(BadValueError, match="one") as caught:
        hub.ingest(path)
    assert caught.value.where == f"{path}, row 2, column ra"


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("", 1),
        ("deg", 1),
        ("rad", 180 / np.pi),
        ("hourangle", 15),
        ("h", 15),
        ("arcsec", 1 / 3600),
        ("mag", None),
    ],
)
def test_units_of_angles(unit, factor):
    assert degrees_per_unit(unit) == (None if factor is None else pytest.approx(factor))


def test_radians_are_converted(hub, tmp_path):
    units = {"RArad": {"unit": "rad"}, "DErad": {"unit": "rad"}}
    done = hub.ingest(write(tmp_path, {"RArad": [np.pi], "DErad": [-1.0]}, units))
    assert done.column("ra") == [180.0]
    assert done.column("dec")[0] == pytest.approx(np.degrees(-1.0))


def test_a_unit_that_is_no_angle_is_refused(hub, tmp_path):
    with pytest.raises(PositionError, match="mag"):
        hub.ingest(write(tmp_path, {"ra": [1.0], "dec": [1.0]}, {"dec": {"unit": "mag"}}))


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_right_ascension_is_brought_into_range_in_its_own_type(hub, tmp_path, dtype):
    ra = np.array([-10, 360, 370, -1e-15, 720.5, 359.5], dtype)
    done = hub.ingest(write(tmp_path, {"ra": ra, "dec": np.zeros(6, dtype)}))
    found = done.rows().column("ra")
    assert found.type == pa.from_numpy_dtype(np.dtype(dtype))
    assert sorted(found.to_pylist()) == [0.0, 0.0, 0.5, 10.0, 350.0, 359.5]


@given(st.floats(allow_nan=False, allow_infinity=False))
@settings(deadline=None)
def test_wrapping_ends_inside_the_range(value):
    assert 0 <= wrap(np.array([value]))[0] < 360


@pytest.mark.parametrize("dtype", ["i2", "i8", "u4"])
def test_whole_degrees_become_doubles(hub, tmp_path, dtype):
    done = hub.ingest(
        write(tmp_path, {"ra": np.array([1, 2], dtype), "dec": np.array([3, 4], dtype)})
    )
    assert done.table.column("ra").type == "double"


@pytest.mark.parametrize(
    ("value", "frame"), [(95.0, "icrs"), (-90.0000001, "icrs"), (95.0, "galactic")]
)
def test_a_declination_beyond_the_pole_is_refused_with_its_place(hub, tmp_path, value, frame):
    dec = np.zeros(5000)
    dec[4321] = value
    names = ("ra", "dec") if frame == "icrs" else ("l", "b")
    path = write(tmp_path, {names[0]: np.zeros(5000), names[1]: dec})
    with pytest.raises(BadValueError, match=str(value)) as caught:
        hub.ingest(path, frame=frame)
    assert caught.value.where == f"{path}, row 4322, column {names[1]}"
    assert hub.is_empty()


def test_rows_without_any_position_make_a_table_of_unplaced_rows(hub, tmp_path):
    nothing = pa.array([None, None], pa.float64())
    done = hub.ingest(write(tmp_path, {"ra": nothing, "dec": nothing, "x": [1, 2]}))
    assert done.table.partitions == ()
    assert sorted(done.column("x")) == [1, 2]


@pytest.mark.parametrize("bad", [None, float("nan"), float("inf"), float("-inf")])
def test_no_finite_position_is_no_place(hub, tmp_path, bad):
    path = write(tmp_path, {"ra": [1.0, bad, 3.0], "dec": [1.0, 2.0, 3.0], "n": [1, 2, 3]})
    done = hub.ingest(path)
    assert done.table.unplaced.rows == 1
    assert done.column("n")[2] == 2
    assert done.table.rows == 3


def test_plain_numbers_in_texts_are_degrees():
    values, unreadable = parse_coordinates(pa.array(["83.63", "1:00:00"]), 15.0)
    assert values.tolist() == [83.63, 15.0]
    assert not unreadable.any()


def test_unknown_frames_of_descriptions_are_refused(hub, tmp_path):
    path = write(tmp_path, {"ra": [1.0], "dec": [1.0]})
    with pytest.raises(UsageError, match="fk4"):
        hub.ingest(path, notes=notes_from({"frame": "fk4"}))


def test_a_margin_needs_positions(hub, tmp_path):
    with pytest.raises(UsageError, match="margin"):
        hub.ingest(write(tmp_path, {"x": [1.0]}), margin_arcsec=10.0)
    assert hub.is_empty()

"""Names, types, nulls and sentinels: what becomes of columns."""

import io
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io.votable import from_table
from astropy.table import Table
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.describe import notes_from
from ingest.names import safe_name, safe_names
from ingest.statistics import ColumnStatistics, column_statistics


@pytest.mark.parametrize(
    ("original", "safe"),
    [
        ("[Fe/H]", "fe_h"),
        ("select", "select"),
        ("B-V", "b_v"),
        ("2MASS", "c_2mass"),
        ("_RAJ2000", "x_raj2000"),
        ("_healpix_29", "x_healpix_29"),
        ("Npix", "x_npix"),
        ("Größe", "groe"),
        ("α", "column"),
        ("  Name ", "name"),
        ("a__b", "a__b"),
    ],
)
def test_safe_forms(original, safe):
    assert safe_name(original) == safe


@given(st.lists(st.text(min_size=1, max_size=8), unique_by=str.casefold, max_size=12))
@settings(deadline=None)
def test_safe_names_are_safe_and_all_different(originals):
    names = safe_names(originals, [None] * len(originals))
    assert len(set(names)) == len(names)
    assert all(name[0].isalpha() and name.isascii() and name == name.lower() for name in names)


def test_a_name_that_is_safe_already_is_kept_when_others_collide():
    assert safe_names(["[Fe/H]", "fe_h", "Fe H"], [None] * 3) == ["fe_h_2", "fe_h", "fe_h_3"]


def test_hub_columns_of_other_tables_do_not_meet_ours(hub, tmp_path):
    table = pa.table({"ra": [1.0], "dec": [2.0], "_healpix_29": [7], "Norder": [0]})
    pq.write_table(table, tmp_path / "h.parquet")
    done = hub.ingest(tmp_path / "h.parquet")
    assert done.column("x_healpix_29") == [7]
    assert done.table.column("x_norder").original_name == "Norder"


TYPES = {
    "u1": (pa.array([255], pa.uint8()), "smallint", 255),
    "u2": (pa.array([65535], pa.uint16()), "integer", 65535),
    "u4": (pa.array([2**32 - 1], pa.uint32()), "bigint", 2**32 - 1),
    "u8": (pa.array([2**63 - 1], pa.uint64()), "bigint", 2**63 - 1),
    "u8_wide": (pa.array([2**64 - 1], pa.uint64()), "decimal(20,0)", Decimal(2**64 - 1)),
    "f2": (pa.array([np.float16(1.5)], pa.float16()), "float", 1.5),
    "ns": (
        pa.array([1_600_000_000_123_456_789], pa.timestamp("ns")),
        "timestamp",
        datetime(2020, 9, 13, 12, 26, 40, 123456, UTC),
    ),
    "zone": (
        pa.array([0], pa.timestamp("s", tz="+02:00")),
        "timestamp",
        datetime(1970, 1, 1, tzinfo=UTC),
    ),
    "day": (pa.array([86_400_000], pa.date64()), "date", date(1970, 1, 2)),
    "lasting": (pa.array([timedelta(seconds=2)], pa.duration("ms")), "bigint", 2000),
    "clock": (pa.array([3_600_000_000], pa.time64("us")), "varchar", "01:00:00.000000"),
    "large": (pa.array(["é"], pa.large_string()), "varchar", "é"),
    "view": (pa.array(["v"], pa.string_view()), "varchar", "v"),
    "coded": (pa.array(["x"]).dictionary_encode(), "varchar", "x"),
    "raw": (pa.array([b"ab"], pa.binary(2)), "binary", b"ab"),
    "nothing": (pa.nulls(1), "varchar", None),
    "flag": (pa.array([True]), "boolean", True),
    "money": (pa.array([Decimal("1.25")], pa.decimal128(5, 2)), "decimal(5,2)", Decimal("1.25")),
    "list": (pa.array([[1, None]], pa.large_list(pa.uint8())), "smallint[]", [1, None]),
    "fixed": (pa.array([[1.0, 2.0]], pa.list_(pa.float16(), 2)), "float[]", [1.0, 2.0]),
    "gone": (pa.array([None], pa.list_(pa.float32(), 2)), "float[]", None),
}


def test_types_that_not_every_engine_reads_are_converted(hub, tmp_path):
    columns = {name: array for name, (array, _, _) in TYPES.items()}
    pq.write_table(pa.table({"ra": [1.0], "dec": [2.0], **columns}), tmp_path / "t.parquet")
    done = hub.ingest(tmp_path / "t.parquet")
    rows = done.rows()
    for name, (_, kind, value) in TYPES.items():
        assert done.table.column(name).type == kind, name
        assert rows.column(name).to_pylist() == [value], name
    assert done.table.column("fixed").vector_length == 2
    assert done.table.column("lasting").unit == "ms"
    assert done.table.column("u4").original_type == "uint32"
    assert done.table.column("large").original_type == ""
    for said in ("column u1: uint8 becomes int16", "nanoseconds are cut", "taken as UTC"):
        assert said in done.said


def test_records_are_taken_apart(hub, tmp_path):
    inner = pa.array([{"a": 1, "b": {"c": "x"}}, None])
    pq.write_table(pa.table({"r": inner}), tmp_path / "r.parquet")
    done = hub.ingest(tmp_path / "r.parquet")
    assert done.column("r_a") == [1, None]
    assert done.column("r_b_c") == ["x", None]


def test_null_values_of_the_description_become_null(hub, tmp_path):
    table = pa.table(
        {
            "ra": [1.0, -999.0],
            "dec": [2.0, -999.0],
            "mag": pa.array([99.99, 20.5], pa.float32()),
            "n": pa.array([-9, 1], pa.int16()),
            "name": ["none", "x"],
            "seen": pa.array([[1.0, -1.0], [-1.0, 2.0]], pa.list_(pa.float32(), 2)),
        }
    )
    pq.write_table(table, tmp_path / "n.parquet")
    values = {
        "ra": [-999],
        "dec": [-999],
        "mag": [99.99],
        "n": [-9, 10**6],
        "name": ["none"],
        "seen": [-1],
    }
    notes = notes_from({"columns": {name: {"null_values": v} for name, v in values.items()}})
    rows = hub.ingest(tmp_path / "n.parquet", notes=notes).rows()
    assert rows.column("ra").to_pylist() == [1.0, None]
    assert rows.column("mag").to_pylist() == [None, 20.5]
    assert rows.column("n").to_pylist() == [None, 1]
    assert rows.column("name").to_pylist() == [None, "x"]
    assert rows.column("seen").to_pylist() == [[1.0, None], [None, 2.0]]


def test_sentinels_are_pointed_out_when_the_description_is_silent(hub, tmp_path):
    table = pa.table(
        {
            "ra": np.zeros(100),
            "dec": np.zeros(100),
            "a": np.where(np.arange(100) < 20, -999.0, 15.0),
            "b": np.where(np.arange(100) < 5, np.float32(99.99), np.float32(20)).astype("f4"),
            "c": np.where(np.arange(100) < 5, -9999, 1),
            "d": np.arange(100) % 100,
            "e": np.linspace(0, 99, 100),
            "f": np.where(np.arange(100) < 5, -(2**63), 1),
            "g": np.where(np.arange(100) < 5, 1e30, 1.0),
        }
    )
    pq.write_table(table, tmp_path / "s.parquet")
    said = hub.ingest(tmp_path / "s.parquet").said
    assert "column a holds -999 20 times" in said
    assert "column b holds 99.99 5 times" in said
    assert "column c holds -9999 5 times" in said
    assert "column f holds -9223372036854775808 5 times" in said
    assert "column g holds 1e+30 5 times" in said
    assert "column d" not in said
    assert "column e" not in said


def test_nan_stays_nan_and_null_stays_null(hub, tmp_path):
    table = pa.table({"x": pa.array([float("nan"), None, 1.0]), "n": [1, 2, 3]})
    pq.write_table(table, tmp_path / "x.parquet")
    done = hub.ingest(tmp_path / "x.parquet")
    found = done.column("x")
    assert found[0] != found[0]
    assert found[1:] == [None, 1.0]
    column = done.table.column("x")
    assert (column.nulls, column.nans, column.minimum, column.maximum) == (1, 1, 1.0, 1.0)


@given(
    st.lists(st.none() | st.floats(width=32) | st.just(float("nan")), max_size=20),
    st.integers(0, 20),
)
@settings(deadline=None)
def test_statistics_add_up(values, cut):
    whole = column_statistics(pa.array(values, pa.float32(), from_pandas=False))
    parts = [
        column_statistics(pa.array(v, pa.float32(), from_pandas=False))
        for v in (values[:cut], values[cut:])
    ]
    assert parts[0] + parts[1] == whole == parts[1] + parts[0]
    numbers = [v for v in values if v is not None and v == v]
    assert whole.nulls == sum(v is None for v in values)
    assert whole.nans == len(values) - len(numbers) - whole.nulls
    if numbers:
        assert (whole.minimum, whole.maximum) == (min(numbers), max(numbers))
        assert whole.at_minimum == numbers.count(min(numbers))
    else:
        assert whole == ColumnStatistics(nulls=whole.nulls, nans=whole.nans)


def test_a_description_fills_in_what_the_file_lacks(hub, tmp_path):
    pq.write_table(pa.table({"RA": [1.0], "Dec": [2.0], "G": [3.0]}), tmp_path / "d.parquet")
    notes = notes_from(
        {
            "title": "T",
            "citation": "C",
            "licence": "L",
            "epoch": 2016,
            "key": "G1",
            "columns": {
                "G": {"name": "g_mag", "unit": "mag", "ucd": "phot.mag", "description": "d"}
            },
        }
        | {"key": "g_int"}
    )
    pq.write_table(
        pa.table({"RA": [1.0], "Dec": [2.0], "G": [3.0], "g_int": [5]}), tmp_path / "d.parquet"
    )
    done = hub.ingest(tmp_path / "d.parquet", notes=notes)
    column = done.table.column("g_mag")
    assert (column.original_name, column.unit, column.ucd) == ("G", "mag", "phot.mag")
    assert done.table.position.epoch == 2016.0
    assert done.table.key == "g_int"


def test_units_of_a_votable_header_are_read(hub, tmp_path):
    table = Table({"ra": [1.0], "dec": [2.0], "flux": [3.0]}, units={"flux": "Jy"})
    table["flux"].description = "how bright"
    header = io.BytesIO()
    from_table(table[:0]).to_xml(header)
    arrow = pa.table({"ra": [1.0], "dec": [2.0], "flux": [3.0]})
    arrow = arrow.replace_schema_metadata({"IVOA.VOTable-Parquet.content": header.getvalue()})
    pq.write_table(arrow, tmp_path / "v.parquet")
    column = hub.ingest(tmp_path / "v.parquet").table.column("flux")
    assert (column.unit, column.description) == ("Jy", "how bright")


@pytest.mark.parametrize("header", ["<VOTABLE><RES", "hello", "<VOTABLE></VOTABLE>"])
def test_a_damaged_votable_header_costs_units_but_no_rows(hub, tmp_path, header):
    arrow = pa.table({"ra": [1.0], "dec": [2.0]})
    arrow = arrow.replace_schema_metadata({"IVOA.VOTable-Parquet.content": header})
    pq.write_table(arrow, tmp_path / "v.parquet")
    made = hub.ingest(tmp_path / "v.parquet")
    assert made.table.rows == 1
    assert "v.parquet: its VOTable header is damaged" in made.said


def test_provenance_says_what_went_in_and_how(hub, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("ra,dec,x\n1,2,3\n,,4\n")
    done = hub.ingest(path)
    found = json.loads((done.folder / "provenance.json").read_text())
    assert found["inputs"][0]["bytes"] == path.stat().st_size
    assert len(found["inputs"][0]["sha256"]) == 64
    assert (found["rows"], found["unplaced"]) == (2, 1)
    assert found["versions"]["pyarrow"] == pa.__version__
    assert {column["name"]: column["type"] for column in found["columns"]}["x"] == "bigint"


@pytest.mark.parametrize("name", ["ids", "codes"])
def test_null_keys_fall_back_to_the_place_of_the_row(hub, tmp_path, name):
    table = pa.table({"ids": pa.array([7, None], pa.int32()), "codes": ["a", None]})
    pq.write_table(table, tmp_path / "k.parquet")
    randoms = hub.ingest(tmp_path / "k.parquet", key=name).column("_random")
    assert len(set(randoms)) == 2

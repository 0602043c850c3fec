"""A FITS file with everything that is awkward: in by one command, out in every format.

What a format can hold is equal cell by cell; of the rest there is a word on stderr.
"""

import csv
import json
import math
import warnings
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from astropy.io import fits
from astropy.io.votable import parse

ROWS = 400
NAMES = [
    *("ID", "RAJ2000", "DEJ2000", "[Fe/H]", "select", "u64", "u32", "u16"),
    *("scaled", "vec", "name", "flag"),
]
SQL_NAMES = [
    *("id", "raj2000", "dej2000", "fe_h", "select", "u64", "u32", "u16"),
    *("scaled", "vec", "name", "flag"),
]
TYPES = [
    *("bigint", "double", "double", "float", "integer", "decimal(20,0)", "bigint", "integer"),
    *("double", "float[]", "varchar", "boolean"),
]
FLOATS = ("RAJ2000", "DEJ2000", "[Fe/H]", "scaled")
Row = dict[str, object]


def _columns() -> dict[str, np.ndarray]:
    random = np.random.default_rng(1)
    numbers = np.arange(ROWS)
    ra, dec = np.linspace(-10, 370, ROWS), np.linspace(-90, 90, ROWS)
    ra[5], dec[7], ra[9] = np.nan, np.nan, np.inf
    metallicity = random.normal(size=ROWS).astype("f4")
    metallicity[[3, 4, 6]] = np.nan, np.inf, -np.inf
    select = numbers.astype("i4")
    select[::11] = -999
    wide = numbers.astype("u8")
    wide[[1, 2]] = 2**64 - 1, 2**63
    vectors = random.normal(size=(ROWS, 3)).astype("f4")
    vectors[8] = np.nan, np.inf, -np.inf
    texts = [f'étoile, "{row}"'.encode() if row % 3 else b"" for row in range(ROWS)]
    return {
        "ID": 2**60 + numbers * 7 + 1,
        "RAJ2000": ra,
        "DEJ2000": dec,
        "[Fe/H]": metallicity,
        "select": select,
        "u64": wide,
        "u32": (numbers + 2**31 + 5).astype("u4"),
        "u16": (65535 - numbers).astype("u2"),
        "scaled": numbers.astype("i2"),
        "vec": vectors,
        "name": np.array(texts, "S24"),
        "flag": numbers % 2 == 1,
    }


FORMS = ["K", "D", "D", "E", "J", "K", "J", "I", "I", "3E", "24A", "L"]
ZEROS = {"u64": 2**63, "u32": 2**31, "u16": 2**15}


def write_file(path: Path) -> None:
    made = [
        fits.Column(
            name,
            form,
            array=values,
            bzero=ZEROS.get(name),
            null=-999 if name == "select" else None,
            unit="deg" if "2000" in name else None,
        )
        for (name, values), form in zip(_columns().items(), FORMS, strict=True)
    ]
    table = fits.BinTableHDU.from_columns(made)
    # Into the header by hand: astropy would scale the values while it writes them.
    place = NAMES.index("scaled") + 1
    table.header[f"TSCAL{place}"] = 0.1
    table.header[f"TZERO{place}"] = 5.0
    table.header[f"TNULL{place}"] = 50
    table.writeto(path)


def expected_rows() -> dict[int, Row]:
    """The rows as a reader of the standard sees them, ra in [0, 360); by ID."""
    columns = _columns()
    finite = np.isfinite(columns["RAJ2000"])
    columns["RAJ2000"][finite] %= 360
    cells: dict[str, list[object]] = {name: columns[name].tolist() for name in NAMES}
    cells["select"] = [None if value == -999 else value for value in cells["select"]]
    stored = columns["scaled"]
    cells["scaled"] = [None if v == 50 else float(v * 0.1 + 5.0) for v in stored.astype(float)]
    cells["name"] = [text.decode() for text in columns["name"].tolist()]
    rows = [dict(zip(NAMES, row, strict=True)) for row in zip(*cells.values(), strict=True)]
    return {row["ID"]: row for row in rows}  # type: ignore[misc]


@pytest.fixture(scope="module")
def hub(demo, tmp_path_factory):
    """The demo's hub with one more catalog."""
    path = tmp_path_factory.mktemp("input") / "awkward.fits"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", fits.verify.VerifyWarning)
        write_file(path)
    answer = demo.run("ingest", "catalog", "awkward", "1.0", path, "--key", "ID")
    assert answer.status == 0, answer.err
    for said in ("u64: uint64 becomes decimal", "u32: uint32 becomes int64", "3 rows have no pos"):
        assert said in answer.err
    yield demo
    assert demo.run("catalogs", "remove", "awkward@1.0").status == 0


def written(hub, form: str) -> tuple[Path, str]:
    return hub.write("query", "SELECT * FROM awkward.main", form=form)


def same(left: object, right: object) -> bool:
    """Tell whether two cells are equal: type by type, NaN equal to NaN, -0 no 0."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, float) and isinstance(right, float):
        both_nan = math.isnan(left) and math.isnan(right)
        return both_nan or (left == right and math.copysign(1, left) == math.copysign(1, right))
    return type(left) is type(right) and left == right


def check(found: list[Row], changes: dict[str, object] | None = None) -> None:
    """Compare all cells; ``changes`` maps columns to what becomes of an expected cell."""
    expected = expected_rows()
    assert len(found) == ROWS
    for row in found:
        wanted = expected.pop(int(row["ID"]))  # type: ignore[call-overload]
        for name, change in (changes or {}).items():
            wanted[name] = change(wanted[name])  # type: ignore[operator]
        unequal = {n: (row[n], wanted[n]) for n in NAMES if not same(row[n], wanted[n])}
        assert not unequal, wanted["ID"]
    assert not expected


def nan_for_null(value: object) -> object:
    return math.nan if value is None else value


def test_names_types_and_units_are_told(hub):
    answer = hub.run("describe", "awkward", "--format", "json")
    (table,) = json.loads(answer.out)["tables"]
    visible = [column for column in table["columns"] if not column["name"].startswith("_")]
    assert [column["original_name"] for column in visible] == NAMES
    assert [column["name"] for column in visible] == SQL_NAMES
    assert [column["type"] for column in visible] == TYPES
    assert [column["unit"] for column in visible[1:3]] == ["deg", "deg"]
    assert table["position"]["ra"] == "raj2000"
    nulls = {column["name"]: column["nulls"] for column in visible}
    assert (nulls["select"], nulls["scaled"], nulls["fe_h"]) == (37, 1, 0)


def test_parquet_holds_every_cell(hub):
    path, said = written(hub, "parquet")
    assert said == ""
    rows = pq.ParquetFile(path).read()
    assert rows.column_names == NAMES
    check(rows.to_pylist(), {"u64": Decimal})


def test_fits_holds_all_but_the_nulls_of_floats(hub):
    path, said = written(hub, "fits")
    assert "A null among floats becomes NaN" in said
    assert "Text beyond ASCII is written as UTF-8" in said
    with warnings.catch_warnings(), fits.open(path) as hdus:
        warnings.simplefilter("ignore", fits.verify.VerifyWarning)
        table = hdus[1]
        assert table.columns.names == NAMES
        null = table.columns["select"].null
        # astropy takes all texts for ASCII, so these are looked at as bytes.
        texts = table.data.view(np.ndarray)["name"]
        cells = {name: table.data[name].tolist() for name in NAMES if name != "name"}
    cells["name"] = [text.decode() for text in texts.tolist()]
    cells["select"] = [None if value == null else value for value in cells["select"]]
    check(_rows(cells), {"scaled": nan_for_null})


def _rows(cells: dict[str, list[object]]) -> list[Row]:
    return [dict(zip(cells, row, strict=True)) for row in zip(*cells.values(), strict=True)]


def test_votable_holds_every_cell(hub):
    path, said = written(hub, "votable")
    assert "Decimals are written as text" in said
    table = parse(path).get_first_table()
    assert [field.name for field in table.fields] == NAMES
    cells = {}
    for field in table.fields:
        column = table.array[field.ID]
        values = [_plain(value) for value in np.ma.getdata(column)]
        if field.name not in (*FLOATS, "vec"):  # astropy masks every NaN
            missing = np.ma.getmaskarray(column)
            values = [None if gone else v for v, gone in zip(values, missing, strict=True)]
        cells[field.name] = values
    check(_rows(cells), {"u64": str, "scaled": nan_for_null})


def _plain(value: object) -> object:
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


def test_csv_holds_every_cell_as_text(hub):
    path, said = written(hub, "csv")
    assert "CSV has no types" in said
    with path.open(newline="", encoding="utf-8") as file:
        names, *lines = csv.reader(file)
    assert names == NAMES
    check([_from_csv(dict(zip(names, line, strict=True))) for line in lines])
    # The reader of the standard library cannot tell null from the empty text.
    assert ',"",' in path.read_text()


def _from_csv(line: dict[str, str]) -> Row:
    row: Row = {}
    for name, text in line.items():
        if name in FLOATS:
            number = np.float32(text) if name == "[Fe/H]" and text else text
            row[name] = float(number) if text else None
        elif name == "vec":
            row[name] = [float(np.float32(element)) for element in json.loads(text)]
        elif name == "flag":
            row[name] = {"true": True, "false": False}[text]
        elif name == "name":
            row[name] = text
        else:
            row[name] = int(text) if text else None
    return row


def test_json_lines_hold_every_cell(hub):
    path, said = written(hub, "jsonl")
    assert "NaN and infinities are the strings" in said
    assert "beyond ±2^53" in said
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        assert isinstance(row["ID"], str)
        row |= {name: int(row[name]) for name in ("ID", "u64")}
        row |= {name: float(row[name]) for name in FLOATS if row[name] is not None}
        row["[Fe/H]"] = float(np.float32(row["[Fe/H]"]))
        row["vec"] = [float(np.float32(element)) for element in row["vec"]]
    check(rows)


def test_values_can_be_asked_for_by_their_awkward_names(hub):
    count = "SELECT count(*) FROM awkward.main WHERE"
    for condition, rows in {
        "fe_h <> fe_h": 1,
        "fe_h > 1e30": 1,
        '"select" IS NULL': 37,
        f"id = {2**60 + 1}": 1,
        f"id > {2**60 + 7 * 399}": 1,
        f"u64 = {2**64 - 1}": 1,
        "raj2000 < 0 OR raj2000 >= 360": 1,
    }.items():
        assert hub.query(f"{count} {condition}").column(0).to_pylist() == [rows], condition

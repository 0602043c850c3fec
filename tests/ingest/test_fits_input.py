"""An awkward FITS file goes in; every cell is compared with what astropy reads."""

import gzip
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from astropy.io import fits

from ingest.readers import InputError
from ingest.readers.fits_columns import decode_texts

ROWS = 9

pytestmark = pytest.mark.filterwarnings(
    "ignore:It is strongly recommended that column names:astropy.io.fits.verify.VerifyWarning"
)


def awkward_columns() -> list[fits.Column]:
    big = 2**60
    ra = np.array([-10.0, 0.0, 370.0, 359.9, 45.0, np.nan, 12.0, np.inf, 180.0])
    dec = np.array([1.0, -90.0, 90.0, 0.0, 45.0, 3.0, np.nan, 4.0, -41.8])
    return [
        fits.Column("ID", "K", array=np.arange(ROWS) + big + 1),
        fits.Column("RA", "D", unit="deg", array=ra),
        fits.Column("DEC", "D", unit="deg", array=dec),
        fits.Column("[Fe/H]", "E", unit="dex", array=np.linspace(-2, 1, ROWS, dtype="f4")),
        fits.Column("select", "I", null=-1, array=np.array([1, -1, 3, 4, -1, 6, 7, 8, 9])),
        fits.Column("wide", "K", bzero=2**63, array=np.arange(ROWS, dtype="u8") + 2**63),
        fits.Column("narrow", "J", bzero=2**31, array=np.arange(ROWS, dtype="u4") + 2**31),
        fits.Column("half", "I", bzero=2**15, array=np.arange(ROWS, dtype="u2") + 40_000),
        fits.Column("tiny", "B", bzero=-128, array=np.arange(ROWS).astype("i1") - 100),
        fits.Column("byte", "B", array=np.arange(ROWS, dtype="u1") + 240),
        fits.Column("scaled", "I", array=np.arange(ROWS) - 3),
        fits.Column(
            "flux", "3E", unit="mJy", array=np.arange(3 * ROWS, dtype="f4").reshape(ROWS, 3)
        ),
        fits.Column(
            "name", "12A", array=["Vega", "", " a b ", "x", "y", "z", "12345678901", "q", "r"]
        ),
        fits.Column("flag", "L", array=np.arange(ROWS) % 2 == 0),
        fits.Column("bits", "10X", array=(np.arange(10 * ROWS).reshape(ROWS, 10) % 3 == 0)),
        fits.Column("vis", "C", array=(np.arange(ROWS) + 1j).astype("c8")),
    ]


@pytest.fixture
def awkward(tmp_path: Path) -> Path:
    table = fits.BinTableHDU.from_columns(awkward_columns(), name="STARS")
    table.header["TCOMM1"] = "identifier"
    table.header["TUCD4"] = "phys.abund.Fe"
    path = tmp_path / "awkward.fits"
    table.writeto(path)
    # Astropy cannot write whole numbers that are scaled: add the cards afterwards.
    for card, value in (("TSCAL11", 0.25), ("TZERO11", 10.5)):
        fits.setval(path, card, value=value, ext=1)
    raw = path.read_bytes()
    # Astropy writes ASCII only: put UTF-8 and Latin-1 bytes into two names.
    raw = raw.replace(b"x" + b"\0" * 11, "Ðé".encode() + b"\0" * 8, 1)
    raw = raw.replace(b"y" + b"\0" * 11, "é".encode("latin-1") + b"\0" * 11, 1)
    path.write_bytes(raw)
    return path


def test_every_cell_is_what_astropy_reads(hub, awkward):
    table = hub.ingest(awkward, key="ID").rows()
    with fits.open(awkward) as hdus:
        data = hdus[1].data
        place = np.array(table.column("id").to_pylist()) - 2**60 - 1
        assert sorted(place) == list(range(ROWS))
        for name in ("narrow", "half", "tiny", "byte", "scaled", "flag", "[Fe/H]"):
            ours = table.column({"[Fe/H]": "fe_h"}.get(name, name)).to_pylist()
            assert ours == data[name][place].tolist(), name
        assert [int(v) for v in table.column("wide").to_pylist()] == [
            int(v) for v in data["wide"][place]
        ]
        assert table.column("flux").to_pylist() == data["flux"][place].tolist()
        assert table.column("bits").to_pylist() == data["bits"][place].tolist()
        assert table.column("vis_real").to_pylist() == data["vis"][place].real.tolist()
        assert table.column("vis_imag").to_pylist() == data["vis"][place].imag.tolist()
        selected = [None if v == -1 else v for v in data["select"][place].tolist()]
        assert table.column("select").to_pylist() == selected


def test_texts_are_utf8_or_latin1_without_padding(hub, awkward):
    found = hub.ingest(awkward).rows()
    by_id = dict(zip(found.column("id").to_pylist(), found.column("name").to_pylist(), strict=True))
    assert [by_id[2**60 + 1 + row] for row in range(5)] == ["Vega", "", " a b", "Ðé", "é"]


def test_types_names_units_and_ucds_are_kept(hub, awkward):
    done = hub.ingest(awkward)
    table = done.table
    types = {column.original_name: column.type for column in table.visible_columns}
    assert types["wide"] == "decimal(20,0)"
    assert types["narrow"] == "bigint"
    assert types["half"] == "integer"
    assert types["byte"] == "smallint"
    assert types["tiny"] == "tinyint"
    assert types["scaled"] == "double"
    assert types["flux"] == "float[]"
    assert table.column("flux").vector_length == 3
    assert table.column("fe_h").unit == "dex"
    assert table.column("fe_h").ucd == "phys.abund.Fe"
    assert table.column("id").description == "identifier"
    assert table.column("wide").original_type == "uint64"
    assert "column wide: uint64 becomes decimal128(20, 0)" in done.said
    field = done.rows().schema.field("fe_h")
    assert field.metadata[b"original_name"] == b"[Fe/H]"
    assert field.metadata[b"unit"] == b"dex"


def test_positions_are_wrapped_and_rows_without_one_come_last(hub, awkward):
    done = hub.ingest(awkward)
    rows = done.rows()
    placed = rows.filter(pa.compute.is_valid(rows.column("_healpix_29")))
    assert sorted(placed.column("ra").to_pylist()) == [0.0, 10.0, 45.0, 180.0, 350.0, 359.9]
    assert done.table.unplaced is not None
    assert done.table.unplaced.rows == 3
    assert rows.column("_healpix_29").to_pylist()[-3:] == [None] * 3
    assert done.table.rows == ROWS


def test_statistics_skip_nan_and_count_nulls(hub, awkward):
    table = hub.ingest(awkward).table
    assert table.column("select").nulls == 2
    assert table.column("dec").nans == 1
    assert (table.column("dec").minimum, table.column("dec").maximum) == (-90.0, 90.0)
    assert table.column("id").minimum == 2**60 + 1
    assert table.column("name").maximum == "é"
    assert all(column.bytes for column in table.columns)


def test_a_packed_file_gives_the_same_rows(hub, awkward, tmp_path):
    packed = tmp_path / "awkward.fit.gz"
    packed.write_bytes(gzip.compress(awkward.read_bytes()))
    plain = hub.ingest(awkward, catalog="plain")
    other = hub.ingest(packed, catalog="packed")
    assert [path.read_bytes() for path in plain.files] == [
        path.read_bytes() for path in other.files
    ]


@pytest.mark.parametrize("packed", [False, True])
def test_a_truncated_file_is_refused_with_its_row(hub, awkward, tmp_path, packed):
    raw = awkward.read_bytes()
    width = fits.getheader(awkward, 1)["NAXIS1"]
    start = raw.index(b"XTENSION")
    start += (raw[start:].index(b"END     ") // 2880 + 1) * 2880
    cut = raw[: start + 4 * width + 5]
    path = tmp_path / ("cut.fits.gz" if packed else "cut.fits")
    path.write_bytes(gzip.compress(cut) if packed else cut)
    with pytest.raises(InputError, match="cut off") as caught:
        hub.ingest(path)
    assert str(path) in caught.value.where
    assert "row 5" in caught.value.where
    assert hub.is_empty()


def test_a_file_cut_inside_its_header_is_refused(hub, awkward, tmp_path):
    path = tmp_path / "cut.fits"
    path.write_bytes(awkward.read_bytes()[:3500])
    with pytest.raises(InputError, match=r"cut\.fits"):
        hub.ingest(path)


def test_a_broken_gzip_is_refused(hub, awkward, tmp_path):
    path = tmp_path / "cut.fits.gz"
    path.write_bytes(gzip.compress(awkward.read_bytes())[:-200])
    with pytest.raises(InputError, match=r"cut\.fits\.gz"):
        hub.ingest(path)
    assert hub.is_empty()


def test_variable_length_columns_are_refused_by_name(hub, tmp_path):
    column = fits.Column("spectrum", "PE()", array=np.array([[1.0], [1.0, 2.0]], dtype=object))
    fits.BinTableHDU.from_columns([column]).writeto(tmp_path / "v.fits")
    with pytest.raises(InputError, match="spectrum") as caught:
        hub.ingest(tmp_path / "v.fits")
    assert "remove_column('spectrum')" in caught.value.hint


def test_a_file_without_a_table_is_refused(hub, tmp_path):
    fits.PrimaryHDU(np.zeros((4, 4))).writeto(tmp_path / "image.fits")
    with pytest.raises(InputError, match="no binary table"):
        hub.ingest(tmp_path / "image.fits")


def test_texts_end_at_a_zero_byte_and_lose_blanks_behind():
    cells = np.frombuffer(b"ab\0d    \0\0\0\0 x  ", np.uint8).reshape(4, 4)
    assert decode_texts(cells).to_pylist() == ["ab", "", "", " x"]

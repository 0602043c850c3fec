import io
import json
import math
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from astropy.io import fits
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.results.elements import VectorLengthError
from hub.results.fits import TooManyColumnsError
from hub.results.fits_losses import losses
from hub.tables.description import ColumnDescription
from hub.tables.stream import Provenance

Written = Callable[..., bytes]
BLANKS = " \t\n\r\v\f"
"""What numpy takes off the end of text, whatever the file holds."""

pytestmark = pytest.mark.filterwarnings(
    "ignore:It is strongly recommended that column names",
    "ignore::astropy.io.fits.verify.VerifyWarning",
)


def open_table(data: bytes) -> fits.BinTableHDU:
    hdus = fits.open(io.BytesIO(data), logical_as_bytes=True, character_as_bytes=True, memmap=False)
    hdus.verify("exception")
    assert len(data) % 2880 == 0
    return hdus[1]


def column_cells(hdu: fits.BinTableHDU, number: int) -> list[object]:
    """Return a column's cells as Python values, TNULL and NaN as null."""
    column = hdu.columns[number]
    cells = hdu.data.field(number)
    return [plain(cell, column) for cell in cells]


def plain(cell: object, column: fits.Column) -> object:
    if isinstance(cell, bytes):
        return cell.decode() if "A" in column.format else logical(cell)
    if isinstance(cell, np.ndarray):
        return [plain(item, column) for item in cell.tolist()]
    item = cell.item() if isinstance(cell, np.generic) else cell
    if item == column.null or (isinstance(item, float) and math.isnan(item)):
        return None
    return item


def logical(cell: bytes) -> bool | None:
    return {b"T": True, b"F": False}.get(cell)


def expected(item: object) -> object:
    """Return what FITS can keep of a value; `losses` says the rest."""
    if isinstance(item, float) and math.isnan(item):
        return None
    if isinstance(item, str):
        return item.rstrip(BLANKS)
    if isinstance(item, list):
        return [expected(one) for one in item]
    return item


def value(item: object, arrow: pa.DataType) -> object:
    kinds = pa.types
    if kinds.is_binary(arrow):
        return bytes(item) or None
    if kinds.is_string(arrow) or item is None:
        return item
    if item == "":
        return None
    if kinds.is_integer(arrow):
        return int(str(item))
    if kinds.is_decimal(arrow):
        return Decimal(str(item))
    if kinds.is_date(arrow):
        return date.fromisoformat(str(item))
    if kinds.is_timestamp(arrow):
        moment = datetime.fromisoformat(str(item) + "+00:00")
        return moment if arrow.tz else moment.replace(tzinfo=None)
    if isinstance(item, str) and hasattr(arrow, "value_type"):
        return [int(one) if isinstance(one, str) and one.lstrip("-").isdigit()
                and pa.types.is_integer(arrow.value_type) else one
                for one in json.loads(item)]  # fmt: skip
    return item


def kept(truth: object, arrow: pa.DataType) -> object:
    if pa.types.is_string(arrow):
        return expected(truth or "")
    if pa.types.is_binary(arrow):
        return truth or None
    return (
        truth
        if hasattr(arrow, "value_type") and pa.types.is_string(arrow.value_type)
        else (expected(truth))
    )


def is_empty_vector(item: object) -> bool:
    return item is None or (isinstance(item, list) and all(one is None for one in item))


def assert_same_cells(data: bytes, table: pa.Table) -> None:
    hdu = open_table(data)
    assert len(hdu.data) == table.num_rows
    for number, field in enumerate(table.schema):
        found = column_cells(hdu, number)
        for item, truth in zip(found, table.column(number).to_pylist(), strict=True):
            back, wanted = value(item, field.type), kept(truth, field.type)
            if isinstance(wanted, list) and not isinstance(back, list):
                back = [back]
            if hasattr(field.type, "value_type") and wanted is None:
                assert is_empty_vector(back), (field.name, item)
            else:
                assert back == wanted, (field.name, item, truth, hdu.columns[number])


def test_every_cell_of_the_awkward_table_comes_back(written: Written, awkward: pa.Table) -> None:
    text = pa.string()
    simple = awkward.drop(["words2"])
    for name in ("kind", "view", "select_", "nothing"):
        place = simple.column_names.index(name)
        simple = simple.set_column(place, name, simple[name].cast(text))
    assert_same_cells(written("fits", awkward.drop(["words2"])), simple)


def test_text_vectors_of_fixed_length_are_character_arrays(
    written: Written, awkward: pa.Table
) -> None:
    hdu = open_table(written("fits", awkward.select(["words2"])))
    assert hdu.header["TFORM1"] == "6A"
    assert hdu.header["TDIM1"] == "(3,2)"
    cells = [[cell.rstrip(b"\0").decode() for cell in row] for row in hdu.data.field(0)]
    assert cells == [["a", "bcd"], ["é", ""], ["", ""], ["", "x"]]


def test_header_carries_names_units_and_provenance(
    written: Written, awkward: pa.Table, original_names: dict[str, str], source: Provenance
) -> None:
    header = open_table(written("fits", awkward)).header
    names = [header[f"TTYPE{number}"] for number in range(1, header["TFIELDS"] + 1)]
    assert names == list(original_names.values())
    x = names.index("x") + 1
    assert (header[f"TUNIT{x}"], header[f"TUCD{x}"]) == ("km/s", "phys.veloc")
    assert header["QUERY"] == source.query.replace("Ž", "\\u017d")
    assert header["SELID"] == source.selection_id
    assert header["CATALOG"] == "stars@1.0; names@2.1"
    assert header["TRUNCATE"] is False
    assert header["TIMESYS"] == "UTC"


def test_a_cut_is_said_in_the_header(written: Written, awkward: pa.Table) -> None:
    header = open_table(written("fits", awkward, row_limit=3)).header
    assert header["TRUNCATE"] is True
    assert header["NAXIS2"] == 3


def test_text_is_as_wide_as_the_data(written: Written) -> None:
    table = pa.table({"s": ["a", "abcdé", None], "empty": ["", None, ""]})
    hdu = open_table(written("fits", table, batch_rows=1))
    assert hdu.header["TFORM1"] == "6A"
    assert hdu.header["TFORM2"] == "1A"


@pytest.mark.parametrize(
    ("cells", "form", "null"),
    [
        ([1, None], "I", -(2**15)),
        ([-(2**15), None], "I", 2**15 - 1),
        ([-(2**15), 2**15 - 1, None], "J", -(2**31)),
        ([1, 2], "I", None),
    ],
)
def test_the_null_is_an_integer_that_no_cell_has(
    written: Written, cells: list[int | None], form: str, null: int | None
) -> None:
    table = pa.table({"i": pa.array(cells, pa.int16())})
    data = written("fits", table)
    header = open_table(data).header
    assert (header["TFORM1"], header.get("TNULL1")) == (form, null)
    assert_same_cells(data, table)


def test_unsigned_64_bit_integers_stay_unsigned(written: Written, awkward: pa.Table) -> None:
    hdu = open_table(written("fits", awkward.select(["u64"])))
    assert hdu.header["TFORM1"] == "K"
    assert hdu.header["TZERO1"] == 2**63
    assert hdu.data.field(0).dtype == np.uint64
    assert hdu.data.field(0).tolist() == [2**64 - 1, 0, 2**63, 1]


def test_names_are_ascii_and_differ_in_more_than_case(written: Written) -> None:
    columns = tuple(
        ColumnDescription(name=f"c{i}", original_name=name, type="bigint")
        for i, name in enumerate(["Größe", "mag", "MAG", "α"])
    )
    table = pa.table({f"c{i}": [i] for i in range(4)})
    assert open_table(written("fits", table, columns=columns)).columns.names == [
        "Gro_e",
        "mag",
        "MAG_2",
        "_",
    ]
    assert any("MAG is called MAG_2" in sentence for sentence in losses(columns))


def test_an_angstrom_is_no_ampere(written: Written) -> None:
    columns = (ColumnDescription(name="l", original_name="l", type="double", unit="Å"),)
    header = open_table(written("fits", pa.table({"l": [1.0]}), columns=columns)).header
    assert header["TUNIT1"] == "Angstrom"


def test_no_rows_give_columns_only(written: Written, awkward: pa.Table) -> None:
    hdu = open_table(written("fits", awkward.slice(0, 0)))
    assert hdu.header["NAXIS2"] == 0
    assert len(hdu.columns) == awkward.num_columns


def test_batches_do_not_show(written: Written, many_rows: pa.Table) -> None:
    runs = many_rows.append_column(
        "v", pa.array([[i] * (i % 3) for i in range(many_rows.num_rows)], pa.list_(pa.int32()))
    )
    whole = written("fits", runs, batch_rows=200_000)
    small = written("fits", runs, batch_rows=7_001)
    for data in (whole, small):
        hdu = open_table(data)
        assert hdu.data["id"].tolist() == runs["id"].to_pylist()
        assert hdu.data["v"][149_999].tolist() == [149_999, 149_999]
        assert hdu.data["v"][1].tolist() == [1]


def test_too_many_columns_are_refused(written: Written) -> None:
    with pytest.raises(TooManyColumnsError, match="1000 columns"):
        written("fits", pa.table({f"c{i}": [i] for i in range(1000)}))


def test_a_text_vector_of_another_length_than_said_is_an_error(written: Written) -> None:
    columns = (ColumnDescription(name="w", original_name="w", type="varchar[]", vector_length=2),)
    table = pa.table({"w": pa.array([["a", "b"], ["c"]], pa.list_(pa.string()))})
    with pytest.raises(VectorLengthError, match="1 elements"):
        written("fits", table, columns=columns)


@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_table_comes_back(
    data: st.DataObject, tables: st.SearchStrategy[pa.Table], written: Written
) -> None:
    table = data.draw(tables)
    assert_same_cells(written("fits", table, batch_rows=2), table)

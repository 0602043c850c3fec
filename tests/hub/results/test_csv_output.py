import csv
import io
import json
import math
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.results.csv import losses
from hub.tables.description import ColumnDescription

Written = Callable[..., bytes]


def read(data: bytes) -> pa.Table:
    """Read CSV as text, with null apart from the empty string."""
    names = next(csv.reader(io.StringIO(data.decode(), newline="")))
    return pa_csv.read_csv(
        io.BytesIO(data),
        parse_options=pa_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=pa_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            null_values=[""],
        ),
    )


def value(text: str | None, arrow: pa.DataType) -> object:
    """Turn a cell's text into what Python has for the type."""
    if text is None:
        return None
    kinds = pa.types
    if kinds.is_boolean(arrow):
        return {"true": True, "false": False}[text]
    if kinds.is_integer(arrow):
        return int(text)
    if kinds.is_float32(arrow):
        return float(np.float32(text))
    if kinds.is_floating(arrow):
        return float(text)
    if kinds.is_decimal(arrow):
        return Decimal(text)
    if kinds.is_date(arrow):
        return date.fromisoformat(text)
    if kinds.is_timestamp(arrow):
        moment = datetime.fromisoformat(text)
        return moment if arrow.tz else moment.replace(tzinfo=None)
    if kinds.is_binary(arrow):
        return bytes.fromhex(text)
    if hasattr(arrow, "value_type") and not kinds.is_dictionary(arrow):
        return [element(item, arrow.value_type) for item in json.loads(text)]
    return text


def element(item: object, arrow: pa.DataType) -> object:
    if item is None:
        return None
    if pa.types.is_floating(arrow):
        return float(np.float32(item)) if pa.types.is_float32(arrow) else float(str(item))
    return int(str(item)) if pa.types.is_integer(arrow) else item


def same(left: object, right: object) -> bool:
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, float) and isinstance(right, float) and math.isnan(left):
        return math.isnan(right)
    return type(left) is type(right) and left == right


def assert_same_cells(data: bytes, table: pa.Table) -> None:
    back = read(data)
    assert back.num_rows == table.num_rows
    for number, field in enumerate(table.schema):
        for row, (text, truth) in enumerate(
            zip(back.column(number).to_pylist(), table.column(number).to_pylist(), strict=True)
        ):
            assert same(value(text, field.type), truth), (field.name, row, text, truth)


def test_every_cell_of_the_awkward_table_comes_back(written: Written, awkward: pa.Table) -> None:
    assert_same_cells(written("csv", awkward), awkward)


def test_header_has_the_original_names(
    written: Written, awkward: pa.Table, original_names: dict[str, str]
) -> None:
    header = written("csv", awkward).decode().split("\n")[0]
    assert header.split(",") == list(original_names.values())
    assert "[Fe/H]" in header
    assert "select" in header


def test_text_form_of_each_kind_of_cell(written: Written) -> None:
    table = pa.table(
        {
            "f": pa.array([0.1, 1e-30, math.nan], pa.float32()),
            "d": pa.array([0.1, math.inf, -math.inf]),
            "i": pa.array([2**63 - 1, None, 0]),
            "s": pa.array(["", None, 'a"b']),
            "t": pa.array([0, 1_500_000, None], pa.timestamp("us", "UTC")),
            "b": pa.array([True, False, None]),
            "v": pa.array([[1.0, 2.5], None, []], pa.list_(pa.float64())),
        }
    )
    assert written("csv", table).decode() == (
        "f,d,i,s,t,b,v\n"
        '0.1,0.1,9223372036854775807,"",1970-01-01T00:00:00Z,true,"[1,2.5]"\n'
        "1e-30,inf,,,1970-01-01T00:00:01.500000Z,false,\n"
        'nan,-inf,0,"a""b",,,[]\n'
    )


def test_one_number_is_two_lines(written: Written) -> None:
    assert written("csv", pa.table({"count_star()": [117955]})) == b"count_star()\n117955\n"


def test_no_rows_give_a_header(written: Written, awkward: pa.Table) -> None:
    assert written("csv", awkward.slice(0, 0)).count(b"\n") == 1


def test_names_that_need_quotes_are_quoted(written: Written) -> None:
    table = pa.table({'a,"b"\n': [1], "é ": [2]})
    assert (
        next(csv.reader(io.StringIO(written("csv", table).decode(), newline="")))
        == table.column_names
    )


def test_batches_do_not_show(written: Written, many_rows: pa.Table) -> None:
    whole = written("csv", many_rows, batch_rows=200_000)
    assert whole == written("csv", many_rows, batch_rows=7_001)
    assert_same_cells(whole, many_rows)


def test_a_name_given_twice_gets_a_suffix_and_is_told(written: Written) -> None:
    columns = tuple(
        ColumnDescription(name=name, original_name="Mag", type="bigint")
        for name in ("mag", "mag_1")
    )
    data = written("csv", pa.table({"mag": [1], "mag_1": [2]}), columns=columns)
    assert data == b"Mag,Mag_2\n1,2\n"
    assert any("Mag is called Mag_2" in sentence for sentence in losses(columns))


@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_table_comes_back(
    data: st.DataObject, tables: st.SearchStrategy[pa.Table], written: Written
) -> None:
    table = data.draw(tables)
    assert_same_cells(written("csv", table, batch_rows=2), table)


@pytest.mark.parametrize("text", ["\r", " a", "a\t", "a\n\nb", '"', ",", "\u2028", "NULL", "nan"])
def test_awkward_text_comes_back(written: Written, text: str) -> None:
    table = pa.table({"s": [text, "", None], "t": [None, text, ""]})
    assert_same_cells(written("csv", table), table)

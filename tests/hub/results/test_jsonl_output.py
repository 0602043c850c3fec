import json
import math
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Written = Callable[..., bytes]


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


def read(data: bytes) -> list[dict[str, object]]:
    lines = data.decode().split("\n")
    assert lines.pop() == ""
    return [json.loads(line, parse_float=Decimal, parse_constant=refuse) for line in lines]


def value(item: object, arrow: pa.DataType) -> object:
    """Turn a JSON value into what Python has for the type."""
    kinds = pa.types
    if item is None or kinds.is_boolean(arrow):
        return item
    if isinstance(item, list):
        return [value(one, arrow.value_type) for one in item]
    if kinds.is_integer(arrow):
        number = int(str(item))
        assert isinstance(item, str) == (abs(number) > 2**53)
        return number
    if kinds.is_float32(arrow):
        return float(np.float32(str(item)))
    if kinds.is_floating(arrow):
        return float(str(item))
    if kinds.is_decimal(arrow):
        return Decimal(str(item))
    if kinds.is_date(arrow):
        return date.fromisoformat(str(item))
    if kinds.is_timestamp(arrow):
        moment = datetime.fromisoformat(str(item))
        return moment if arrow.tz else moment.replace(tzinfo=None)
    if kinds.is_binary(arrow):
        return bytes.fromhex(str(item))
    assert isinstance(item, str)
    return item


def same(left: object, right: object) -> bool:
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, float) and isinstance(right, float) and math.isnan(left):
        return math.isnan(right)
    return type(left) is type(right) and left == right


def assert_same_cells(data: bytes, table: pa.Table, names: dict[str, str] | None = None) -> None:
    rows = read(data)
    assert len(rows) == table.num_rows
    keys = [(names or {}).get(name, name) for name in table.column_names]
    for row, truth in zip(rows, table.to_pylist(), strict=True):
        assert list(row) == keys
        for key, field in zip(keys, table.schema, strict=True):
            assert same(value(row[key], field.type), truth[field.name]), (key, row[key], truth)


def test_every_cell_of_the_awkward_table_comes_back(
    written: Written, awkward: pa.Table, original_names: dict[str, str]
) -> None:
    assert_same_cells(written("jsonl", awkward), awkward, original_names)


def test_integers_beyond_2_to_the_53_are_strings(written: Written) -> None:
    table = pa.table({"i": [2**53, 2**53 + 1, -(2**53), -(2**53) - 1]})
    assert written("jsonl", table) == (
        b'{"i":9007199254740992}\n{"i":"9007199254740993"}\n'
        b'{"i":-9007199254740992}\n{"i":"-9007199254740993"}\n'
    )


def test_no_rows_give_no_lines(written: Written, awkward: pa.Table) -> None:
    assert written("jsonl", awkward.slice(0, 0)) == b""


def test_keys_are_escaped(written: Written) -> None:
    assert read(written("jsonl", pa.table({'a"\\\né': [1]}))) == [{'a"\\\né': 1}]


def test_every_control_character_comes_back(written: Written) -> None:
    table = pa.table({"s": ["".join(map(chr, range(0x100)))] + [chr(code) for code in range(0x30)]})
    assert_same_cells(written("jsonl", table), table)


def test_batches_do_not_show(written: Written, many_rows: pa.Table) -> None:
    assert written("jsonl", many_rows, batch_rows=200_000) == written(
        "jsonl", many_rows, batch_rows=7_001
    )


def test_nested_vectors_are_nested_arrays(written: Written) -> None:
    cells = pa.array([[[1.0, None], []], None, [None]], pa.list_(pa.list_(pa.float64())))
    rows = read(written("jsonl", pa.table({"v": cells})))
    assert [row["v"] for row in rows] == [[[1, None], []], None, [None]]


@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_table_comes_back(
    data: st.DataObject, tables: st.SearchStrategy[pa.Table], written: Written
) -> None:
    table = data.draw(tables)
    assert_same_cells(written("jsonl", table, batch_rows=2), table)

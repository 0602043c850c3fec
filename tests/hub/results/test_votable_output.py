import base64
import io
import math
import struct
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from xml.etree import ElementTree

import numpy as np
import pyarrow as pa
import pytest
from astropy.io.votable import parse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.tables.description import ColumnDescription
from hub.tables.stream import Provenance

Written = Callable[..., bytes]
SPACE = "{http://www.ivoa.net/xml/VOTable/v1.3}"
CODES = {"short": "h", "int": "i", "long": "q", "float": "f", "double": "d", "unsignedByte": "B"}
LOGICAL = {b"T": True, b"F": False, b"?": None}


def decode(data: bytes) -> tuple[list[dict[str, str]], list[list[object]]]:
    """Read BINARY2 cell by cell, as the standard says it and with nothing of the hub."""
    root = ElementTree.fromstring(data)
    fields = [dict(field.attrib) for field in root.iter(f"{SPACE}FIELD")]
    for said, field in zip(fields, root.iter(f"{SPACE}FIELD"), strict=True):
        values = field.find(f"{SPACE}VALUES")
        said["null"] = "" if values is None else values.attrib["null"]
    text = next(root.iter(f"{SPACE}STREAM")).text or ""
    stream = io.BytesIO(base64.b64decode("".join(text.split()), validate=True))
    return fields, list(rows_of(stream, fields))


def rows_of(stream: io.BytesIO, fields: list[dict[str, str]]) -> Iterator[list[object]]:
    while bits := stream.read((len(fields) + 7) // 8):
        row = [cell(stream, field) for field in fields]
        for number in range(len(fields)):
            if bits[number // 8] & (0x80 >> number % 8):
                row[number] = None
        yield row


def cell(stream: io.BytesIO, field: dict[str, str]) -> object:
    kind, size = field["datatype"], field.get("arraysize", "")
    if not size:
        return elements(stream, kind, 1, "")[0]
    count = struct.unpack(">i", stream.read(4))[0] if size == "*" else int(size)
    if kind == "char":
        return stream.read(count).decode("ascii")
    if kind == "unicodeChar":
        return stream.read(2 * count).decode("utf-16-be")
    return elements(stream, kind, count, field["null"])


def elements(stream: io.BytesIO, kind: str, count: int, null: str) -> list[object]:
    if kind == "boolean":
        return [LOGICAL[stream.read(1)] for _ in range(count)]
    code = f">{count}{CODES[kind]}"
    numbers = struct.unpack(code, stream.read(struct.calcsize(code)))
    return [None if null and number == int(null) else number for number in numbers]


def value(item: object, arrow: pa.DataType) -> object:
    """Turn a decoded cell into what Python has for the type."""
    kinds = pa.types
    if item is None:
        return None
    if kinds.is_binary(arrow):
        return bytes(item)
    if kinds.is_decimal(arrow):
        return Decimal(str(item))
    if kinds.is_date(arrow):
        return date.fromisoformat(str(item))
    if kinds.is_timestamp(arrow):
        moment = datetime.fromisoformat(str(item))
        return moment if arrow.tz else moment.replace(tzinfo=None)
    return item


def same(found: object, truth: object) -> bool:
    if isinstance(found, list) and isinstance(truth, list):
        # Said by losses: a null among the elements of a vector of floats is NaN.
        pairs = zip(found, truth, strict=True)
        return all(
            same(one, math.nan if isinstance(one, float) and other is None else other)
            for one, other in pairs
        )
    if isinstance(found, float) and isinstance(truth, float) and math.isnan(truth):
        return math.isnan(found)
    return type(found) is type(truth) and found == truth


def is_json(arrow: pa.DataType) -> bool:
    return hasattr(arrow, "value_type") and pa.types.is_string(arrow.value_type)


def assert_same_cells(data: bytes, table: pa.Table) -> None:
    _, rows = decode(data)
    assert len(rows) == table.num_rows
    for row, truth in zip(rows, table.to_pylist(), strict=True):
        for item, field in zip(row, table.schema, strict=True):
            if is_json(field.type):
                continue
            assert same(value(item, field.type), truth[field.name]), (field.name, item, truth)


def test_every_cell_of_the_awkward_table_comes_back(written: Written, awkward: pa.Table) -> None:
    assert_same_cells(written("votable", awkward), awkward)


def test_fields_carry_names_units_and_words(
    written: Written, awkward: pa.Table, original_names: dict[str, str]
) -> None:
    fields, _ = decode(written("votable", awkward))
    assert [field["name"] for field in fields] == list(original_names.values())
    assert [field["ID"] for field in fields] == list(original_names)
    x = next(field for field in fields if field["name"] == "x")
    assert (x["unit"], x["ucd"]) == ("km/s", "phys.veloc")
    time = next(field for field in fields if field["name"] == "time")
    assert (time["xtype"], time["ref"]) == ("timestamp", "utc")


def test_astropy_reads_every_number_text_and_null(written: Written, awkward: pa.Table) -> None:
    numbers = ["flag", "tiny", "small", "num", "big", "full", "x", "whole"]
    texts = ["name", "select_", "view", "kind"]
    table = awkward.select(numbers + texts)
    read = parse(io.BytesIO(written("votable", table)), verify="exception").get_first_table()
    for name in numbers:
        assert read.array[name].tolist() == table[name].to_pylist(), name
    for name in texts:
        assert read.array[name].tolist() == [text or "" for text in table[name].to_pylist()]


def test_provenance_is_in_the_document(
    written: Written, awkward: pa.Table, source: Provenance
) -> None:
    votable = parse(io.BytesIO(written("votable", awkward)))
    infos = [(info.name, info.value) for info in votable.resources[0].infos]
    assert infos[0] == ("QUERY_STATUS", "OK")
    assert ("QUERY", source.query) in infos
    assert [value for name, value in infos if name == "CATALOG"] == list(source.catalogs)
    assert ("CITATION", source.citations[0]) in infos
    assert ("SELECTION_ID", source.selection_id) in infos
    assert ("ROWS", "4") in infos


def test_a_cut_is_said_after_the_table(written: Written, awkward: pa.Table) -> None:
    root = ElementTree.fromstring(written("votable", awkward, row_limit=2))
    resource = next(root.iter(f"{SPACE}RESOURCE"))
    tags = [child.tag.removeprefix(SPACE) for child in resource]
    after = list(resource)[tags.index("TABLE") + 1 :]
    assert [(info.get("name"), info.get("value")) for info in after] == [
        ("ROWS", "2"),
        ("QUERY_STATUS", "OVERFLOW"),
    ]


def test_no_rows_give_columns_only(written: Written, awkward: pa.Table) -> None:
    fields, rows = decode(written("votable", awkward.slice(0, 0)))
    assert len(fields) == awkward.num_columns
    assert rows == []


def test_batches_do_not_show(written: Written, many_rows: pa.Table) -> None:
    whole = written("votable", many_rows, batch_rows=200_000)
    assert whole == written("votable", many_rows, batch_rows=7_001)
    assert_same_cells(whole, many_rows)


def test_lines_of_base64_are_short(written: Written, many_rows: pa.Table) -> None:
    data = written("votable", many_rows.slice(0, 1000))
    lines = data.split(b'<STREAM encoding="base64">\n')[1].split(b"\n</STREAM>")[0].split(b"\n")
    assert {len(line) for line in lines[:-1]} == {76}


def test_letters_that_xml_cannot_hold_are_left_out(written: Written) -> None:
    columns = (
        ColumnDescription(
            name="a", original_name='a\x01\ufffe<&>"', type="bigint", description="\x00]]>&"
        ),
    )
    fields, rows = decode(written("votable", pa.table({"a": [1]}), columns=columns))
    assert fields[0]["name"] == 'a<&>"'
    assert rows == [[1]]


def test_ids_are_xml_names_and_apart_from_the_time_system(written: Written) -> None:
    table = pa.table({"utc": pa.array([0], pa.timestamp("us", "UTC")), "1 x": [1], "_1_x": [2]})
    fields, _ = decode(written("votable", table))
    assert [field["ID"] for field in fields] == ["utc_2", "_1_x", "_1_x_2"]


@pytest.mark.parametrize("count", [1, 7, 8, 9, 16, 17])
def test_null_bits_of_any_number_of_columns(written: Written, count: int) -> None:
    table = pa.table(
        {f"c{i}": pa.array([i, None, i if i % 3 else None], pa.int32()) for i in range(count)}
    )
    assert_same_cells(written("votable", table), table)


@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_table_comes_back(
    data: st.DataObject, tables: st.SearchStrategy[pa.Table], written: Written
) -> None:
    table = data.draw(tables)
    assert_same_cells(written("votable", table, batch_rows=2), table)


def test_a_null_differs_from_nan_and_from_the_empty_string(written: Written) -> None:
    table = pa.table({"x": [None, math.nan], "s": ["", None]})
    _, rows = decode(written("votable", table))
    assert rows[0] == [None, ""]
    assert np.isnan(rows[1][0])
    assert rows[1][1] is None

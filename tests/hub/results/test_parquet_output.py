import io
import json
import math
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.table import Table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.results.cells import normal_schema
from hub.results.parquet import losses
from hub.tables.description import ColumnDescription
from hub.tables.stream import Provenance

Written = Callable[..., bytes]


def assert_same_cells(data: bytes, table: pa.Table) -> None:
    back = pq.read_table(io.BytesIO(data))
    assert back.schema.types == normal_schema(table.schema).types
    for found, truth, name in zip(back.columns, table.columns, table.column_names, strict=True):
        wanted = truth.cast(normal_schema(table.schema).field(name).type)
        assert same(found.to_pylist(), wanted.to_pylist()), name


def same(found: object, truth: object) -> bool:
    if isinstance(found, list) and isinstance(truth, list):
        return len(found) == len(truth) and all(map(same, found, truth))
    if isinstance(found, float) and isinstance(truth, float) and math.isnan(truth):
        return math.isnan(found)
    return type(found) is type(truth) and found == truth


def test_every_cell_of_the_awkward_table_comes_back(
    written: Written, awkward: pa.Table, original_names: dict[str, str]
) -> None:
    data = written("parquet", awkward)
    assert_same_cells(data, awkward)
    assert pq.read_schema(io.BytesIO(data)).names == list(original_names.values())


def test_metadata_of_columns_and_file(
    written: Written, awkward: pa.Table, source: Provenance
) -> None:
    schema = pq.read_schema(io.BytesIO(written("parquet", awkward)))
    x = schema.field("x").metadata
    assert x[b"unit"] == b"km/s"
    assert x[b"ucd"] == b"phys.veloc"
    assert schema.field("[Fe/H]").metadata[b"name"] == b"fe_h"
    provenance = json.loads(schema.metadata[b"hub.provenance"])
    assert provenance["query"] == source.query
    assert provenance["selection_id"] == source.selection_id


def test_row_count_and_cut_are_in_the_footer(written: Written, awkward: pa.Table) -> None:
    metadata = pq.read_metadata(io.BytesIO(written("parquet", awkward, row_limit=3))).metadata
    assert metadata[b"hub.rows"] == b"3"
    assert metadata[b"hub.truncated"] == b"true"


def test_astropy_reads_the_units_as_voparquet(
    written: Written, awkward: pa.Table, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("voparquet") / "table.parquet"
    path.write_bytes(written("parquet", awkward.select(["num", "x"])))
    table = Table.read(path, format="parquet.votable")
    assert table.colnames == ["num", "x"]
    assert str(table["x"].unit) == "km / s"
    assert table["num"][0] == -(2**31)


def test_no_rows_give_columns_only(written: Written, awkward: pa.Table) -> None:
    assert_same_cells(written("parquet", awkward.slice(0, 0)), awkward.slice(0, 0))


def test_row_groups_do_not_depend_on_the_size_of_batches(
    written: Written, many_rows: pa.Table
) -> None:
    data = written("parquet", many_rows, batch_rows=4_096)
    metadata = pq.read_metadata(io.BytesIO(data))
    assert metadata.num_row_groups == 2
    assert metadata.row_group(0).column(0).compression == "ZSTD"
    assert_same_cells(data, many_rows)


def test_only_names_can_be_lost() -> None:
    columns = tuple(
        ColumnDescription(name=name, original_name=original, type="float[]")
        for name, original in (("a", "A"), ("b", "A"), ("c", "a"))
    )
    assert losses(columns[::2]) == ()
    (sentence,) = losses(columns)
    assert "A is called A_2" in sentence


@given(data=st.data())
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_table_comes_back(
    data: st.DataObject, tables: st.SearchStrategy[pa.Table], written: Written
) -> None:
    table = data.draw(tables)
    assert_same_cells(written("parquet", table, batch_rows=2), table)

"""Small tables that come with a request are known to every engine."""

from collections.abc import Callable

import pyarrow as pa
import pytest
from sqlglot import exp

from hub.engines.base import Engine
from hub.errors import MissingError
from hub.query.planner import plan_query
from hub.tables.description import TableDescription
from hub.tables.stream import Provenance

pytestmark = pytest.mark.spark


def test_targets_join_alike(engines: dict[str, Engine], table: TableDescription) -> None:
    inline = {"_targets": pa.table({"value": pa.array([3, 5, None, 99], pa.int64())})}

    def find(catalog: str, version: str | None, name: str) -> TableDescription:
        if catalog != "odd":
            raise MissingError(f"There is no {catalog}.{version}.{name}.")
        return table

    members = exp.select(exp.column("value")).from_("_targets")
    tree = exp.select(exp.column("i"), exp.column("s")).from_("odd.main")
    tree = tree.where(exp.In(this=exp.column("i"), query=exp.Subquery(this=members)))
    planned = plan_query(
        tree.order_by("i"), find, provenance=Provenance(query="", catalogs=()), inline=inline
    )
    run: Callable[[str], pa.Table] = lambda name: engines[name].stream(planned).read_all()  # noqa: E731
    assert run("duckdb")["i"].to_pylist() == [3, 5]
    assert run("spark") == run("duckdb")

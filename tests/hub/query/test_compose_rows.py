"""Columns, samples, order and limit of selections, by running their trees."""

from dataclasses import replace
from itertools import pairwise

import pyarrow as pa
import pytest
from sqlglot import exp

from hub.errors import UsageError
from hub.query.compose import compose
from hub.query.readable import readable_sql
from hub.query.selection import Selection


def composed(bench, **parts):
    return compose(Selection.parse({"catalog": "stars", **parts}), bench.description)


def test_all_visible_columns_come_by_default(stars):
    names = stars.select().column_names
    assert names == [name for name in stars.rows.column_names if not name.startswith("_")]


def test_columns_come_in_the_order_asked_for_hidden_ones_too(stars):
    table = stars.select(columns=["_random", "NAME", {"name": "x", "expression": "1/2"}, "id"])
    assert table.column_names == ["_random", "name", "x", "id"]
    assert set(table["x"].to_pylist()) == {0.5}


def test_the_table_is_named_with_its_version(stars):
    assert 'FROM "stars@1.0"."main"' in composed(stars).tree.sql("duckdb")


def test_rows_come_in_the_order_of_the_table_without_a_sort(stars):
    query = composed(stars, limit=7)
    assert query.in_table_order
    assert query.tree.args.get("order") is None
    assert stars.ids(limit=7) == stars.rows["id"].to_pylist()[:7]


@pytest.mark.parametrize("power", [0, 1, 3, 31])
def test_a_fraction_takes_the_rows_below_a_bound(stars, power):
    draws = stars.rows["_random"].to_numpy()
    assert stars.ids(sample={"log2": power}) == stars.where(draws < 2 ** (31 - power))


def test_samples_are_nested(stars):
    samples = [set(stars.ids(sample={"log2": power})) for power in range(5)]
    assert all(small <= large for large, small in pairwise(samples))


@pytest.mark.parametrize("rows", [1, 10, 499, 500, 10**6])
def test_rows_at_random_are_those_with_the_least_numbers_in_the_order_of_the_table(stars, rows):
    draws = stars.rows["_random"].to_numpy()
    bound = sorted(draws)[min(rows, len(draws)) - 1]
    query = composed(stars, sample={"rows": rows})
    assert not query.in_table_order
    assert stars.ids(sample={"rows": rows}) == stars.where(draws <= bound)


def test_rows_at_random_are_drawn_after_the_filters_and_before_the_limit(stars):
    filters = {"column": "g_mag", "op": "<", "value": 6}
    kept = [row for row in stars.rows.to_pylist() if row["g_mag"] and row["g_mag"] < 6]
    drawn = sorted(kept, key=lambda row: row["_random"])[:20]
    brightest = sorted(drawn, key=lambda row: (row["g_mag"], row["_healpix_29"]))[:5]
    found = stars.ids(filters=filters, sample={"rows": 20}, order_by=[{"column": "g_mag"}], limit=5)
    assert found == [row["id"] for row in brightest]


def test_the_order_asked_for_comes_first_then_the_order_of_the_table(stars):
    places = {identifier: place for place, identifier in enumerate(stars.rows["id"].to_pylist())}
    rows = stars.rows.to_pylist()

    for entry, key in (
        ({"column": "flags"}, lambda row: (row["flags"] is None, row["flags"] or 0)),
        (
            {"column": "flags", "descending": True},
            lambda row: (row["flags"] is None, -(row["flags"] or 0)),
        ),
    ):
        expected = sorted(rows, key=lambda row: (key(row), places[row["id"]]))
        assert stars.ids(order_by=[entry]) == [row["id"] for row in expected]


def test_a_limit_takes_the_first_of_the_order(stars):
    order = [{"column": "g_mag", "descending": True}]
    assert stars.ids(order_by=order, limit=9) == stars.ids(order_by=order)[:9]
    assert stars.ids(limit=0) == []


def test_a_long_list_of_values_does_not_lose_the_order_of_the_table(stars):
    values = list(range(0, 500, 2))
    query = composed(stars, filters={"column": "id", "op": "in", "values": values})
    assert not query.in_table_order
    found = stars.ids(filters={"column": "id", "op": "in", "values": values}, limit=50)
    assert found == [n for n in stars.rows["id"].to_pylist() if n % 2 == 0][:50]


def test_a_sample_needs_random_numbers(stars):
    columns = tuple(c for c in stars.description.columns if c.name != "_random")
    table = replace(stars.description, columns=columns, order_key=("_row",), position=None)
    for sample in ({"log2": 3}, {"rows": 3}):
        with pytest.raises(UsageError, match="no random numbers"):
            compose(Selection.parse({"catalog": "stars", "sample": sample}), table)


def test_a_name_has_to_be_looked_up_first(stars):
    with pytest.raises(UsageError, match="not looked up"):
        composed(stars, region={"kind": "name", "name": "M1", "radius_deg": 1})


def test_long_lists_of_targets_are_told_in_sql_and_not_spelled_out() -> None:
    few = pa.table({"pixel": [1, 2], "ra": [0.5, 1.5]})
    many = pa.table({"pixel": range(5_000), "ra": range(5_000)})
    tree = exp.select("ra").from_("t")
    assert "WITH _targets(pixel, ra) AS" in readable_sql(tree, {"_targets": few}, ())
    text = readable_sql(tree, {"_targets": many}, ())
    assert text.startswith("-- _targets has 5,000 rows")
    assert "VALUES" not in text

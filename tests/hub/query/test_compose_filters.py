"""Every filter against numpy, by running its tree in DuckDB; types and names checked."""

import operator
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.errors import HubError, MissingError, UsageError
from hub.query.compose import compose
from hub.query.selection import Selection

OPERATIONS = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def matching(bench, column, test):
    """Return the ids of the rows whose value is not null and passes a test."""
    values = bench.rows[column].to_pylist()
    return bench.where([value is not None and bool(test(value)) for value in values])


@pytest.mark.parametrize("op", OPERATIONS)
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("g_mag", 5),
        ("g_mag", 5.125),
        ("bp_mag", 5.125),
        ("rp_mag", 6.1),
        ("flags", 17),
        ("flags", 17.5),
        ("big", 2**60 + 2),
        ("name", "M31"),
        ("name", "it's"),
    ],
)
def test_comparisons(stars, column, op, value):
    filters = {"column": column, "op": op, "value": value}
    expected = matching(stars, column, lambda other: OPERATIONS[op](other, value))
    assert stars.ids(filters=filters) == expected


@pytest.mark.parametrize("op", ["=", "!="])
def test_comparisons_of_booleans(stars, op):
    found = stars.ids(filters={"column": "good", "op": op, "value": True})
    assert found == matching(stars, "good", lambda good: OPERATIONS[op](good, True))


def test_comparisons_of_dates_and_times(stars):
    found = stars.ids(filters={"column": "day", "op": "<", "value": "2026-01-09"})
    assert found == matching(stars, "day", lambda day: day < date(2026, 1, 9))
    limit = datetime(2026, 1, 5, 11, 30, tzinfo=UTC)
    for text in ("2026-01-05T11:30:00", "2026-01-05T12:30:00+01:00", "2026-01-05T11:30:00Z"):
        found = stars.ids(filters={"column": "seen", "op": ">=", "value": text})
        assert found == matching(stars, "seen", lambda seen: seen >= limit)


def test_between_is_closed(stars):
    found = stars.ids(filters={"column": "g_mag", "op": "between", "low": 4.5, "high": 8})
    assert found == matching(stars, "g_mag", lambda mag: 4.5 <= mag <= 8)
    assert 8.0 in set(stars.rows["g_mag"].to_pylist())


@pytest.mark.parametrize("values", [[5], [5, 6.5, 7], [], [float(x) / 8 for x in range(1500)]])
def test_in_and_its_negation(stars, values):
    found = stars.ids(filters={"column": "g_mag", "op": "in", "values": values})
    assert found == matching(stars, "g_mag", lambda mag: mag in values)
    others = stars.ids(filters={"column": "g_mag", "op": "not_in", "values": values})
    if values:
        assert others == matching(stars, "g_mag", lambda mag: mag not in values)
    else:
        assert len(others) == stars.rows.num_rows


def test_in_a_long_list_of_texts_and_of_large_whole_numbers(stars):
    names = ["M31", "a_b", *(f"X{number}" for number in range(2000))]
    found = stars.ids(filters={"column": "name", "op": "in", "values": names})
    assert found == matching(stars, "name", lambda name: name in names)
    numbers = [2**60 + 1, *range(2000)]
    found = stars.ids(filters={"column": "big", "op": "in", "values": numbers})
    assert found == matching(stars, "big", lambda number: number == 2**60 + 1)


@pytest.mark.parametrize(
    ("pattern", "test"),
    [
        ("M31", lambda name: name == "M31"),
        ("M%", lambda name: name.startswith("M")),
        ("%2_4", lambda name: len(name) >= 3 and name[-3] == "2" and name[-1] == "4"),
        ("50\\%", lambda name: name == "50%"),
        ("a\\_b", lambda name: name == "a_b"),
        ("back\\\\%", lambda name: name.startswith("back\\")),
        ("", lambda name: name == ""),
        ("Ü%", lambda name: name.startswith("Ü")),
    ],
)
def test_like(stars, pattern, test):
    found = stars.ids(filters={"column": "name", "op": "like", "pattern": pattern})
    assert found == matching(stars, "name", test)
    assert found


@pytest.mark.parametrize("column", ["g_mag", "name", "good", "seen", "flags"])
def test_presence(stars, column):
    null = np.array([value is None for value in stars.rows[column].to_pylist()])
    assert stars.ids(filters={"column": column, "op": "is_null"}) == stars.where(null)
    assert stars.ids(filters={"column": column, "op": "not_null"}) == stars.where(~null)


def test_nan_is_asked_for_on_floats(stars):
    assert stars.ids(filters={"column": "rp_mag", "op": "is_nan"}) == []
    found = stars.ids(filters={"expression": "g_mag * 1e308 * 10 * 0", "op": "is_nan"})
    assert found == matching(stars, "g_mag", lambda mag: mag > 0)


@pytest.mark.parametrize("bits", [1, 12, 63])
def test_bits(stars, bits):
    def found(op):
        return stars.ids(filters={"column": "flags", "op": op, "bits": bits})

    assert found("bits_any") == matching(stars, "flags", lambda flags: flags & bits)
    assert found("bits_all") == matching(stars, "flags", lambda flags: flags & bits == bits)
    assert found("bits_none") == matching(stars, "flags", lambda flags: flags & bits == 0)


def test_expressions_stand_on_the_left(stars):
    filters = {"expression": "bp_mag - rp_mag", "op": ">", "value": 1.5}
    rows = stars.rows.to_pylist()
    expected = [
        row["bp_mag"] is not None
        and row["rp_mag"] is not None
        and np.float32(row["bp_mag"]) - np.float32(row["rp_mag"]) > 1.5
        for row in rows
    ]
    assert stars.ids(filters=filters) == stars.where(expected)


def test_computed_columns_can_be_filtered_and_sorted_by(stars):
    table = stars.select(
        columns=["id", {"name": "Colour", "expression": "g_mag * 2 - 1"}],
        filters={"column": "colour", "op": ">", "value": 15},
        order_by=[{"column": "COLOUR", "descending": True}],
    )
    values = table["Colour"].to_pylist()
    expected = [2 * mag - 1 for mag in stars.rows["g_mag"].to_pylist() if mag is not None]
    assert values == sorted((value for value in expected if value > 15), reverse=True)


LEAVES = st.sampled_from(
    [
        {"column": "g_mag", "op": "<", "value": 6},
        {"column": "flags", "op": "bits_any", "bits": 5},
        {"column": "name", "op": "in", "values": ["M31", "a_b"]},
        {"column": "good", "op": "=", "value": True},
        {"column": "rp_mag", "op": "between", "low": 5, "high": 7.5},
        {"column": "bp_mag", "op": "is_null"},
        {"column": "name", "op": "not_in", "values": ["M31"]},
    ]
)
FILTERS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda children: {"all": children}),
        st.lists(inner, max_size=3).map(lambda children: {"any": children}),
        inner.map(lambda child: {"not": child}),
    ),
    max_leaves=8,
)


def kleene(found, row):
    """Evaluate a filter in three-valued logic: true, false or null."""
    if "all" in found:
        parts = [kleene(child, row) for child in found["all"]]
        return False if False in parts else None if None in parts else True
    if "any" in found:
        parts = [kleene(child, row) for child in found["any"]]
        return True if True in parts else None if None in parts else False
    if "not" in found:
        inner = kleene(found["not"], row)
        return None if inner is None else not inner
    value = row[found["column"]]
    if found["op"] == "is_null":
        return value is None
    if value is None:
        return None
    match found["op"]:
        case "<":
            return value < found["value"]
        case "=":
            return value == found["value"]
        case "bits_any":
            return value & found["bits"] != 0
        case "in":
            return value in found["values"]
        case "not_in":
            return value not in found["values"]
        case _:
            return found["low"] <= value <= found["high"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(filters=FILTERS)
def test_groups_follow_the_logic_of_sql(stars, filters):
    expected = stars.where([kleene(filters, row) is True for row in stars.rows.to_pylist()])
    assert stars.ids(filters=filters) == expected


@settings(max_examples=20, deadline=None)
@given(filters=LEAVES)
def test_a_filter_its_negation_and_null_share_out_the_rows(stars, filters):
    both = stars.ids(filters=filters) + stars.ids(filters={"not": filters})
    null = [kleene(filters, row) is None for row in stars.rows.to_pylist()]
    assert sorted(both + stars.where(null)) == sorted(stars.rows["id"].to_pylist())


MISFITS = [
    ({"column": "g_mag", "op": "=", "value": "5"}, "compared with a number", "filters.value"),
    ({"column": "g_mag", "op": "=", "value": True}, "compared with a number", "filters.value"),
    ({"column": "name", "op": "<", "value": 5}, "compared with text", "filters.value"),
    ({"column": "good", "op": "=", "value": 1}, "true or false", "filters.value"),
    ({"column": "good", "op": "<", "value": True}, "does not work", "filters.value"),
    ({"column": "g_mag", "op": "bits_any", "bits": 1}, "whole numbers", "filters"),
    ({"column": "g_mag", "op": "like", "pattern": "5%"}, "works on text", "filters"),
    ({"column": "name", "op": "like", "pattern": "5\\"}, "stands before", "filters.pattern"),
    ({"column": "name", "op": "like", "pattern": "\\d"}, "stands before", "filters.pattern"),
    ({"column": "flags", "op": "is_nan"}, "has no NaN", "filters"),
    ({"column": "g_mag", "op": "in", "values": [1, "2"]}, "a number", "filters.values[1]"),
    ({"column": "day", "op": "<", "value": "soon"}, "no time", "filters.value"),
    ({"column": "flags", "op": "<", "value": 10**40}, "too large", "filters.value"),
    ({"expression": "name + 1", "op": "<", "value": 1}, "take numbers", "filters.expression"),
    ({"all": [{"not": {"column": "flags", "op": "like", "pattern": "x"}}]}, "works on text", None),
]


@pytest.mark.parametrize(("filters", "message", "where"), MISFITS)
def test_what_does_not_fit_a_column_is_refused(stars, filters, message, where):
    with pytest.raises(UsageError, match=message) as caught:
        stars.select(filters=filters)
    assert caught.value.where == (where or "filters.all[0].not")


UNKNOWN = [
    ({"filters": {"column": "gmag", "op": "is_null"}}, "g_mag", "filters.column"),
    ({"columns": ["id", "bpmag"]}, "bp_mag", "columns[1]"),
    ({"order_by": [{"column": "nam"}]}, "name", "order_by[0].column"),
    ({"filters": {"any": [{"column": "G_MAGG", "op": "is_null"}]}}, "g_mag", None),
    (
        {"columns": [{"name": "x", "expression": "2 * gmag"}]},
        "g_mag",
        "columns[0].expression, character 5",
    ),
]


@pytest.mark.parametrize(("parts", "near", "where"), UNKNOWN)
def test_unknown_columns_are_refused_with_the_nearest_name(stars, parts, near, where):
    with pytest.raises(MissingError) as caught:
        stars.select(**parts)
    assert near in caught.value.hint
    assert caught.value.where == (where or "filters.any[0].column")


def test_a_computed_column_may_not_hide_a_column(stars):
    with pytest.raises(UsageError, match="already") as caught:
        stars.select(columns=[{"name": "G_Mag", "expression": "g_mag"}])
    assert caught.value.where == "columns[0].name"


def test_a_column_is_found_by_its_original_name_in_the_hint(stars):
    columns = tuple(replace(c, original_name="[Fe/H]") for c in stars.description.columns[:1])
    table = replace(stars.description, columns=columns)
    with pytest.raises(HubError) as caught:
        compose(Selection.parse({"catalog": "stars", "columns": ["[Fe/H]"]}), table)
    assert caught.value.hint == "In SQL and in selections it is called id."


def test_many_conditions_make_a_low_tree(stars):
    filters = {"any": [{"column": "id", "op": "=", "value": n} for n in range(3000)]}
    assert len(stars.ids(filters=filters)) == stars.rows.num_rows

"""Selections: what is taken, what is refused and how that is said."""

import json

import pytest

from hub.errors import UsageError
from hub.query.selection import DerivedColumn, Selection

FULL = {
    "catalog": "gaia_bright",
    "version": "1.0",
    "table": "main",
    "columns": ["ra", "dec", {"name": "colour", "expression": "bp_mag - rp_mag"}],
    "region": {"kind": "cone", "ra_deg": 83.63, "dec_deg": 22.01, "radius_deg": 2.0},
    "sample": {"log2": 6},
    "filters": {
        "all": [
            {"column": "g_mag", "op": "between", "low": 3, "high": 9},
            {
                "any": [
                    {"column": "bp_mag", "op": "<", "value": 8},
                    {"column": "rp_mag", "op": "is_null"},
                ]
            },
        ]
    },
    "order_by": [{"column": "g_mag", "descending": False}],
    "limit": 1000,
}


def test_text_bytes_and_data_give_the_same_selection():
    text = json.dumps(FULL)
    assert Selection.parse(text) == Selection.parse(text.encode()) == Selection.parse(FULL)


def test_only_the_catalog_is_needed():
    selection = Selection.parse({"catalog": "a"})
    assert (selection.version, selection.table, selection.columns) == (None, "main", ())


def test_null_stands_for_a_default():
    keys = ("version", "table", "columns", "region", "sample", "filters", "order_by", "limit")
    assert Selection.parse({"catalog": "a"} | dict.fromkeys(keys)) == Selection.parse(
        {"catalog": "a"}
    )


def test_a_selection_is_not_changed():
    selection = Selection.parse(FULL)
    assert selection.columns[2] == DerivedColumn(name="colour", expression="bp_mag - rp_mag")
    with pytest.raises(ValueError, match="frozen"):
        selection.limit = 5


def cone(**changes):
    region = {"kind": "cone", "ra_deg": 1, "dec_deg": 2, "radius_deg": 3} | changes
    return {"region": {key: value for key, value in region.items() if value != "leave out"}}


def leaf(**changes):
    return {"filters": {"all": [{"column": "x", "op": "=", "value": 1} | changes]}}


REFUSED = [
    ({"catalog": 5}, "catalog must be text, not 5", "catalog", ""),
    ({"version": 1.0}, "version must be text", "version", ""),
    ({"catalog": ""}, "must not be empty", "catalog", ""),
    ({"colums": []}, "no key colums", "colums", "columns"),
    ({"columns": "ra"}, "must be a list", "columns", ""),
    ({"columns": [3]}, "a name or an object", "columns[0]", ""),
    ({"columns": ["x", "X"]}, "named twice", "columns[1]", ""),
    ({"columns": [{"name": "y"}]}, "needs the key expression", "columns[0]", ""),
    ({"columns": [{"name": "1y", "expression": "x"}]}, "must match", "columns[0].name", ""),
    ({"columns": [{"name": "_y", "expression": "x"}]}, "must match", "columns[0].name", ""),
    ({"limit": -1}, "greater than or equal to 0", "limit", ""),
    ({"limit": 1.5}, "whole number", "limit", ""),
    ({"limit": True}, "whole number", "limit", ""),
    ({"sample": {"log2": 32}}, "less than or equal to 31", "sample.log2", ""),
    ({"sample": {"rows": 0}}, "greater than or equal to 1", "sample.rows", ""),
    ({"sample": {"row": 5}}, "no key row", "sample.row", "rows"),
    ({"sample": {"log2": 1, "rows": 5}}, "not both", "sample", ""),
    ({"sample": {}}, "needs the key", "sample", ""),
    ({"order_by": [{"column": "x", "desc": True}]}, "no key", "order_by[0].desc", "descending"),
    ({"order_by": [{}]}, "needs the key column", "order_by[0]", ""),
    ({"region": {"kind": "con"}}, "no kind", "region.kind", "cone"),
    ({"region": {}}, "needs the key kind", "region", "cone"),
    ({"region": "M31"}, "must be an object", "region", ""),
    (cone(frame="fk5"), "no frame", "region.frame", "icrs"),
    (cone(ra="3"), "no key ra", "region.ra", "ra_deg"),
    (cone(ra_deg="leave out"), "needs the key ra_deg", "region", ""),
    (cone(dec_deg="x"), "must be a number", "region.dec_deg", ""),
    (cone(dec_deg=90.001), "must be from -90 to 90", "region", ""),
    (cone(radius_deg=-1), "must be from 0 to 180", "region", ""),
    (cone(radius_deg=True), "must be a number", "region.radius_deg", ""),
    (cone(frame="galactic"), "no key ra_deg", "region.ra_deg", ""),
    (
        {"region": {"kind": "moc", "moc": "0/1", "frame": "galactic"}},
        "in ICRS",
        "region.frame",
        "",
    ),
    (
        {"region": {"kind": "moc", "moc": "0/12"}},
        "not at order 0",
        "region, character 3 of the MOC",
        "",
    ),
    (
        {"region": {"kind": "polygon", "vertices_deg": [[0, 1], [2, 3], [4]]}},
        "pair of numbers",
        "region.vertices_deg[2]",
        "",
    ),
    (
        {"region": {"kind": "polygon", "vertices_deg": [[0, 1], [2, 3], [4, 99]]}},
        "latitude is 99",
        "region.vertices_deg[2]",
        "",
    ),
    (
        {"region": {"kind": "targets", "positions_deg": [[0, 1], [0, -91]], "radius_arcsec": 1}},
        "latitude is -91",
        "region.positions_deg[1]",
        "",
    ),
    (
        {"region": {"kind": "targets", "positions_deg": [], "radius_arcsec": 1}},
        "empty",
        "region",
        "",
    ),
    (
        {"region": {"kind": "targets", "positions_deg": [{"name": "x"}], "radius_arcsec": 1}},
        "needs the key ra_deg",
        "region.positions_deg[0]",
        "",
    ),
    ({"region": {"kind": "name", "name": "M1", "radius_deg": 181}}, "180", "region.radius_deg", ""),
    (leaf(op="=="), 'no op "=="', "filters.all[0].op", "between"),
    (leaf(value=None), "is null", "filters.all[0].value", "is_null"),
    (leaf(value=[1]), "must be a number, a text", "filters.all[0].value", ""),
    (leaf(valu=2), "no key valu", "filters.all[0].valu", "value"),
    (leaf(expression="x"), "either a column or an expression", "filters.all[0]", ""),
    (leaf(all=[]), "no other key", "filters.all[0].column", ""),
    ({"filters": {"column": "x"}}, "needs the key op", "filters", "between"),
    ({"filters": {"alll": []}}, "needs the key op", "filters", "all"),
    ({"filters": {"not": [{"column": "x", "op": "is_null"}]}}, "one filter", "filters.not", "any"),
    ({"filters": {"any": {}}}, "takes a list", "filters.any", ""),
    ({"filters": {"column": "x", "op": "in", "values": 3}}, "must be a list", "filters.values", ""),
    (
        {"filters": {"column": "x", "op": "in", "values": [1, [2]]}},
        "must be a number, a text",
        "filters.values[1]",
        "",
    ),
    ({"filters": {"column": "x", "op": "bits_any", "bits": 0}}, "equal to 1", "filters.bits", ""),
]


@pytest.mark.parametrize(("parts", "message", "where", "hint"), REFUSED)
def test_what_is_wrong_is_named_with_its_place(parts, message, where, hint):
    with pytest.raises(UsageError) as caught:
        Selection.parse({"catalog": "a"} | parts)
    assert message in caught.value.message
    assert caught.value.where == where
    assert hint in caught.value.hint


TEXTS = [
    ("{", "not JSON", "line 1, column 2"),
    ("", "not JSON", "line 1, column 1"),
    ('{"catalog": "a", "catalog": "b"}', "key catalog is given twice", ""),
    ('{"catalog": "a", "limit": NaN}', "NaN is no JSON number", ""),
    ('{"catalog": "a", "limit": -Infinity}', "-Infinity is no JSON number", ""),
    ('{"catalog": "a", "filters": {"column": "x", "op": "<", "value": 1e999}}', "finite", None),
    ("[" * 100_000, "nested too deeply", ""),
    ('{"catalog": "a", "limit": ' + "9" * 5000 + "}", "too many digits", ""),
    ('{"catalog": "\\ud800"}', "half of one", ""),
    ("[1]", "must be an object", ""),
    ("null", "must be an object", ""),
]


@pytest.mark.parametrize(("text", "message", "where"), TEXTS)
def test_texts_that_are_no_selection_are_refused(text, message, where):
    with pytest.raises(UsageError) as caught:
        Selection.parse(text)
    assert message in caught.value.message
    assert where is None or caught.value.where == where


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(UsageError, match="not UTF-8"):
        Selection.parse(b'{"catalog": "\xff"}')


def nested(depth):
    found = {"column": "x", "op": "is_null"}
    for _ in range(depth - 1):
        found = {"not": found}
    return {"catalog": "a", "filters": found}


def test_filters_are_nested_up_to_a_limit_that_is_named():
    Selection.parse(nested(50))
    with pytest.raises(UsageError, match="deeper than 50"):
        Selection.parse(nested(51))


def test_filters_have_conditions_up_to_a_limit_that_is_named():
    condition = {"column": "x", "op": "is_null"}
    Selection.parse({"catalog": "a", "filters": {"any": [condition] * 10_000}})
    with pytest.raises(UsageError, match="10001 conditions; 10000 are possible"):
        Selection.parse({"catalog": "a", "filters": {"any": [condition] * 10_001}})


def test_freezing_fills_in_the_version_and_looks_up_the_name():
    region = {"kind": "name", "name": "Crab", "radius_deg": 0.5}
    selection = Selection.parse({"catalog": "a", "region": region})
    assert not selection.is_frozen
    frozen = selection.frozen("2.0", {"Crab": (83.5, 22.0)}.__getitem__)
    cone = {"kind": "cone", "ra_deg": 83.5, "dec_deg": 22, "radius_deg": 0.5}
    assert frozen == Selection.parse({"catalog": "a", "version": "2.0", "region": cone})
    assert frozen.is_frozen


def test_freezing_keeps_a_version_that_was_given():
    selection = Selection.parse({"catalog": "a", "version": "1.0"})
    assert selection.frozen("2.0", dict.fromkeys) == selection

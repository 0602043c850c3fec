"""The canonical form and the id: equal for what says the same, else different."""

import copy
import hashlib
import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.query.selection import Selection

LEAF = {"column": "g_mag", "op": "<", "value": 9}
OTHER = {"column": "bp_mag", "op": "between", "low": 1, "high": 2.5}
THIRD = {"column": "flags", "op": "in", "values": [1, 2]}


def parse(**parts):
    return Selection.parse({"catalog": "a", "version": "1"} | parts)


def filtered(filters):
    return parse(filters=filters)


SAME = [
    (parse(), parse(table="main")),
    (parse(), parse(region={"kind": "all"})),
    (parse(), parse(region={"kind": "all", "frame": "galactic"})),
    (parse(), parse(columns=[])),
    (parse(), parse(order_by=[])),
    (parse(), parse(sample={"log2": 0})),
    (parse(), parse(filters=None)),
    (parse(), filtered({"all": []})),
    (parse(), filtered({"all": [{"all": []}, {"all": [{"all": []}]}]})),
    (parse(limit=5), parse(limit=5.0)),
    (parse(order_by=[{"column": "x"}]), parse(order_by=[{"column": "x", "descending": False}])),
    (filtered(LEAF), filtered({"all": [LEAF]})),
    (filtered(LEAF), filtered({"any": [{"all": [{"any": [LEAF]}]}]})),
    (filtered({"all": [LEAF, OTHER]}), filtered({"all": [OTHER, LEAF]})),
    (filtered({"any": [LEAF, OTHER]}), filtered({"any": [OTHER, LEAF]})),
    (filtered({"all": [LEAF, OTHER, THIRD]}), filtered({"all": [{"all": [THIRD, LEAF]}, OTHER]})),
    (filtered({"any": [LEAF, OTHER, THIRD]}), filtered({"any": [LEAF, {"any": [THIRD, OTHER]}]})),
    (filtered({"not": LEAF}), filtered({"not": {"all": [LEAF]}})),
    (filtered(LEAF), filtered(LEAF | {"value": 9.0})),
    (filtered(LEAF | {"value": 0}), filtered(LEAF | {"value": -0.0})),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_selections_that_say_the_same_have_one_id(one, other):
    assert one.canonical() == other.canonical()
    assert one.id() == other.id()


CONE = {"kind": "cone", "ra_deg": 1, "dec_deg": 2, "radius_deg": 3}
GALACTIC = {"kind": "cone", "frame": "galactic", "lon_deg": 1, "lat_deg": 2, "radius_deg": 3}
DIFFERENT = [
    parse(),
    parse(catalog="b"),
    parse(version="2"),
    parse(version=None),
    parse(table="other"),
    parse(columns=["x", "y"]),
    parse(columns=["y", "x"]),
    parse(columns=[{"name": "x", "expression": "y"}]),
    parse(columns=[{"name": "x", "expression": "z"}]),
    parse(region=CONE),
    parse(region=CONE | {"ra_deg": 1.0000000000000002}),
    parse(region=GALACTIC),
    parse(region={"kind": "polygon", "vertices_deg": [[1, 2], [3, 4], [5, 0]]}),
    parse(region={"kind": "polygon", "vertices_deg": [[3, 4], [1, 2], [5, 0]]}),
    parse(region={"kind": "moc", "moc": "0/1"}),
    parse(region={"kind": "targets", "positions_deg": [[1, 2]], "radius_arcsec": 3}),
    parse(sample={"log2": 1}),
    parse(sample={"rows": 1}),
    parse(limit=0),
    parse(limit=1),
    parse(order_by=[{"column": "x"}]),
    parse(order_by=[{"column": "x", "descending": True}]),
    parse(order_by=[{"column": "x"}, {"column": "y"}]),
    parse(order_by=[{"column": "y"}, {"column": "x"}]),
    filtered(LEAF),
    filtered({"not": LEAF}),
    filtered({"not": {"not": LEAF}}),
    filtered({"any": []}),
    filtered(LEAF | {"op": "<="}),
    filtered(LEAF | {"value": "9"}),
    filtered(LEAF | {"value": True}),
    filtered(LEAF | {"value": 1}),
    filtered(LEAF | {"value": 2**53}),
    filtered(LEAF | {"value": 2**53 + 1}),
    filtered(LEAF | {"value": 0.1}),
    filtered(LEAF | {"value": 0.1 + 2**-56}),
    filtered({"expression": "g_mag", "op": "<", "value": 9}),
    filtered({"all": [LEAF, OTHER]}),
    filtered({"any": [LEAF, OTHER]}),
    filtered({"all": [LEAF, {"any": [OTHER, THIRD]}]}),
    filtered({"any": [LEAF, {"all": [OTHER, THIRD]}]}),
]


def test_any_change_gives_another_id():
    ids = [selection.id() for selection in DIFFERENT]
    assert len(set(ids)) == len(ids)


def test_the_canonical_form_is_sorted_json_without_blanks_and_defaults():
    selection = parse(
        region={"radius_deg": 2.0, "dec_deg": 22.01, "ra_deg": 83.63, "kind": "cone"},
        filters={"all": [THIRD, LEAF]},
        columns=["ra", {"name": "x", "expression": "Ü + 1"}],
    )
    assert selection.canonical() == (
        '{"catalog":"a","columns":["ra",{"expression":"Ü + 1","name":"x"}],'
        '"filters":{"all":[{"column":"flags","op":"in","values":[1,2]},'
        '{"column":"g_mag","op":"<","value":9}]},'
        '"region":{"dec_deg":22.01,"kind":"cone","ra_deg":83.63,"radius_deg":2},"version":"1"}'
    )
    digest = hashlib.sha256(selection.canonical().encode("utf-8")).hexdigest()
    assert selection.id() == digest


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("5.0", "5"),
        ("5e0", "5"),
        ("-0.0", "0"),
        ("0.1", "0.1"),
        ("1e-7", "1e-07"),
        ("9007199254740991.0", "9007199254740991"),
        ("9007199254740993", "9007199254740993"),
        ("1e300", "1e+300"),
        ("true", "true"),
        ('"5.0"', '"5.0"'),
    ],
)
def test_numbers_have_one_form(value, text):
    source = f'{{"catalog":"a","filters":{{"column":"x","op":"=","value":{value}}}}}'
    assert Selection.parse(source).canonical().endswith(f'"value":{text}}}}}')


@pytest.mark.parametrize("selection", DIFFERENT)
def test_the_canonical_form_is_a_selection_with_the_same_id(selection):
    again = Selection.parse(selection.canonical())
    assert again.canonical() == selection.canonical()


VALUES = st.one_of(
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(codec="utf-8"), max_size=5),
    st.booleans(),
)
LEAVES = st.one_of(
    st.builds(
        lambda op, value: {"column": "x", "op": op, "value": value},
        st.sampled_from(["=", "<", ">="]),
        VALUES,
    ),
    st.builds(
        lambda values: {"expression": "x + 1", "op": "in", "values": values},
        st.lists(VALUES, max_size=3),
    ),
)
FILTERS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda children: {"all": children}),
        st.lists(inner, max_size=4).map(lambda children: {"any": children}),
        inner.map(lambda child: {"not": child}),
    ),
    max_leaves=12,
)


def shuffled(value, chance):
    """Return the same filters with keys and children in another order, whole numbers as floats."""
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        made = {key: shuffled(value[key], chance) for key in keys}
        for key in {"all", "any"} & set(made):
            chance.shuffle(made[key])
        return made
    if isinstance(value, list):
        return [shuffled(item, chance) for item in value]
    if type(value) is int and abs(value) < 2**53:
        return float(value)
    return value


@given(filters=FILTERS, seed=st.integers(0, 2**32))
def test_shuffled_filters_have_the_same_id(filters, seed):
    other = shuffled(copy.deepcopy(filters), random.Random(seed))
    assert filtered(filters).id() == filtered(other).id()


@given(filters=FILTERS)
def test_parsing_the_canonical_form_changes_nothing(filters):
    canonical = filtered(filters).canonical()
    assert Selection.parse(canonical).canonical() == canonical
    assert json.loads(canonical)["catalog"] == "a"

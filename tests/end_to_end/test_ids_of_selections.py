"""One selection has one id, however it is written; any other selection has another."""

import json
import random
from copy import deepcopy

import pytest

SELECTION = {
    "catalog": "gaia_bright",
    "version": "1.0",
    "table": "main",
    "columns": ["source_id", "ra", "dec", {"name": "colour", "expression": "bp_mag - rp_mag"}],
    "region": {"kind": "cone", "ra_deg": 83, "dec_deg": 22.01, "radius_deg": 2},
    "sample": {"log2": 3},
    "filters": {
        "all": [
            {"column": "g_mag", "op": "between", "low": 3, "high": 9.5},
            {
                "any": [
                    {"column": "bp_mag", "op": "<", "value": 8},
                    {"column": "rp_mag", "op": "is_null"},
                    {"not": {"column": "source_id", "op": "in", "values": [1, 2, 3]}},
                ]
            },
        ]
    },
    "order_by": [{"column": "g_mag", "descending": True}],
    "limit": 1000,
}


@pytest.fixture(scope="module")
def id_of(demo):
    def show(selection: object) -> str:
        answer = demo.run("select", demo.save(selection), "--show", "id")
        assert answer.status == 0, answer.err
        assert len(answer.out.strip()) == 64
        return answer.out.strip()

    return show


def shuffled(value: object, chance: random.Random) -> object:
    """Put keys into any order, and filters too, whose order means nothing."""
    if isinstance(value, dict):
        names = list(value)
        chance.shuffle(names)
        made = {name: shuffled(value[name], chance) for name in names}
        for group in {"all", "any"} & set(made):
            chance.shuffle(made[group])
        return made
    if isinstance(value, list):
        return [shuffled(element, chance) for element in value]
    return value


@pytest.mark.parametrize("seed", range(10))
def test_the_order_of_keys_and_filters_does_not_count(id_of, seed):
    assert id_of(shuffled(SELECTION, random.Random(seed))) == id_of(SELECTION)


def changed(*path: object, to: object) -> dict[str, object]:
    """The selection with another value at a place."""
    made = deepcopy(SELECTION)
    place: object = made
    for step in path[:-1]:
        place = place[step]  # type: ignore[index]
    place[path[-1]] = to  # type: ignore[index]
    return made


FIRST = ("filters", "all", 0)
SECOND = ("filters", "all", 1)
SAME = {
    "numbers as doubles": changed("region", "ra_deg", to=83.0),
    "limits of a filter as doubles": changed(*FIRST, "low", to=3.0),
    "groups in groups": changed(
        "filters",
        to={"all": [{"all": SELECTION["filters"]["all"][:1]}, SELECTION["filters"]["all"][1]]},
    ),
    "groups of one": changed(*FIRST, to={"any": [SELECTION["filters"]["all"][0]]}),
    "the frame spelled out": changed("region", to={**SELECTION["region"], "frame": "icrs"}),
}


@pytest.mark.parametrize("case", list(SAME))
def test_other_spellings_have_the_same_id(id_of, case):
    assert id_of(SAME[case]) == id_of(SELECTION)


def test_defaults_may_be_spelled_out_or_left_out(id_of):
    full = {
        "catalog": "hipparcos",
        "version": "1.0",
        "table": "main",
        "region": {"kind": "all"},
        "order_by": [],
    }
    assert id_of({"catalog": "hipparcos"}) == id_of(full)
    ordered = {"catalog": "hipparcos", "order_by": [{"column": "plx"}]}
    spelled = {"catalog": "hipparcos", "order_by": [{"column": "plx", "descending": False}]}
    assert id_of(ordered) == id_of(spelled)


OTHERS = {
    "catalog": {"catalog": "hipparcos"},
    "no columns": {name: value for name, value in SELECTION.items() if name != "columns"},
    "columns in another order": changed("columns", to=[*reversed(SELECTION["columns"])]),
    "expression": changed("columns", 3, "expression", to="rp_mag - bp_mag"),
    "name of an expression": changed("columns", 3, "name", to="color"),
    "region": changed("region", to={"kind": "all"}),
    "centre": changed("region", "ra_deg", to=83.00000000000001),
    "radius": changed("region", "radius_deg", to=2.5),
    "sample": changed("sample", "log2", to=4),
    "sample of rows": changed("sample", to={"rows": 8}),
    "low": changed(*FIRST, "low", to=3.0000000000000004),
    "operator": changed(*SECOND, "any", 0, "op", to="<="),
    "value": changed(*SECOND, "any", 0, "value", to=-8),
    "column": changed(*SECOND, "any", 0, "column", to="rp_mag"),
    "negated": changed(*SECOND, "any", 1, "op", to="not_null"),
    "one of a list": changed(*SECOND, "any", 2, "not", "values", to=[1, 2, 4]),
    "any for all": changed("filters", to={"any": SELECTION["filters"]["all"]}),
    "one filter less": changed("filters", to=SELECTION["filters"]["all"][0]),
    "direction": changed("order_by", 0, "descending", to=False),
    "limit": changed("limit", to=1001),
}


def test_any_changed_value_makes_another_id(id_of):
    ids = {name: id_of(selection) for name, selection in OTHERS.items()}
    ids["unchanged"] = id_of(SELECTION)
    assert len(set(ids.values())) == len(ids)


def test_the_canonical_form_is_the_selection_again(demo, id_of):
    shown = demo.run("select", demo.save(SELECTION), "--show", "canonical").out
    assert id_of(json.loads(shown)) == id_of(SELECTION)
    again = demo.run("select", demo.save(json.loads(shown)), "--show", "canonical").out
    assert again == shown


def test_the_sql_of_a_selection_gives_its_rows(demo):
    selection = {**SELECTION, "sample": {"log2": 1}}
    sql = demo.run("select", demo.save(selection), "--show", "sql").out
    rows = demo.select(selection)
    assert rows.num_rows > 10
    assert demo.query(sql).equals(rows)

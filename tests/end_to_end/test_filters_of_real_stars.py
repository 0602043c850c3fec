"""Filters on real rows: three-valued as in SQL, IEEE for NaN, equal to numpy's answers."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

ROWS = 117_955
PREDICATES = 200
TOGETHER = 25
"""Predicates counted by one command."""

NUMBERS = ("hip", "ra", "dec", "plx", "pmra", "hpmag", "b_v", "v_i", "e_plx", "shp", "sn", "ic")
OPERATORS: dict[str, Callable[[Floats, Floats], Flags]] = {
    "=": np.equal,
    "<>": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


@dataclass(frozen=True)
class Values:
    """A number per row, or a truth; what is null has no value."""

    of: npt.NDArray[np.generic]
    null: Flags


@dataclass(frozen=True)
class Term:
    """A piece of SQL, and what it is for each row."""

    sql: str
    values: Values


class Stars:
    """The columns of Hipparcos, and random expressions and predicates about them."""

    def __init__(self, hub, seed: int) -> None:
        self.table = hub.query(f"SELECT {', '.join(NUMBERS)} FROM hipparcos.main")
        self._chance = random.Random(seed)

    def column(self, name: str) -> Values:
        column = self.table.column(NUMBERS.index(name)).combine_chunks()
        null = np.asarray(column.is_null().to_numpy(zero_copy_only=False))
        return Values(column.fill_null(0).to_numpy().astype(float), null)

    def literal(self) -> Term:
        """A number as it occurs in some column, or a null."""
        if self._chance.random() < 0.05:
            return Term("NULL", Values(np.zeros(ROWS), np.ones(ROWS, bool)))
        values = self.column(self._chance.choice(NUMBERS)).of
        value = float(values[self._chance.randrange(ROWS)])
        return Term(repr(value), Values(np.full(ROWS, value), np.zeros(ROWS, bool)))

    def number(self) -> Term:
        """A column, or a little arithmetic that also makes NaN and infinities."""
        name = self._chance.choice(NUMBERS)
        column = Term(name, self.column(name))
        kind = self._chance.choice(("column", "column", "+", "-", "*", "/", "sqrt", "abs"))
        if kind == "column":
            return column
        values, null = column.values.of, column.values.null
        with np.errstate(all="ignore"):
            if kind == "sqrt":
                return Term(f"sqrt({name})", Values(np.sqrt(values), null))
            if kind == "abs":
                return Term(f"abs({name})", Values(np.abs(values), null))
            which = "plx" if name != "plx" else "shp"
            other = self.column(which)
            made = {
                "+": values + other.of,
                "-": values - other.of,
                "*": values * other.of,
                "/": values / other.of,
            }[kind]
        return Term(f"({name} {kind} {which})", Values(made, null | other.null))

    def comparison(self) -> Term:
        op = self._chance.choice(list(OPERATORS))
        left = self.number()
        right = self.literal() if self._chance.random() < 0.7 else self.number()
        return Term(f"{left.sql} {op} {right.sql}", compared(op, left.values, right.values))

    def leaf(self) -> Term:
        kind = self._chance.choice(("compare", "compare", "between", "in", "is null"))
        if kind == "compare":
            return self.comparison()
        left = self.number()
        if kind == "is null":
            values = Values(left.values.null, np.zeros(ROWS, bool))
            return Term(f"{left.sql} IS NULL", values)
        items = [self.literal() for _ in range(self._chance.randint(2, 4))]
        if kind == "between":
            low, high = sorted(items[:2], key=lambda item: float(item.values.of[0]))
            found = both(
                compared(">=", left.values, low.values), compared("<=", left.values, high.values)
            )
            return Term(f"{left.sql} BETWEEN {low.sql} AND {high.sql}", found)
        found = compared("=", left.values, items[0].values)
        for item in items[1:]:
            found = either(found, compared("=", left.values, item.values))
        listed = ", ".join(item.sql for item in items)
        if self._chance.random() < 0.5:
            return Term(f"{left.sql} NOT IN ({listed})", negated(found))
        return Term(f"{left.sql} IN ({listed})", found)

    def predicate(self, depth: int = 2) -> Term:
        kind = self._chance.choice(("leaf", "and", "or", "not")) if depth else "leaf"
        if kind == "leaf":
            return self.leaf()
        left = self.predicate(depth - 1)
        if kind == "not":
            return Term(f"NOT ({left.sql})", negated(left.values))
        right = self.predicate(depth - 1)
        join = both if kind == "and" else either
        return Term(f"(({left.sql}) {kind.upper()} ({right.sql}))", join(left.values, right.values))


def compared(op: str, left: Values, right: Values) -> Values:
    return Values(OPERATORS[op](left.of, right.of), left.null | right.null)


def negated(values: Values) -> Values:
    return Values(~values.of.astype(bool), values.null)


def both(left: Values, right: Values) -> Values:
    """Kleene's and: false wins over null."""
    is_false = (~left.null & ~left.of.astype(bool)) | (~right.null & ~right.of.astype(bool))
    return Values(
        left.of.astype(bool) & right.of.astype(bool), (left.null | right.null) & ~is_false
    )


def either(left: Values, right: Values) -> Values:
    return negated(both(negated(left), negated(right)))


@pytest.mark.parametrize("seed", range(PREDICATES // TOGETHER))
def test_rows_are_where_a_predicate_is_true_or_false_or_null_as_numpy_says(demo, seed):
    stars = Stars(demo, seed)
    predicates = [stars.predicate() for _ in range(TOGETHER)]
    sql = " UNION ALL ".join(
        f"SELECT {number} AS n, {part} AS part, count(*) AS found "
        f"FROM hipparcos.main WHERE {condition}"
        for number, predicate in enumerate(predicates)
        for part, condition in enumerate(
            (predicate.sql, f"NOT ({predicate.sql})", f"({predicate.sql}) IS NULL")
        )
    )
    rows = demo.query(sql).to_pylist()
    found = {(row["n"], row["part"]): row["found"] for row in rows}
    for number, predicate in enumerate(predicates):
        truth, null = predicate.values.of.astype(bool), predicate.values.null
        counts = tuple(found[number, part] for part in range(3))
        expected = tuple(int(part.sum()) for part in (truth & ~null, ~truth & ~null, null))
        assert counts == expected, predicate.sql
        assert sum(counts) == ROWS, predicate.sql


def _stars(demo, name: str) -> tuple[npt.NDArray[np.int64], Floats, Flags]:
    rows = demo.query(f"SELECT hip, ({name}) AS x FROM hipparcos.main")
    x = rows.column("x").combine_chunks()
    null = np.asarray(x.is_null().to_numpy(zero_copy_only=False))
    return rows.column(0).to_numpy(), x.fill_null(0).to_numpy().astype(float), null


FILTERS: dict[str, tuple[dict[str, object], Callable[[Floats], Flags]]] = {
    "=": ({"value": 0.62}, lambda x: x == 0.62),
    "!=": ({"value": 0.62}, lambda x: x != 0.62),
    "<": ({"value": 0.5}, lambda x: x < 0.5),
    "<=": ({"value": 0.5}, lambda x: x <= 0.5),
    ">": ({"value": 0.5}, lambda x: x > 0.5),
    ">=": ({"value": 0.5}, lambda x: x >= 0.5),
    "between": ({"low": 0.25, "high": 0.75}, lambda x: (x >= 0.25) & (x <= 0.75)),
    "in": ({"values": [0.62, 0.5, 9]}, lambda x: np.isin(x, [0.62, 0.5, 9])),
    "not_in": ({"values": [0.62, 0.5, 9]}, lambda x: ~np.isin(x, [0.62, 0.5, 9])),
    "is_nan": ({}, np.isnan),
    "not_null": ({}, lambda x: np.ones(x.size, bool)),
}
LEFT = {
    "nulls": ({"column": "b_v"}, "b_v"),
    "NaN and infinities": ({"expression": "sqrt(plx) / shp"}, "sqrt(plx) / shp"),
    "whole numbers": ({"column": "sn"}, "sn"),
}


CASES = [(left, op) for left in LEFT for op in FILTERS if (left, op) != ("whole numbers", "is_nan")]


@pytest.mark.parametrize(("left", "op"), CASES)
@pytest.mark.parametrize("is_negated", [False, True])
def test_each_filter_is_what_numpy_makes_of_it(demo, left, op, is_negated):
    named, sql = LEFT[left]
    options, evaluate = FILTERS[op]
    leaf = {**named, "op": op, **options}
    selection = {
        "catalog": "hipparcos",
        "columns": ["hip"],
        "filters": {"not": leaf} if is_negated else leaf,
    }
    hip, x, null = _stars(demo, sql)
    expected = evaluate(x) != is_negated
    expected = null if op == "not_null" and is_negated else expected & ~null
    found = demo.select(selection).column(0).to_numpy()
    np.testing.assert_array_equal(np.sort(found), np.sort(hip[expected]))


@pytest.mark.parametrize(
    ("op", "evaluate"),
    [
        ("bits_any", lambda x, bits: (x & bits) != 0),
        ("bits_all", lambda x, bits: (x & bits) == bits),
        ("bits_none", lambda x, bits: (x & bits) == 0),
    ],
)
@pytest.mark.parametrize("bits", [1, 5, 64])
def test_bits_are_those_of_the_number(demo, op, evaluate, bits):
    rows = demo.query("SELECT hip, sn FROM hipparcos.main")
    hip, numbers = rows.column(0).to_numpy(), rows.column(1).to_numpy().astype(np.int64)
    leaf = {"column": "sn", "op": op, "bits": bits}
    found = demo.select({"catalog": "hipparcos", "columns": ["hip"], "filters": leaf})
    expected = np.sort(hip[evaluate(numbers, bits)])
    np.testing.assert_array_equal(np.sort(found.column(0).to_numpy()), expected)


@pytest.mark.parametrize(
    ("pattern", "expression"),
    [
        ("NGC%", "NGC.*"),
        ("IC____", "IC...."),
        ("%7", ".*7"),
        ("ngc%", "ngc.*"),
        (r"IC\_%", "IC_.*"),
        ("%", ".*"),
    ],
)
def test_like_is_a_pattern_of_the_whole_text(demo, pattern, expression):
    rows = demo.query("SELECT name FROM openngc.main").column(0).to_pylist()
    leaf = {"column": "name", "op": "like", "pattern": pattern}
    found = demo.select({"catalog": "openngc", "columns": ["name"], "filters": leaf})
    expected = [name for name in rows if name is not None and re.fullmatch(expression, name)]
    assert sorted(found.column(0).to_pylist()) == sorted(expected)

"""Expressions: what they mean, by running them in DuckDB, and what is refused."""

import math

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import MissingError, UsageError
from hub.query.expression import FUNCTIONS, column_names, number_literal, parse_expression

VALUES = {"x": 2.5, "y": -4.0, "z": 0.75}


def value_of(text):
    sql = parse_expression(text, VALUES).sql("duckdb")
    columns = ", ".join(f'{value!r}::DOUBLE AS "{name}"' for name, value in VALUES.items())
    [(value,)] = duckdb.sql(f"SELECT {sql} FROM (SELECT {columns})").fetchall()
    return value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1),
        ("1e3 + .5", 1000.5),
        ("0.1 + 0.2", 0.1 + 0.2),
        ("-2^2", -4),
        ("(-2)^2", 4),
        ("2^3^2", 512),
        ("2^-1", 0.5),
        ("2^-x^2", 2 ** -(2.5**2)),
        ("1 - (2 - 3)", 2),
        ("1 - 2 - 3", -4),
        ("8/4/2", 1),
        ("8/(4/2)", 4),
        ("7/2", 3.5),
        ("2*-3", -6),
        ("1--1", 2),
        ("- -3", 3),
        ("+x", 2.5),
        ("-(x + y)", 1.5),
        ("x*(y + z)*2", 2.5 * (-4 + 0.75) * 2),
        ('"X" + Y', -1.5),
        ("abs(y)", 4),
        ("sqrt(y^2)", 4),
        ("exp(1)", math.e),
        ("ln(exp(2))", 2),
        ("LOG10(1000)", 3),
        ("sin(z)", math.sin(0.75)),
        ("cos(z)", math.cos(0.75)),
        ("tan(z)", math.tan(0.75)),
        ("asin(z)", math.asin(0.75)),
        ("acos(z)", math.acos(0.75)),
        ("atan(z)", math.atan(0.75)),
        ("atan2(y, x)", math.atan2(-4, 2.5)),
        ("degrees(radians(30))", 30),
        ("floor(x) + ceil(x)", 5),
        ("round(2.567, 2)", 2.57),
        ("round(x + 1)", 4),
        ("least(x, y, z)", -4),
        ("greatest(x, y, z)", 2.5),
        ("coalesce(x, 1)", 2.5),
        ("((((x))))", 2.5),
    ],
)
def test_values(text, expected):
    assert value_of(text) == pytest.approx(expected, rel=1e-15, abs=1e-15)


OPERANDS = st.one_of(st.sampled_from(list(VALUES)), st.integers(0, 9).map(str))
TEXTS = st.recursive(
    OPERANDS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(" ".join),
        inner.map(lambda text: f"({text})"),
        inner.map(lambda text: f"-{text}"),
        inner.map(lambda text: f"abs({text})"),
    ),
    max_leaves=8,
)


@given(text=TEXTS)
def test_arithmetic_is_that_of_python(text):
    expected = eval(text, {"abs": abs}, dict(VALUES))
    assert value_of(text) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "message", "where"),
    [
        ("", "the expression ends", "character 1"),
        ("1 +", "the expression ends", "character 4"),
        ("(1", "closing parenthesis", "character 3"),
        ("1)", "an operator", "character 2"),
        ("1 2", "an operator", "character 3"),
        ("x y", "an operator", "character 3"),
        ("2**3", "\\^ for a power", "character 2"),
        ("x; y", "no place", "character 2"),
        ("'x'", "no place", "character 1"),
        ("x.y", "no place", "character 2"),
        ("x > 1", "no place", "character 3"),
        ("sin(1, 2)", "takes 1 argument, not 2", "character 1"),
        ("atan2(1)", "takes 2 arguments, not 1", "character 1"),
        ("sin()", "a number, a column", "character 5"),
        ("read_csv(x)", "no function read_csv", "character 1"),
        ("(" * 60 + "1" + ")" * 60, "deeper than 50", "character 51"),
        ("-" * 200 + "1", "deeper than 50", None),
        ("^".join("1" * 120), "deeper than 50", None),
        ("+".join("1" * 151), "more than 150 terms", "character 301"),
        ("1" * 10_001, "10000 are possible", ""),
        ("1e999", "too large", None),
    ],
)
def test_what_is_no_expression_is_refused_with_its_place(text, message, where):
    with pytest.raises(UsageError, match=message) as caught:
        parse_expression(text, VALUES)
    assert where is None or caught.value.where == where


def test_unknown_columns_and_functions_are_refused_with_the_nearest_name():
    with pytest.raises(MissingError) as caught:
        parse_expression("1 + g_mg", ["g_mag", "ra"], where="filters.expression")
    assert caught.value.hint == "Did you mean g_mag?"
    assert caught.value.where == "filters.expression, character 5"
    with pytest.raises(UsageError) as unknown:
        parse_expression("sinus(x)", VALUES)
    assert "sin" in unknown.value.hint


def test_columns_may_have_any_name_in_quotes():
    tree = parse_expression('"Select" * "a""b"', ["select", 'a"b'])
    assert column_names(tree) == ["select", 'a"b']


def test_columns_are_listed_once_in_order():
    assert column_names(parse_expression("y + x * y - sqrt(z)")) == ["y", "x", "z"]


def test_there_are_the_functions_that_are_promised():
    promised = (
        "abs sqrt exp ln log10 sin cos tan asin acos atan atan2 degrees radians floor ceil round "
        "least greatest coalesce"
    )
    assert set(FUNCTIONS) == set(promised.split())


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_doubles_reach_the_engine_as_they_are(value):
    [(found,)] = duckdb.sql(f"SELECT {number_literal(value).sql('duckdb')}").fetchall()
    assert isinstance(found, float)
    assert found == value

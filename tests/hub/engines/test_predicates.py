"""Filters mean what SQL and IEEE 754 say, on every row, for random predicates."""

import math
import re
from collections.abc import Callable

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Row = dict[str, object]
Truth = bool | None
Predicate = tuple[str, Callable[[Row], Truth]]

NUMBERS = ["f", "g", "i"]
LITERALS = [0, 1, -1, 1.5, 3, -2.0, 0.1, 1e300, 2**60 + 1]
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _and(a: Truth, b: Truth) -> Truth:
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def _or(a: Truth, b: Truth) -> Truth:
    return _not(_and(_not(a), _not(b)))


def _not(a: Truth) -> Truth:
    return None if a is None else not a


def _number(value: object, other: object) -> float | int:
    """Return a value as SQL compares it: whole numbers with each other, else doubles."""
    both_whole = isinstance(value, int) and isinstance(other, int)
    return value if both_whole else float(value)  # type: ignore[return-value, arg-type]


def _compare(
    op: str, left: Callable[[Row], object], right: Callable[[Row], object]
) -> Callable[[Row], Truth]:
    def test(row: Row) -> Truth:
        a, b = left(row), right(row)
        if a is None or b is None:
            return None
        return COMPARISONS[op](_number(a, b), _number(b, a))

    return test


def _of(name: str) -> Callable[[Row], object]:
    return lambda row: row[name]


@st.composite
def comparisons(draw: st.DrawFn) -> Predicate:
    column, op = draw(st.sampled_from(NUMBERS)), draw(st.sampled_from(list(COMPARISONS)))
    if draw(st.booleans()):
        other = draw(st.sampled_from(NUMBERS))
        return f"{column} {op} {other}", _compare(op, _of(column), _of(other))
    value = draw(st.sampled_from(LITERALS))
    if draw(st.booleans()):
        return f"{value} {op} {column}", _compare(op, lambda row: value, _of(column))
    return f"{column} {op} {value}", _compare(op, _of(column), lambda row: value)


@st.composite
def ranges(draw: st.DrawFn) -> Predicate:
    column = draw(st.sampled_from(NUMBERS))
    low, high = draw(st.sampled_from(LITERALS)), draw(st.sampled_from([*LITERALS, "g"]))
    top = _of("g") if high == "g" else (lambda row: high)
    above = _compare(">=", _of(column), lambda row: low)
    below = _compare("<=", _of(column), top)
    return f"{column} BETWEEN {low} AND {high}", lambda row: _and(above(row), below(row))


@st.composite
def lists(draw: st.DrawFn) -> Predicate:
    column = draw(st.sampled_from(NUMBERS))
    values = draw(st.lists(st.sampled_from([*LITERALS, None, "g"]), min_size=1, max_size=4))
    negated = draw(st.booleans())

    def test(row: Row) -> Truth:
        truth: Truth = False
        for value in values:
            right = row["g"] if value == "g" else value
            truth = _or(truth, _compare("=", _of(column), lambda _, r=right: r)(row))
        return _not(truth) if negated else truth

    text = ", ".join("NULL" if value is None else str(value) for value in values)
    return f"{column} {'NOT ' if negated else ''}IN ({text})", test


@st.composite
def likes(draw: st.DrawFn) -> Predicate:
    pattern = draw(st.sampled_from(["a%", "%", "", "_", "b!%c", "b!_c", "%b", "ä", "a'b"]))
    parts = []
    escaped = False
    for character in pattern:
        if not escaped and character == "!":
            escaped = True
            continue
        wild = {"%": ".*", "_": "."}.get(character) if not escaped else None
        parts.append(wild or re.escape(character))
        escaped = False
    expression = re.compile("".join(parts), re.DOTALL)
    quoted = pattern.replace("'", "''")
    return (
        f"s LIKE '{quoted}' ESCAPE '!'",
        lambda row: None if row["s"] is None else bool(expression.fullmatch(str(row["s"]))),
    )


def _isnan(name: str) -> Predicate:
    return (
        f"isnan({name})",
        lambda row: None if row[name] is None else math.isnan(row[name]),  # type: ignore[arg-type]
    )


LEAVES = st.one_of(
    comparisons(),
    ranges(),
    lists(),
    likes(),
    st.sampled_from([*NUMBERS, "s", "b"]).map(
        lambda name: (f"{name} IS NULL", lambda row: row[name] is None)
    ),
    st.sampled_from(["f", "g"]).map(_isnan),
    st.just(("b", lambda row: row["b"])),
)


def _combine(children: st.SearchStrategy[Predicate]) -> st.SearchStrategy[Predicate]:
    both = st.tuples(children, children)
    return st.one_of(
        both.map(
            lambda p: (f"({p[0][0]} AND {p[1][0]})", lambda row: _and(p[0][1](row), p[1][1](row)))
        ),
        both.map(
            lambda p: (f"({p[0][0]} OR {p[1][0]})", lambda row: _or(p[0][1](row), p[1][1](row)))
        ),
        children.map(lambda p: (f"NOT ({p[0]})", lambda row: _not(p[1](row)))),
    )


PREDICATES = st.recursive(LEAVES, _combine, max_leaves=5)


@given(PREDICATES)
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_predicate_is_true_false_or_null_as_sql_and_ieee_say(
    run: Callable[..., pa.Table], predicate: Predicate
) -> None:
    sql, expected = predicate
    rows = run("SELECT * FROM odd.main").to_pylist()
    answers = run(f"SELECT ({sql}) AS answer FROM odd.main")["answer"].to_pylist()
    assert answers == [expected(row) for row in rows]


@given(PREDICATES)
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_row_is_counted_by_a_predicate_its_negation_or_its_null(
    run: Callable[..., pa.Table], predicate: Predicate
) -> None:
    sql = predicate[0]
    counts = [
        run(f"SELECT count(*) AS n FROM odd.main WHERE {condition}")["n"][0].as_py()
        for condition in (sql, f"NOT ({sql})", f"({sql}) IS NULL")
    ]
    assert sum(counts) == 12

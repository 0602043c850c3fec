"""Pruning never drops a file that holds a match, and drops what plainly cannot."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp, parse_one

from hub.query.key_ranges import key_ranges, prune
from hub.tables.description import Partition

KEYS = st.integers(-5, 300)
LEAVES = st.one_of(
    st.tuples(st.sampled_from(["=", "<", "<=", ">", ">="]), KEYS).map(
        lambda p: f"t.k {p[0]} {p[1]}"
    ),
    st.tuples(st.sampled_from(["=", "<", "<=", ">", ">="]), KEYS).map(
        lambda p: f"{p[1]} {p[0]} t.k"
    ),
    st.tuples(KEYS, KEYS).map(lambda p: f"t.k BETWEEN {p[0]} AND {p[1]}"),
    st.tuples(st.integers(0, 5), KEYS).map(lambda p: f"(t.k >> {p[0]}) = {p[1]}"),
    st.tuples(st.integers(0, 5), KEYS, KEYS).map(lambda p: f"(t.k >> {p[0]}) IN ({p[1]}, {p[2]})"),
    st.sampled_from(["t.x > 5", "u.k = 3", "t.k + 1 = 4", "NOT t.k = 3", "t.k <> 3", "t.k = t.x"]),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(
        lambda p: f"({p[0]} {p[1]} {p[2]})"
    ),
    max_leaves=6,
)


def _can_match(condition: str, key: int) -> bool:
    """Tell whether some values of the other columns make the condition true for this key."""
    python = condition.replace(" = ", " == ").replace("<>", "!=").replace("AND", "and")
    python = python.replace("OR", "or").replace("NOT", "not").replace(" IN ", " in ")
    while "BETWEEN" in python:
        before, after = python.split("t.k BETWEEN ", 1)
        low, rest = after.split(" and ", 1)
        high = rest.replace(")", " ").split(" ", 1)[0]
        python = f"{before}({low} <= t.k <= {high}){rest[len(high) :]}"
    for x in (0, 6, key):
        for other in (0, 3):
            text = python.replace("t.k", f"({key})").replace("t.x", f"({x})")
            if eval(text.replace("u.k", f"({other})")):
                return True
    return False


@given(CONDITIONS, st.lists(st.integers(0, 300), min_size=1, max_size=8, unique=True))
def test_pruning_never_drops_a_partition_that_holds_a_match(
    condition: str, borders: list[int]
) -> None:
    edges = sorted({0, *borders, 301})
    partitions = [
        Partition(path=f"{low}", rows=1, bytes=1, key_min=low, key_max=high - 1)
        for low, high in pairwise(edges)
    ]
    ranges = key_ranges(parse_one(condition), "t", "k")
    kept = {partition.path for partition in prune(partitions, ranges)}
    for partition in partitions:
        if partition.path not in kept:
            assert not any(
                _can_match(condition, key)
                for key in range(partition.key_min, partition.key_max + 1)
            )


def test_ranges_are_exact_for_plain_conditions() -> None:
    def of(text: str) -> object:
        return key_ranges(parse_one(text), "t", "k")

    assert of("t.k BETWEEN 3 AND 9") == [(3, 9)]
    assert of("t.k BETWEEN 3 AND 9 OR t.k BETWEEN 5 AND 20") == [(3, 20)]
    assert of("t.k BETWEEN 3 AND 9 AND t.k > 7 AND t.x = 2") == [(8, 9)]
    assert of("(t.k >> 4) = 2") == [(32, 47)]
    assert of("t.k > 5 AND t.k < 3") == []
    assert of("t.x = 2") is None
    assert key_ranges(None, "t", "k") is None


def test_a_condition_on_another_table_says_nothing() -> None:
    condition = exp.EQ(this=exp.column("k", table="u"), expression=exp.Literal.number(3))
    assert key_ranges(condition, "t", "k") is None

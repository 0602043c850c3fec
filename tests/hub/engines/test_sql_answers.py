"""What SQL of users gives: names, types, values; and which errors say what."""

import math
from collections.abc import Callable
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from hub.errors import HubError
from hub.query.errors import TooComplexError
from hub.query.plan import QueryPlan

Run = Callable[..., pa.Table]
Plan = Callable[[str], QueryPlan]


def one(run: Run, expression: str) -> object:
    return run(f"SELECT {expression} AS v")["v"][0].as_py()


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("7/2", 3.5),
        ("7%2", 1),
        ("7%0", None),
        ("1/0", math.inf),
        ("-1/0.0", -math.inf),
        ("2^10", 1024.0),
        ("round(2.5)", 3.0),
        ("round(1.2345, 2)", 1.23),
        ("CAST(2.7 AS int)", 2),
        ("CAST(-2.7 AS bigint)", -2),
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775807 - 1", -(2**63)),
        ("'it''s'", "it's"),
        ("'a' || 'b'", "ab"),
        ("substring('héllo', 2, 2)", "él"),
        ("length('héllo')", 5),
        ("upper('x')", "X"),
        ("coalesce(NULL, 2.5)", 2.5),
        ("nullif(1, 1)", None),
        ("least(1, 2.5)", 1.0),
        ("greatest(1, 2)", 2),
        ("abs(-3)", 3),
        ("sign(-2)", -1.0),
        ("log10(1000)", 3.0),
        ("CASE WHEN 1 > 2 THEN 'a' ELSE 'b' END", "b"),
        ("DATE '2026-11-21'", date(2026, 11, 21)),
        ("TIMESTAMP '2026-11-21 01:02:03'", datetime(2026, 11, 21, 1, 2, 3, tzinfo=UTC)),
        ("5 & 4", 4),
        ("1 << 40", 1 << 40),
        ("'2026-11-21' < DATE '2026-11-22'", True),
        ("(SELECT max(i) FROM odd.main)", 2**63 - 1),
        ("EXISTS (SELECT 1 FROM odd.main WHERE i = 3)", True),
    ],
)
def test_values(run: Run, expression: str, value: object) -> None:
    answer = one(run, expression)
    assert answer == value
    assert type(answer) is type(value)


@pytest.mark.parametrize("expression", ["sqrt(-1)", "ln(-1)", "0/0", "acos(2)"])
def test_outside_its_domain_a_function_gives_nan(run: Run, expression: str) -> None:
    assert math.isnan(one(run, expression))  # type: ignore[arg-type]


def test_minimum_and_maximum_skip_nan(run: Run) -> None:
    row = run("SELECT max(f), min(f), max(g), min(g), count(f) FROM odd.main").to_pylist()[0]
    assert row == {"max": math.inf, "min": -math.inf, "max_2": math.inf, "min_2": -2.0, "count": 10}


def test_the_maximum_of_only_nan_is_null(run: Run) -> None:
    assert run("SELECT max(f) AS m FROM odd.main WHERE isnan(f)")["m"].to_pylist() == [None]


def test_a_star_gives_the_visible_columns_and_a_qualified_one_those_of_its_table(run: Run) -> None:
    assert run("SELECT * FROM odd.main").column_names == ["f", "g", "i", "s", "b"]
    both = run("SELECT a.*, b.i FROM odd.main a JOIN odd.main b ON a.i = b.i")
    assert both.column_names == ["f", "g", "i", "s", "b", "i_2"]
    assert both.num_rows == 10


def test_columns_of_the_hub_can_be_selected_by_name(run: Run) -> None:
    assert run("SELECT _random FROM odd.main LIMIT 2")["_random"].to_pylist() == [0, 1]


def test_rows_come_in_the_order_of_the_files(run: Run) -> None:
    keys = run("SELECT _healpix_29 AS k FROM odd.main WHERE i IS NOT NULL")["k"].to_pylist()
    assert keys == sorted(keys)


def test_nulls_come_last_unless_the_query_says_otherwise(run: Run) -> None:
    for direction in ("", "DESC"):
        values = run(f"SELECT i FROM odd.main ORDER BY i {direction}")["i"].to_pylist()
        assert values[-2:] == [None, None]
    assert run("SELECT i FROM odd.main ORDER BY i NULLS FIRST")["i"].to_pylist()[:2] == [None, None]


def test_an_order_may_name_an_output_a_number_or_a_column(run: Run) -> None:
    by_alias = run("SELECT -i AS n FROM odd.main WHERE i BETWEEN 0 AND 6 ORDER BY n")
    by_number = run("SELECT -i AS n FROM odd.main WHERE i BETWEEN 0 AND 6 ORDER BY 1")
    by_column = run("SELECT -i AS n FROM odd.main WHERE i BETWEEN 0 AND 6 ORDER BY i DESC")
    assert by_alias == by_number == by_column


def test_groups_by_name_number_and_alias_are_the_same(run: Run) -> None:
    texts = [
        "SELECT b, count(*) AS n FROM odd.main GROUP BY b ORDER BY b",
        "SELECT b, count(*) AS n FROM odd.main GROUP BY 1 ORDER BY 1",
        "SELECT b AS k, count(*) AS n FROM odd.main GROUP BY k HAVING n > 0 ORDER BY k",
    ]
    answers = [run(text).to_pydict() for text in texts]
    assert [list(answer.values()) for answer in answers] == [
        [[False, True, None], [4, 4, 4]] for _ in texts
    ]


def test_common_table_expressions_set_operations_and_sub_queries(run: Run) -> None:
    answer = run(
        "WITH small(k) AS (SELECT i FROM odd.main WHERE i BETWEEN 3 AND 5) "
        "SELECT k FROM small UNION SELECT 4 EXCEPT SELECT 5 ORDER BY k"
    )
    assert answer["k"].to_pylist() == [3, 4]
    correlated = run(
        "SELECT i FROM odd.main a WHERE EXISTS "
        "(SELECT 1 FROM odd.main b WHERE b.i = a.i + 1) AND i BETWEEN 0 AND 6 ORDER BY i"
    )
    assert correlated["i"].to_pylist() == [0, 3, 4, 5]


def test_in_a_sub_query_nan_is_not_equal_to_nan(run: Run) -> None:
    answer = run("SELECT f FROM odd.main WHERE f IN (SELECT f FROM odd.main) ORDER BY f")
    assert not any(math.isnan(value) for value in answer["f"].to_pylist())


def test_using_joins_columns_once(run: Run) -> None:
    answer = run("SELECT * FROM odd.main a JOIN odd.main b USING (i) ORDER BY i LIMIT 1")
    assert answer.column_names.count("i") == 1
    assert answer["i"].to_pylist() == [-(2**63)]


def test_long_conditions_run(run: Run) -> None:
    answer = run("SELECT count(*) AS n FROM odd.main WHERE " + " OR ".join(["i = 3"] * 4_900))
    assert answer["n"].to_pylist() == [1]
    deep = run("SELECT " + "(" * 199 + "1" + ")" * 199 + " AS v")
    assert deep["v"].to_pylist() == [1]


@pytest.mark.parametrize(
    ("sql", "message", "hint", "where"),
    [
        ("SELECT ff FROM odd.main", "no column ff in odd", "Did you mean f?", "line 1, column 8"),
        (
            "SELECT f,\n  h.g FROM odd.main",
            "h is not a table",
            "Tables here: main.",
            "line 2, column 3",
        ),
        ("SELECT f FROM odd.main a, odd.main b", "more than one table", "", "line 1, column 8"),
        ("SELECT s > 5 FROM odd.main", "Text cannot be compared with a number", "quotes", "line 1"),
        ("SELECT s FROM odd.main GROUP BY b", "neither in GROUP BY", "max(s)", "line 1, column 8"),
        ("SELECT f FROM odd.main WHERE max(f) > 1", "WHERE cannot hold an aggregate", "HAVING", ""),
        ("SELECT f FROM odd.main WHERE f", "needs a condition", "x > 5", ""),
        ("SELECT f FROM odd.main JOIN odd.main b", "ON or USING", "CROSS JOIN", ""),
        ("SELECT f FROM odd.main LIMIT 1 + 1", "whole number", "", ""),
        ("SELECT f FROM odd.main ORDER BY 3", "there are 1 columns", "", ""),
        ("SELECT f g h FROM odd.main", "cannot be read near h", "", "line 1, column 12"),
        ("SELECT f,, g FROM odd.main", "missing before ,", "", "line 1, column 10"),
        ("SELECT log(f) FROM odd.main", "function log", "Did you mean log10?", "line 1, column 8"),
        ("SELECT power(f) FROM odd.main", "A value is missing near )", "", ""),
        ("SELECT floor(f, 2, 3) FROM odd.main", "floor", "", ""),
        (
            "SELECT f FROM odd.main UNION SELECT f, g FROM odd.main",
            "same number of columns",
            "",
            "",
        ),
        ("SELECT i & 1.5 FROM odd.main", "whole number", "", ""),
    ],
)
def test_errors_say_what_where_and_what_to_do(
    plan: Plan, sql: str, message: str, hint: str, where: str
) -> None:
    with pytest.raises(HubError) as caught:
        plan(sql)
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert caught.value.where.startswith(where)


def test_conditions_on_the_key_prune_files(plan: Plan) -> None:
    assert plan("SELECT f FROM odd.main").estimate.partitions == 2
    cut = plan(f"SELECT f FROM odd.main WHERE _healpix_29 BETWEEN 0 AND {3 << 50}")
    assert [partition.path for partition in cut.scans[0].partitions] == ["p0.parquet"]
    none = plan("SELECT f FROM odd.main WHERE _healpix_29 < 0")
    assert none.estimate.rows == 0


def test_a_query_that_reads_no_file_still_has_its_columns(run: Run) -> None:
    answer = run("SELECT f, s FROM odd.main WHERE _healpix_29 < 0")
    assert answer.num_rows == 0
    assert answer.schema.types == [pa.float64(), pa.string()]


def test_an_order_by_the_key_needs_no_sort(plan: Plan) -> None:
    planned = plan("SELECT f FROM odd.main ORDER BY _healpix_29, _random")
    assert planned.in_table_order
    assert planned.tree.args.get("order") is None


@pytest.mark.parametrize(
    "expression",
    [
        "i % 3 + abs(i) * 2 - (i & 1)",
        "-f / g + round(f, 2) - sign(g)",
        "i BETWEEN 1.5 AND f",
        "f BETWEEN 1 AND 2",
        "g BETWEEN f AND 2",
        "f IN (1, 2, 3)",
        "f IN (1, g, NULL)",
        "f NOT IN (SELECT g FROM odd.main)",
        "f <> g OR f = g OR f > g",
        "coalesce(s, 'x') || concat(s, 'y', s) LIKE 'a%' ESCAPE '!'",
        "CASE WHEN f > 1 THEN g ELSE sqrt(f) END >= CAST(s AS double)",
        "(SELECT max(f) FROM odd.main WHERE f < g) > CAST(f AS int)",
        "min(f) + sum(i) + count(DISTINCT s) + avg(g)",
    ],
)
def test_every_node_of_a_plan_hangs_in_one_place(plan: Plan, expression: str) -> None:
    tree = plan(f"SELECT {expression} AS v FROM odd.main").tree
    nodes = list(tree.walk())
    assert len({id(node) for node in nodes}) == len(nodes)
    for node in nodes:
        assert all(child.parent is node for child in node.iter_expressions())


def test_guards_do_not_double_a_query_without_end(plan: Plan) -> None:
    nested = "sqrt(f)"
    for _ in range(30):
        nested = f"CASE WHEN {nested} > 0 THEN sqrt(f) ELSE g END"
    with pytest.raises(TooComplexError) as caught:
        plan(f"SELECT {nested} AS v FROM odd.main")
    assert "sub-query" in caught.value.hint


@pytest.mark.timeout(5)
def test_long_values_and_their_groups_are_planned_at_once(plan: Plan) -> None:
    plan("SELECT " + " + ".join(["max(f)"] * 490) + " AS v FROM odd.main")
    plan("SELECT " + " + ".join(["i"] * 490) + " AS v FROM odd.main GROUP BY i")
    plan("SELECT f FROM odd.main WHERE " + " + ".join(["f"] * 490) + " > 0")

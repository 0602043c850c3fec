"""Hostile SQL is refused before anything runs, with a reason that gives nothing away."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hub.errors import ErrorKind, HubError
from hub.query.plan import QueryPlan

REFUSED = {
    "file as table": "SELECT * FROM '/etc/passwd'",
    "file as quoted table": 'SELECT * FROM "/etc/passwd"',
    "relative file": "SELECT * FROM 'p0.parquet'",
    "file with schema": "SELECT * FROM main.'p0.parquet'",
    "read_csv": "SELECT * FROM read_csv('/etc/passwd')",
    "read_csv_auto": "SELECT * FROM read_csv_auto('/etc/passwd')",
    "read_parquet": "SELECT * FROM read_parquet('p0.parquet')",
    "read_text": "SELECT * FROM read_text('/etc/passwd')",
    "read_blob": "SELECT content FROM read_blob('/etc/passwd')",
    "glob": "SELECT * FROM glob('/*')",
    "parquet_metadata": "SELECT * FROM parquet_metadata('p0.parquet')",
    "query": "SELECT * FROM query('SELECT 1')",
    "query_table": "SELECT * FROM query_table('odd.main')",
    "range": "SELECT * FROM range(1000000000)",
    "generate_series": "SELECT * FROM generate_series(1, 1000000000)",
    "unnest": "SELECT unnest([1, 2, 3])",
    "lateral function": "SELECT * FROM odd.main, LATERAL range(5)",
    "settings": "SELECT * FROM duckdb_settings()",
    "tables": "SELECT * FROM duckdb_tables()",
    "pragma function": "SELECT * FROM pragma_version()",
    "schema tables": "SELECT * FROM information_schema.tables",
    "master": "SELECT * FROM sqlite_master",
    "copy": "COPY (SELECT 1) TO '/tmp/hub-hostile.csv'",
    "copy from": "COPY odd.main FROM '/etc/passwd'",
    "attach": "ATTACH '/tmp/hub-hostile.db' AS x",
    "detach": "DETACH x",
    "pragma": "PRAGMA database_list",
    "set": "SET threads = 64",
    "reset": "RESET threads",
    "export": "EXPORT DATABASE '/tmp/hub-hostile'",
    "import": "IMPORT DATABASE '/tmp/hub-hostile'",
    "call": "CALL pragma_version()",
    "install": "INSTALL httpfs",
    "load": "LOAD httpfs",
    "create": "CREATE TABLE x AS SELECT 1",
    "create macro": "CREATE MACRO f(a) AS a + 1",
    "insert": "INSERT INTO odd.main VALUES (1)",
    "update": "UPDATE odd.main SET f = 1",
    "delete": "DELETE FROM odd.main",
    "drop": "DROP TABLE odd.main",
    "alter": "ALTER TABLE odd.main ADD COLUMN x int",
    "truncate": "TRUNCATE odd.main",
    "explain": "EXPLAIN ANALYZE SELECT 1",
    "describe": "DESCRIBE odd.main",
    "show": "SHOW TABLES",
    "use": "USE odd",
    "begin": "BEGIN",
    "prepare": "PREPARE q AS SELECT 1",
    "vacuum": "VACUUM",
    "from first": "FROM odd.main",
    "two statements": "SELECT 1; DROP TABLE odd.main",
    "two queries": "SELECT 1; SELECT 2",
    "comment hides": "SELECT 1 /* x */; /* y */ COPY (SELECT 1) TO '/tmp/hub-hostile'",
    "getenv": "SELECT getenv('HOME')",
    "current_setting": "SELECT current_setting('home_directory')",
    "getvariable": "SELECT getvariable('x')",
    "version": "SELECT version()",
    "repeat": "SELECT repeat('x', 1000000000)",
    "lpad": "SELECT lpad('x', 1000000000, 'y')",
    "sleep": "SELECT sleep(100)",
    "unknown function": "SELECT frobnicate(f) FROM odd.main",
    "function with schema": "SELECT main.getenv('HOME')",
    "quoted function": "SELECT \"getenv\"('HOME')",
    "function in where": "SELECT f FROM odd.main WHERE getenv('HOME') = 'x'",
    "function in order": "SELECT f FROM odd.main ORDER BY getenv('HOME')",
    "function in group": "SELECT count(*) FROM odd.main GROUP BY getenv('HOME')",
    "function in having": "SELECT count(*) FROM odd.main HAVING getenv('HOME') = 'x'",
    "function in join": "SELECT 1 FROM odd.main a JOIN odd.main b ON getenv('HOME') = 'x'",
    "function in limit": "SELECT f FROM odd.main LIMIT length(getenv('HOME'))",
    "function in cte": "WITH x AS (SELECT getenv('HOME') AS h) SELECT h FROM x",
    "function in sub-query": "SELECT (SELECT getenv('HOME'))",
    "function in values": "SELECT * FROM (VALUES (getenv('HOME'))) AS t(a)",
    "recursive": "WITH RECURSIVE x AS (SELECT 1 AS n UNION SELECT n + 1 FROM x) SELECT * FROM x",
    "window": "SELECT row_number() OVER () FROM odd.main",
    "tablesample": "SELECT f FROM odd.main TABLESAMPLE 10 PERCENT",
    "pivot": "SELECT * FROM odd.main PIVOT (count(*) FOR s IN ('a'))",
    "qualify": "SELECT f FROM odd.main QUALIFY true",
    "columns": "SELECT COLUMNS('f') FROM odd.main",
    "exclude": "SELECT * EXCLUDE (f) FROM odd.main",
    "replace": "SELECT * REPLACE (1 AS f) FROM odd.main",
    "into": "SELECT f INTO x FROM odd.main",
    "for update": "SELECT f FROM odd.main FOR UPDATE",
    "parameter": "SELECT $1",
    "placeholder": "SELECT ?",
    "struct": "SELECT {'a': 1}",
    "lambda": "SELECT list_transform([1], x -> x + 1)",
    "list": "SELECT [1, 2]",
    "try_cast": "SELECT try_cast('x' AS int)",
    "cast to enum": "SELECT CAST('x' AS json)",
    "similar to": "SELECT s SIMILAR TO '(a+)+b' FROM odd.main",
    "regexp": "SELECT regexp_matches(s, '(a+)+b') FROM odd.main",
    "other catalog": "SELECT * FROM secret.main",
    "three parts": "SELECT * FROM memory.odd.main",
    "scan name": "SELECT * FROM _scan_0",
    "quote in name": 'SELECT "f""; DROP TABLE x; --" FROM odd.main',
    "open quote": "SELECT 'x",
    "open comment": "SELECT 1 /* x",
    "no columns": "SELECT FROM odd.main",
    "columns in a comment": "SELECT " + "-" * 100 + "1",
    "hexadecimal number": "SELECT 0x1f",
    "number and name": "SELECT 1e5x",
    "number without exponent": "SELECT 12e",
    "percent": "SELECT f FROM odd.main LIMIT 10%",
    "fetch": "SELECT f FROM odd.main FETCH FIRST 5 ROWS ONLY",
    "order by all": "SELECT f FROM odd.main ORDER BY ALL",
    "empty alias": 'SELECT f AS "" FROM odd.main',
    "empty version": 'SELECT f FROM "odd@".main',
    "empty catalog": 'SELECT f FROM "@1.0".main',
    "word of another engine": "SELECT current_schema",
    "chained comparisons": "SELECT 1 = 1 = true",
    "chained between": "SELECT true BETWEEN true AND true BETWEEN true AND true",
    "chained casts": "SELECT 1" + "::double" * 5_000,
    "chained in": "SELECT true" + " IN (true)" * 600,
    "empty": "",
    "only a comment": "-- nothing",
    "null byte": "SELECT '\x00' FROM odd.main WHERE f\x00 = 1",
    "many terms": "SELECT " + "+".join(["1"] * 100_000),
    "many ors": "SELECT 1 FROM odd.main WHERE " + " OR ".join(["i = 1"] * 60_000),
    "long list": "SELECT 1 FROM odd.main WHERE i IN (" + ",".join(["1"] * 100_000) + ")",
    "deep parentheses": "SELECT " + "(" * 201 + "1" + ")" * 201,
    "deeper": "SELECT " + "(" * 100_000 + "1" + ")" * 100_000,
    "deep not": "SELECT " + "NOT " * 10_000 + "true",
    "deep minus": "SELECT " + "- " * 10_000 + "1",
    "deep sub-queries": "SELECT * FROM (" * 300 + "SELECT 1 AS a" + ") AS t" * 300,
    "deep case": "SELECT " + "CASE WHEN true THEN " * 300 + "1" + " END" * 300,
    "long chain": "SELECT " + "||".join(["s"] * 600) + " FROM odd.main",
    "huge": "SELECT '" + "x" * 2_000_000 + "'",
}


@pytest.mark.parametrize("sql", REFUSED.values(), ids=REFUSED)
def test_hostile_sql_is_refused_before_anything_runs(
    plan: Callable[[str], QueryPlan], folder: Path, sql: str
) -> None:
    before = sorted(folder.rglob("*"))
    with pytest.raises(HubError) as caught:
        plan(sql)
    error = caught.value
    assert error.kind in {ErrorKind.USAGE, ErrorKind.MISSING}
    assert error.message
    told = f"{error.message} {error.hint} {error.where}"
    assert len(told) < 1000
    assert str(folder) not in told
    assert "Traceback" not in told
    assert "sqlglot" not in told
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("SELECT " + "(" * 201 + "1" + ")" * 201, "200 levels"),
        ("SELECT " + "+".join(["1"] * 10_001), "10,000"),
    ],
)
def test_size_limits_are_told_by_name(
    plan: Callable[[str], QueryPlan], sql: str, word: str
) -> None:
    with pytest.raises(HubError, match=word):
        plan(sql)


def test_queries_at_the_limits_are_planned(plan: Callable[[str], QueryPlan]) -> None:
    assert plan("SELECT " + "(" * 199 + "1" + ")" * 199).columns
    assert plan("SELECT count(*) FROM odd.main WHERE " + " OR ".join(["i = 1"] * 4_900)).columns

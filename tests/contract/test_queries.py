"""Every clause and every aggregate gives the same rows on every engine."""

from collections.abc import Callable

import pytest

pytestmark = pytest.mark.spark

EXACT = [
    ("SELECT count(*) AS n, count(f) AS f, count(DISTINCT f) AS d, count(DISTINCT s) AS s "
    "FROM odd.main"),
    ("SELECT min(f), max(f), min(g), max(g), min(i), max(i), min(s), max(s), min(t), max(d), "
    "max(w) FROM odd.main"),
    "SELECT min(f) AS a, max(f) AS b, sum(i) AS c, avg(f) AS d FROM odd.main WHERE isnan(f)",
    "SELECT min(f) AS a, sum(i) AS c, count(i) AS n FROM odd.main WHERE f > 1e301 AND f < 1e300",
    "SELECT sum(i) AS s, sum(DISTINCT j) AS d FROM odd.main",
    "SELECT b, count(*) AS n, sum(j) AS s, max(f) AS m FROM odd.main GROUP BY b ORDER BY b",
    "SELECT f, count(*) AS n FROM odd.main GROUP BY f ORDER BY f",
    "SELECT DISTINCT g FROM odd.main ORDER BY g DESC",
    "SELECT j % 3 AS k, count(*) AS n FROM odd.main GROUP BY k HAVING n > 1 ORDER BY k NULLS FIRST",
    "SELECT i FROM odd.main ORDER BY i", "SELECT i FROM odd.main ORDER BY i DESC",
    "SELECT i FROM odd.main ORDER BY i NULLS FIRST",
    "SELECT i FROM odd.main ORDER BY i DESC NULLS FIRST",
    "SELECT f, _random FROM odd.main ORDER BY f, _random",
    "SELECT f, _random FROM odd.main ORDER BY f DESC, _random DESC",
    "SELECT s, _random FROM odd.main ORDER BY s, 2", "SELECT s FROM odd.main ORDER BY upper(s), i",
    "SELECT i FROM odd.main ORDER BY i LIMIT 3 OFFSET 2",
    "SELECT a.i, b.j FROM odd.main a JOIN odd.main b ON a.j = b._random ORDER BY 1, 2",
    ("SELECT a._random AS x, b._random AS y FROM odd.main a JOIN odd.main b ON a.f = b.g "
    "ORDER BY x, y"),
    ("SELECT a._random AS x, b._random AS y FROM odd.main a LEFT JOIN odd.main b ON a.s = b.p "
    "ORDER BY x, y"),
    ("SELECT a._random AS x, b._random AS y FROM odd.main a FULL JOIN odd.main b "
    "ON a.j = b._random AND b.f > 0 ORDER BY x, y"),
    "SELECT * FROM odd.main a JOIN odd.main b USING (i) ORDER BY a._random",
    "SELECT count(*) AS n FROM odd.main a CROSS JOIN odd.main b WHERE a.f < b.g",
    ("WITH small(k) AS (SELECT i FROM odd.main WHERE i BETWEEN 3 AND 5) "
    "SELECT k FROM small UNION SELECT 4 EXCEPT SELECT 5 ORDER BY k"),
    "SELECT f + 0 AS f FROM odd.main UNION ALL SELECT j FROM odd.main ORDER BY f",
    "SELECT f FROM odd.main INTERSECT SELECT g FROM odd.main ORDER BY f",
    ("SELECT i FROM odd.main a WHERE EXISTS (SELECT 1 FROM odd.main b WHERE b.i = a.i + 1 "
    "AND b.i < 100) AND i BETWEEN 0 AND 6 ORDER BY i"),
    "SELECT f FROM odd.main WHERE f IN (SELECT f FROM odd.main) ORDER BY f",
    "SELECT f FROM odd.main WHERE f NOT IN (SELECT g FROM odd.main WHERE g IS NOT NULL) ORDER BY f",
    "SELECT f FROM odd.main WHERE f NOT IN (SELECT g FROM odd.main) ORDER BY f",
    "SELECT (SELECT max(i) FROM odd.main) AS m, EXISTS (SELECT 1 FROM odd.main WHERE i = 3) AS e",
    "SELECT k, t FROM (VALUES (1, 'a''b'), (2, 'c\\d')) v(k, t) ORDER BY k",
    "SELECT 1 AS a, 1.5 AS b, 'x' AS c, NULL IS NULL AS d",
    "SELECT v, d, t, w, b FROM odd.main ORDER BY _random",
    "SELECT f, s FROM odd.main WHERE _healpix_29 < 0 ORDER BY f",
    "SELECT count(*) AS n FROM odd.main WHERE _healpix_29 < 0",
    "SELECT median(f) AS m FROM odd.main WHERE f BETWEEN -5 AND 5",
    "SELECT count(*) AS n FROM odd.main WHERE " + " OR ".join(["i = 3"] * 2_000),
    "SELECT " + "(" * 150 + "max(i)" + ")" * 150 + " AS v FROM odd.main",
]  # fmt: skip

CLOSE = [
    ("SELECT avg(f) AS a, sum(f) AS b, stddev_samp(f) AS c, var_pop(f) AS d, median(f) AS m "
    "FROM odd.main WHERE f BETWEEN -10 AND 10"),
    "SELECT avg(f) AS a, sum(f) AS b, stddev_pop(f) AS c FROM odd.main WHERE f > 0",
    "SELECT avg(i) AS a, sum(g) AS b, var_samp(j) AS c, median(j) AS m FROM odd.main",
    "SELECT stddev_samp(f) AS s, stddev_pop(f) AS p FROM odd.main WHERE i = 3 OR i = 5",
    "SELECT b, avg(_healpix_29) AS a, sum(i / 7) AS s FROM odd.main GROUP BY b ORDER BY b",
]  # fmt: skip

ERRORS = [
    "SELECT sum(abs(i)) AS v FROM odd.main WHERE i > 0",
    "SELECT sum(i * j * 9) AS v FROM odd.main",
    "SELECT max(CAST(s AS bigint)) AS v FROM odd.main",
]


@pytest.mark.parametrize("sql", EXACT)
def test_rows_agree_bit_for_bit(agree: Callable[..., object], sql: str) -> None:
    agree(sql)


@pytest.mark.parametrize("sql", CLOSE)
def test_sums_and_means_agree_to_twelve_digits(agree: Callable[..., object], sql: str) -> None:
    agree(sql, relative=1e-12)


@pytest.mark.parametrize("sql", ERRORS)
def test_errors_agree(agree: Callable[..., object], sql: str) -> None:
    assert agree(sql) == "EngineFailedError"

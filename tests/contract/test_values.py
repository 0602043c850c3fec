"""Every expression has the same value, row by row, on every engine."""

from collections.abc import Callable

import pytest

pytestmark = pytest.mark.spark

EXACT = [
    "f", "g", "i", "j", "s", "b", "v", "d", "t", "w", "_healpix_29", "_random",
    "f / g", "f / 0", "-f / 0", "1 / f", "0 / f", "i / j", "i / 0", "7 / 2", "f / 3",
    "f % g", "f % 0", "i % j", "i % 0", "j % 3", "-7 % 3", "f % 2",
    "f + g", "f - g", "f * g", "j + 1", "j * j", "-j", "-f", "+f", "w + 1", "w / 2",
    "abs(f)", "abs(g)", "abs(j)", "sqrt(f)", "floor(f)", "ceil(f)", "trunc(f)", "round(f)",
    "round(f * 10)", "round(f, 2)", "round(g, 1)", "round(f * 1e307, 5)", "sign(f)", "sign(j)",
    "floor(f * 1e18)", "floor(-f)", "ceil(-f)", "ceil(f / 2)", "trunc(f / 2)", "floor(j)",
    "isnan(f)", "isnan(g)", "NOT isnan(f)", "isnan(NULL)",
    "least(f, g)", "greatest(f, g)", "least(f, 1)", "greatest(i, j)", "least(f)", "least(s, p)",
    "coalesce(f, g, 0)", "coalesce(s, 'none')", "nullif(f, 0)", "nullif(f, g)", "nullif(s, 'a')",
    "power(f, 2)", "f ^ 2", "power(2, j)", "power(1, f)", "power(-1, f)",
    "degrees(f)", "radians(f)", "pi()", "atan2(f, g * 0)",
    "lower(s)", "upper(s)", "upper('ßﬁé')", "lower('İΣ ΑΣ')", "trim(s)", "trim('\t x \u3000')",
    "length(s)", "length('😀é')", "s || p", "s || 'x' || NULL", "concat(s, '-', p)",
    "substring(s, 2)", "substring(s, 1, 2)", "substring('abcdef', j)",
    "substring('abcdef', j, 2)", "substring('abcdef', 0, 2)", "substring('abcdef', -8, 3)",
    "substring('abcdef', 3, -2)", "substring('abcdef', j, i % 5)", "substring(s, j, j)",
    "substring('héllo', 2, 2)", "substring(s, 99, 99)",
    "s LIKE 'b%c'", r"s LIKE 'a\b'", r"s LIKE 'a\\b'", "s LIKE 'b!%c' ESCAPE '!'",
    "s LIKE 'b!_c' ESCAPE '!'", r"s LIKE '%\_%' ESCAPE '\'", "s LIKE p", "s ILIKE p",
    "s LIKE '_b'", "s ILIKE 'ä'", "s NOT LIKE 'a%'", "s LIKE '' ESCAPE '!'", "s LIKE 'a''b'",
    "'ab' LIKE 'a!b' ESCAPE '!'", r"'a\b' LIKE p", r"'a\%' LIKE 'a\%'",
    r"'a\n'", r"'\'", "'it''s'", '\'"\'', "'ä😀'", "'a\nb'",
    "f = g", "f <> g", "f < g", "f >= g", "f > 1", "f = f", "f <> f", "i > f", "i = j", "w > i",
    "f BETWEEN 0 AND g", "f NOT BETWEEN 0 AND 2", "f IN (1.5, g)", "f NOT IN (0, NULL)",
    "i IN (1, 3, 5, 6, 7)", "s IN ('a', 'ä')", "s < p", "s >= 'b'", "b AND f > 0", "b OR f > 0",
    "NOT b", "b IS TRUE", "b IS NOT FALSE", "f IS NULL", "s IS NOT NULL",
    "CASE WHEN f > g THEN i WHEN f < g THEN j END", "CASE WHEN b THEN f ELSE i END",
    "CAST(j AS double)", "CAST(j AS varchar)", "CAST(i AS varchar)",
    "CAST(b AS integer)", "CAST(j AS boolean)", "CAST(g AS double)", "CAST(2.7 AS int)",
    "CAST(-2.7 AS bigint)", "CAST(' 12 ' AS bigint)", "CAST('nan' AS double)",
    "CAST('-inf' AS float)", "CAST(b AS varchar)", "CAST(t AS varchar)", "CAST(d AS varchar)",
    "CAST(t AS date)", "CAST(d AS timestamp)", "CAST(g * 3 AS float)",
    "CAST(NULL AS double)",
    "t < TIMESTAMP '2026-11-21 01:02:03'", "t > '2000-01-01'", "d = '1970-01-02'", "t >= d",
    "TIMESTAMP '2026-11-21 01:02:03.5'", "DATE '2026-11-21'",
    "CAST('2026-11-21T01:02:03Z' AS timestamp)",
    "j & 3", "j | 8", "i & j", "1 << 40", "j >> 1", "i >> j", "8 >> 70", "8 >> (0 - 1)", "i >> 3",
    "9223372036854775807", "-9223372036854775807 - 1", "18446744073709551616",
    "1.5", "1e-320", "CAST(j * 0.3 AS bigint)", "0.1 + 0.2", "NULL IS NULL",
]  # fmt: skip

CLOSE = [
    "exp(f)", "ln(f)", "log10(f)", "log10(1000)", "ln(0)", "ln(-1)", "sin(f)", "cos(f)", "tan(f)",
    "asin(f)", "acos(f)", "atan(f)", "atan2(f, g)", "atan2(g, f)", "cbrt(f)", "power(f, 0.5)",
    "power(g, f)", "exp(1000)", "sin(radians(f))", "power(f, g)", "atan2(f, -1)",
    "degrees(acos(f / 3))",
]  # fmt: skip

ERRORS = [
    "substring(s, i)", "substring(s, 1, i)", "substring(s, 9223372036854775807)",
    "i + 1", "i * 2", "-i", "i - 2", "abs(i)", "1 << 63", "1 << 64", "2 << 62", "(0 - 1) << 2",
    "CAST(f AS bigint)", "CAST(i AS smallint)", "CAST(s AS double)", "CAST('x' AS bigint)",
    "CAST(f AS float) + CAST(f * 1e10 AS float)", "CAST(s AS date)",
]  # fmt: skip


def together(expressions: list[str]) -> list[str]:
    """Return SELECTs of a dozen expressions each, since a query costs more than they do."""
    return [
        ", ".join(f"{text} AS v{number}" for number, text in enumerate(expressions[at : at + 12]))
        for at in range(0, len(expressions), 12)
    ]


@pytest.mark.parametrize("values", together(EXACT))
def test_values_agree_bit_for_bit(agree: Callable[..., object], values: str) -> None:
    agree(f"SELECT {values}, _random AS n FROM odd.main", key="n")


@pytest.mark.parametrize("values", together(CLOSE))
def test_values_of_transcendental_functions_agree(
    agree: Callable[..., object], values: str
) -> None:
    agree(f"SELECT {values}, _random AS n FROM odd.main", key="n", relative=1e-15)


@pytest.mark.parametrize("expression", ERRORS)
def test_errors_agree(agree: Callable[..., object], expression: str) -> None:
    assert agree(f"SELECT {expression} AS value FROM odd.main") == "EngineFailedError"

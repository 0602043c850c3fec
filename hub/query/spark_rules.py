"""Where Spark SQL answers otherwise than the hub's rules say, and what makes it agree.

Each cure is a text of Spark SQL in which ``a`` and ``b`` stand for the
operands. Checked against DuckDB by ``tests/contract``; the differences
themselves were measured with Spark 4.3 in ANSI mode. Operators and functions
without a cure mean the same on both.
"""

from functools import cache

import sqlglot
from sqlglot import exp

from hub.query.errors import TooComplexError, UnsupportedSqlError
from hub.query.fields import Field, set_field
from hub.query.functions import FUNCTIONS
from hub.query.places import place
from hub.tables.types import INTEGERS, is_float, is_numeric

_MOST_COPIED = 2_000
"""Nodes of the longest operand that a cure may repeat."""

_NAN = "CAST('NaN' AS DOUBLE)"
_INFINITY = "CAST('Infinity' AS DOUBLE)"
_WHOLE = "4503599627370496e0"
"""2^52: from here on every double is a whole number, and Spark's floor may leave 64 bits."""

_SPACES = " \u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u202f\u205f\u3000"
_TIMES = frozenset({"date", "timestamp"})

# Spark rounds a double as it is written, which is right for halves; zeros lose their sign.
_ROUND = f"CASE WHEN ABS(a) < {_WHOLE} THEN SIGN(a) * ROUND(ABS(a)) ELSE a END"

FUNCTION_CURES = {
    # Null for numbers that are not above zero.
    "ln": (
        f"CASE WHEN a > 0e0 THEN LN(a) WHEN a = 0e0 THEN -{_INFINITY} WHEN a < 0e0 THEN {_NAN} END"
    ),
    "log10": (
        f"CASE WHEN a > 0e0 THEN LOG10(a) WHEN a = 0e0 THEN -{_INFINITY} "
        f"WHEN a < 0e0 THEN {_NAN} END"
    ),
    # False for null, where the hub says null; Spark's NaN equals itself.
    "isnan": f"a = {_NAN}",
    # Java has NaN where C has 1.
    "power": (
        f"CASE WHEN a = 1e0 AND b IS NOT NULL THEN 1e0 "
        f"WHEN a = -1e0 AND ABS(b) = {_INFINITY} THEN 1e0 ELSE POWER(a, b) END"
    ),
    # The sign of a zero is lost; 1/-0 tells it.
    "atan2": (
        f"CASE WHEN a = 0e0 AND b <> {_NAN} THEN "
        "(CASE WHEN POWER(a, -1e0) < 0e0 THEN -1e0 ELSE 1e0 END) * "
        "(CASE WHEN b < 0e0 OR POWER(b, -1e0) < 0e0 THEN PI() ELSE 0e0 END) ELSE ATAN2(a, b) END"
    ),
    # They give a whole number: an error beyond 64 bits, and no negative zero.
    "floor": f"CASE WHEN ABS(a) < {_WHOLE} AND a <> 0e0 THEN CAST(FLOOR(a) AS DOUBLE) ELSE a END",
    "ceil": (
        f"CASE WHEN ABS(a) < {_WHOLE} AND a <> 0e0 THEN CASE WHEN a < 0e0 "
        "THEN -CAST(FLOOR(-a) AS DOUBLE) ELSE CAST(CEIL(a) AS DOUBLE) END ELSE a END"
    ),
    # TRUNC is for dates only.
    "trunc": (
        f"CASE WHEN ABS(a) < {_WHOLE} THEN SIGN(a) * CAST(FLOOR(ABS(a)) AS DOUBLE) ELSE a END"
    ),
    "round": _ROUND,
    "sign": (
        f"CASE WHEN a = {_NAN} OR a = 0e0 THEN 0e0 WHEN a > 0e0 THEN 1e0 WHEN a < 0e0 THEN -1e0 END"
    ),
    # Letters of several in the other case (ß), and the sigma at the end of a word.
    "upper": (
        "CASE WHEN a RLIKE '^[\\\\x00-\\\\x7F]*$' THEN UPPER(a) "
        "WHEN a IS NOT NULL THEN CONCAT_WS('', "
        "TRANSFORM(REGEXP_EXTRACT_ALL(a, '(?s).', 0), c -> CASE WHEN c = 'ß' THEN 'ẞ' "
        "WHEN LENGTH(UPPER(c)) = 1 THEN UPPER(c) ELSE c END)) END"
    ),
    "lower": (
        "CASE WHEN a RLIKE '^[\\\\x00-\\\\x7F]*$' THEN LOWER(a) "
        "WHEN a IS NOT NULL THEN CONCAT_WS('', "
        "TRANSFORM(REGEXP_EXTRACT_ALL(a, '(?s).', 0), c -> LEFT(LOWER(c), 1))) END"
    ),
    "trim": f"TRIM(BOTH '{_SPACES}' FROM a)",
}
"""By the function's name."""

_DIVISION = "COALESCE(a / NULLIF(b, 0e0), a * POWER(b, -1e0))"
_REMAINDER = f"COALESCE(a % NULLIF(b, 0e0), a * b * {_NAN})"
_LEFT_SHIFT = (
    "CASE WHEN b BETWEEN 0 AND 63 AND a >= 0 AND a <= SHIFTRIGHT(9223372036854775807, "
    "CAST(b & 63 AS INT)) THEN SHIFTLEFT(a, CAST(b & 63 AS INT)) "
    "WHEN a IS NOT NULL AND b IS NOT NULL THEN CAST(RAISE_ERROR('overflow') AS BIGINT) END"
)
_RIGHT_SHIFT = (
    "CASE WHEN b BETWEEN 0 AND 63 THEN SHIFTRIGHT(a, CAST(b & 63 AS INT)) "
    "WHEN b IS NOT NULL AND a IS NOT NULL THEN 0 END"
)
_TO_FLOAT = (
    f"CASE WHEN ABS(a) >= 3.4028235677973366e38 AND ABS(a) < {_INFINITY} "
    "THEN CAST(RAISE_ERROR('conversion') AS FLOAT) ELSE CAST(a AS FLOAT) END"
)
_CLAMPED = (
    "CASE WHEN a > 4294967295 OR a < -4294967296 THEN CAST(RAISE_ERROR('range') AS BIGINT) "
    "WHEN a > {0} THEN {0} WHEN a < -{0} THEN -{0} ELSE a END"
).format(2**31 - 1)
_BEGIN = "CASE WHEN b > 0 THEN b - 1 WHEN b < 0 THEN LENGTH(a) + b ELSE -1 END"
_LOW = "GREATEST(a + CASE WHEN b < 0 THEN b ELSE 0 END, 0)"
_HIGH = "LEAST(a + CASE WHEN b > 0 THEN b ELSE 0 END, LENGTH(c))"
_SUBSTRING = (
    "CASE WHEN a IS NOT NULL AND d IS NOT NULL AND e IS NOT NULL "
    "THEN SUBSTRING(a, CAST(b + 1 AS INT), CAST(GREATEST(c - b, 0) AS INT)) END"
)
_OPERANDS = "abcde"
_END = exp.Literal.number(2**31 - 1)


def cure(node: exp.Expr) -> exp.Expr | None:
    """Return what stands for a node in Spark; null where the node itself does.

    Raises
    ------
    UnsupportedSqlError
        Spark has nothing that gives the hub's answer.
    """
    match node:
        case exp.Anonymous():
            return _function(node)
        case exp.Div():
            return (
                None
                if _is_not_zero(node.expression)
                else put(_DIVISION, node.this, node.expression)
            )
        case exp.Mod() if _type(node) == "double":
            return (
                None
                if _is_not_zero(node.expression)
                else put(_REMAINDER, node.this, node.expression)
            )
        case exp.BitwiseLeftShift():
            return put(_LEFT_SHIFT, node.this, node.expression)
        case exp.BitwiseRightShift():
            return put(_RIGHT_SHIFT, node.this, node.expression)
        case exp.Cast():
            return _cast(node)
        case exp.EQ() | exp.NEQ() | exp.LT() | exp.LTE() | exp.GT() | exp.GTE():
            return _compared(node)
        case exp.Between() | exp.In():
            return _compared(node)
        case exp.Like() | exp.ILike() if not isinstance(node.parent, exp.Escape):
            return _like(node, "")
        case exp.Escape():
            return _like(node.this, node.expression.name)
        case exp.Limit() | exp.Offset() if int(node.expression.name) >= 2**31:
            raise UnsupportedSqlError(
                f"Spark takes no {type(node).__name__.upper()} of 2^31 rows or more.",
                hint="Use engine duckdb.",
            )
    return None


def put(template: str, *operands: exp.Expr) -> exp.Expr:
    """Return a template with its operands, which are copied."""
    made = _parsed(template).copy()
    names = _OPERANDS[: len(operands)]
    for column in list(made.find_all(exp.Column)):
        if column.name not in names:
            continue
        operand = operands[names.index(column.name)]
        if sum(1 for _ in operand.walk()) > _MOST_COPIED:
            raise TooComplexError(
                "A value in the query is too long for Spark.",
                hint="Compute it in a sub-query, or use engine duckdb.",
                where=place(operand),
            )
        column.replace(_grouped(operand.copy()))
    return exp.Paren(this=made)


@cache
def _parsed(template: str) -> exp.Expr:
    return sqlglot.parse_one(template, read="spark")


def _grouped(node: exp.Expr) -> exp.Expr:
    plain = (exp.Column, exp.Paren, exp.Func, exp.Cast)
    is_plain = isinstance(node, plain) or (isinstance(node, exp.Literal) and not node.is_string)
    return node if is_plain or isinstance(node, exp.Literal) else exp.Paren(this=node)


def _type(node: exp.Expr) -> str:
    known = node.meta.get("hub_field")
    return known.type if isinstance(known, Field) else ""


def _is_not_zero(node: exp.Expr) -> bool:
    while isinstance(node, exp.Paren | exp.Neg):
        node = node.this
    return isinstance(node, exp.Literal) and not node.is_string and float(node.name) != 0


def _function(node: exp.Anonymous) -> exp.Expr | None:
    name, arguments = str(node.this).lower(), list(node.expressions)
    if name in {"least", "greatest"} and len(arguments) == 1:
        return exp.Paren(this=arguments[0])
    if name == "round" and len(arguments) == 2:
        return _round(arguments[0], int(arguments[1].name))
    if name == "substring":
        return _substring(arguments)
    if name == "sum":
        return _sum(arguments[0])
    if name == "power" and _is_literal(arguments[1]):
        return None
    if name in FUNCTION_CURES and name in FUNCTIONS:
        return put(FUNCTION_CURES[name], *arguments)
    return None


def _is_literal(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal)


def _round(value: exp.Expr, digits: int) -> exp.Expr:
    """Round as DuckDB does: scaled, rounded, scaled back, unless that leaves a double's range."""
    scaled = put(_ROUND, put(f"a * 1e{digits}", value))
    return put(
        f"CASE WHEN ABS(a * 1e{digits}) < {_INFINITY} THEN b / 1e{digits} ELSE a END", value, scaled
    )


def _substring(arguments: list[exp.Expr]) -> exp.Expr:
    """Count places as DuckDB does: 0 is before the first, a negative length goes backwards."""
    text = arguments[0]
    places = [_constant(argument) for argument in arguments[1:]]
    known = [place for place in places if place is not None and abs(place) < 2**31]
    if len(known) == len(places) and known[0] != 0 and min(known[1:], default=0) >= 0:
        return put(f"SUBSTRING(a, {', '.join(map(str, known))})", text)
    start = put(_CLAMPED, arguments[1])
    # Without a length, all to the end.
    length = put(_CLAMPED, arguments[2]) if len(arguments) > 2 else put("CAST(a AS BIGINT)", _END)
    begin = put(_BEGIN, text, start)
    return put(
        _SUBSTRING, text, put(_LOW, begin, length), put(_HIGH, begin, length, text), start, length
    )


def _constant(node: exp.Expr) -> int | None:
    sign = 1
    while isinstance(node, exp.Paren | exp.Cast | exp.Neg):
        sign = -sign if isinstance(node, exp.Neg) else sign
        node = node.this
    if isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit():
        return sign * int(node.name)
    return None


def _sum(argument: exp.Expr) -> exp.Expr | None:
    """Sum whole numbers so that only the sum itself, and no part of it, can leave 64 bits."""
    distinct = isinstance(argument, exp.Distinct)
    value = argument.expressions[0] if distinct else argument
    if _type(value) not in INTEGERS:
        return None
    wide: exp.Expr = exp.Cast(this=value.copy(), to=exp.DataType.build("DECIMAL(19, 0)"))
    if distinct:
        wide = exp.Distinct(expressions=[wide])
    return exp.Anonymous(this="SUM", expressions=[wide])


def _compared(node: exp.Expr) -> exp.Expr | None:
    """Compare whole numbers as decimals where one side is a decimal.

    Spark answers for a literal beyond the other side's type without a look at
    the rows, and so gives true or false for null (4.3, measured).
    """
    sides = [side for side in node.iter_expressions() if not isinstance(side, exp.Query)]
    kinds = [_type(side) for side in sides]
    if not any(kind.startswith("decimal(") for kind in kinds) or INTEGERS.isdisjoint(kinds):
        return None
    made = node.copy()
    copies = [side for side in made.iter_expressions() if not isinstance(side, exp.Query)]
    for side, kind in zip(copies, kinds, strict=True):
        if kind in INTEGERS:
            side.replace(put("CAST(a AS DECIMAL(38, 0))", side))
    return made


def _cast(node: exp.Cast) -> exp.Expr | None:
    source, target = _type(node.this), _type(node)
    if target == "varchar" and is_float(source):
        raise UnsupportedSqlError(
            "Spark writes floating-point numbers as other text than the hub.",
            hint="Cast after the query, or use engine duckdb.",
            where=place(node),
        )
    if (target in _TIMES and (is_numeric(source) or source == "boolean")) or (
        source in _TIMES and (is_numeric(target) or target == "boolean")
    ):
        raise UnsupportedSqlError(f"A {source} cannot be cast to {target}.", where=place(node))
    if target == "varchar" and source == "timestamp":
        return put("CONCAT(CAST(a AS STRING), '+00')", node.this)
    if target == "float" and source == "double":
        return put(_TO_FLOAT, node.this)
    return None


def _like(node: exp.Expr, escape: str) -> exp.Expr:
    """Return LIKE with a backslash before what is meant literally, Spark's own way."""
    pattern = node.args["expression"]
    made = node.copy()
    if isinstance(pattern, exp.Literal):
        made.set("expression", exp.Literal.string(_escaped(pattern.name, escape)))
    elif escape:
        return exp.Escape(this=made, expression=exp.Literal.string(escape))
    else:
        made.set("expression", put(r"REPLACE(a, '\\', '\\\\')", pattern))
    return made


def _escaped(pattern: str, escape: str) -> str:
    made, characters = "", iter(pattern)
    for character in characters:
        if escape and character == escape:
            meant = next(characters, None)
            # What the pattern ends with is an error in every engine.
            made += "\\" if meant is None else _meant(meant)
        elif character == "\\":
            made += "\\\\"
        else:
            made += character
    return made


def _meant(character: str) -> str:
    return f"\\{character}" if character in "%_\\" else character


def keep_field(made: exp.Expr, node: exp.Expr) -> None:
    """Note on a cure what was known of the node that it stands for."""
    known = node.meta.get("hub_field")
    if isinstance(known, Field):
        set_field(made, known)

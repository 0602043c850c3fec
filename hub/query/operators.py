"""Operators of a query: which there are, and what each gives, one small rule each.

Every rule gets a node whose operands are resolved and returns the node that
takes its place, with its field. Operands are moved into the new node, since
nothing else holds them; only what a rule needs twice is copied.

Arithmetic on whole numbers is 64-bit, all else is IEEE double
(``docs/data-model.md``). Rules of comparisons are in `hub.query.comparisons`,
those of functions in `hub.query.calls`.
"""

from collections.abc import Callable
from dataclasses import replace

from sqlglot import exp

from hub.query.calls import resolve_call
from hub.query.comparisons import between, compare, contained
from hub.query.conversions import (
    BOOLEAN,
    as_bigint,
    as_double,
    common_type,
    noun,
    require_text,
    with_field,
)
from hub.query.errors import TypeMismatchError, UnsupportedSqlError
from hub.query.fields import Field, field_of, parts_of
from hub.query.functions import call
from hub.query.places import place
from hub.tables.types import FLOATS, INTEGERS, is_integer, is_numeric

Rule = Callable[[exp.Expr], exp.Expr]


def resolve_operator(node: exp.Expr) -> exp.Expr:
    """Return the checked form of an operator, a literal or a call.

    Raises
    ------
    UnsupportedSqlError
        The node is nothing that queries may hold.
    UnknownFunctionError, TypeMismatchError
        The call or its operands are wrong.
    """
    rule = _RULES.get(type(node))
    if rule is None and isinstance(node, exp.Func):
        rule = resolve_call
    if rule is None:
        raise UnsupportedSqlError(
            f"{_title(node)} cannot be used in queries here.", where=place(node)
        )
    return rule(node)


def require_boolean(node: exp.Expr, clause: str) -> None:
    """Refuse a condition that is not true or false."""
    if field_of(node).type not in {"boolean", "null"}:
        raise TypeMismatchError(
            f"{clause} needs a condition, and this is {noun(field_of(node).type)}.",
            hint="Compare it with something, as in x > 5.",
            where=place(node),
        )


def _title(node: exp.Expr) -> str:
    return {
        "Window": "A window function (OVER)",
        "Placeholder": "A placeholder",
        "Parameter": "A parameter",
        "Star": "A star outside count(*) and SELECT",
        "Bracket": "An element of a vector",
    }.get(type(node).__name__, type(node).__name__.upper())


# --- literals


def _literal(node: exp.Expr) -> exp.Expr:
    text = str(node.this)
    if node.args.get("is_string"):
        return with_field(node, Field(type="varchar"))
    if text.isdigit():
        if int(text) < 2**63:
            return with_field(node, Field(type="bigint"))
        if len(text) <= 38:
            return with_field(node, Field(type="decimal(38,0)"))
        raise TypeMismatchError(f"The number {text[:20]}... has more than 38 digits.")
    try:
        value = float(text)
    except ValueError as error:
        raise TypeMismatchError(f"{text[:40]} is not a number.") from error
    if value in (float("inf"), float("-inf")):
        raise TypeMismatchError(f"The number {text[:40]} is beyond a double's range.")
    # The exponent makes it a double; engines read 1.5 as a decimal.
    plain = text if "e" in text.lower() else f"{text}e0"
    return with_field(exp.Literal.number(plain), Field(type="double"))


def _null(node: exp.Expr) -> exp.Expr:
    return with_field(node, Field(type="null"))


def _boolean(node: exp.Expr) -> exp.Expr:
    return with_field(node, BOOLEAN)


# --- arithmetic


def _arithmetic(node: exp.Expr) -> exp.Expr:
    left, right = node.args["this"], node.args["expression"]
    kinds = (field_of(left).type, field_of(right).type)
    if all(kind in INTEGERS for kind in kinds) and not isinstance(node, exp.Div):
        whole = as_bigint(right)
        if isinstance(node, exp.Mod):
            # Engines raise an error for a zero divisor; here it gives null.
            whole = exp.Nullif(this=whole, expression=exp.Literal.number(0))
        result = type(node)(this=as_bigint(left), expression=whole)
        return with_field(result, Field(type="bigint"), field_of(left), field_of(right))
    result = type(node)(this=as_double(left), expression=as_double(right))
    if isinstance(node, exp.Div):
        # Neither whole-number division nor null for a zero divisor: IEEE's rules.
        result.set("typed", False)
        result.set("safe", False)
    value = Field(type="double", may_be_nan=True)
    return with_field(result, value, field_of(left), field_of(right))


def _negative(node: exp.Expr) -> exp.Expr:
    inner = field_of(node.this)
    if inner.type in INTEGERS:
        number = node.this if isinstance(node.this, exp.Literal) else as_bigint(node.this)
        value = Field(type="bigint")
    else:
        number = as_double(node.this)
        value = Field(type="double", may_be_nan=inner.may_be_nan)
    return with_field(exp.Neg(this=number), value, inner)


def _bits(node: exp.Expr) -> exp.Expr:
    sides = [node.args["this"], node.args["expression"]]
    for side in sides:
        if field_of(side).type not in INTEGERS | {"null"}:
            raise TypeMismatchError(
                f"Bits need a whole number, and this is {noun(field_of(side).type)}"
                f"{' with a fraction' if field_of(side).type in FLOATS else ''}.",
                where=place(side),
            )
    made = type(node)(this=as_bigint(sides[0]), expression=as_bigint(sides[1]))
    return with_field(made, Field(type="bigint"), *map(field_of, sides))


# --- text


def _join_text(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Concat):
        joined: exp.Expr = node.expressions[0]
        for part in node.expressions[1:]:
            joined = _join_text(exp.DPipe(this=joined, expression=part))
        return joined
    for side in (node.args["this"], node.args["expression"]):
        require_text(side, "Joining text")
    return with_field(node, Field(type="varchar"), *parts_of(node))


def _like(node: exp.Expr) -> exp.Expr:
    for side in (node.args["this"], node.args["expression"]):
        require_text(side, "LIKE")
    return with_field(node, BOOLEAN, *parts_of(node))


def _escape(node: exp.Expr) -> exp.Expr:
    character = node.args["expression"]
    is_one = isinstance(character, exp.Literal) and character.is_string and len(character.name) == 1
    if not isinstance(node.this, exp.Like | exp.ILike) or not is_one:
        raise TypeMismatchError("ESCAPE takes one character in quotes.", where=place(node))
    return with_field(node, BOOLEAN, field_of(node.this))


# --- conditions


def _is(node: exp.Expr) -> exp.Expr:
    other = node.args["expression"]
    if isinstance(other, exp.Boolean):
        require_boolean(node.this, "IS TRUE")
    elif not isinstance(other, exp.Null):
        raise UnsupportedSqlError(
            "IS takes NULL, TRUE or FALSE.", hint="For NaN write isnan(x).", where=place(node)
        )
    return with_field(node, BOOLEAN, field_of(node.this))


def _connective(node: exp.Expr) -> exp.Expr:
    for side in node.iter_expressions():
        require_boolean(side, type(node).__name__.upper())
    return with_field(node, BOOLEAN, *parts_of(node))


def _paren(node: exp.Expr) -> exp.Expr:
    return with_field(node, field_of(node.this))


# --- CASE and CAST


def _if(node: exp.Expr) -> exp.Expr:
    require_boolean(node.this, "WHEN")
    value = field_of(node.args["true"])
    return with_field(node, replace(value, column=None), field_of(node.this), value)


def _case(node: exp.Expr) -> exp.Expr:
    if node.this is not None:
        raise UnsupportedSqlError(
            "CASE with a value after it cannot be used here.",
            hint="Write CASE WHEN x = 1 THEN ... END.",
            where=place(node),
        )
    branches = list(node.args["ifs"])
    default = node.args.get("default")
    values = [field_of(branch) for branch in branches] + ([field_of(default)] if default else [])
    kind = common_type([value.type for value in values], node)
    value = Field(type=kind, may_be_nan=any(part.may_be_nan for part in values))
    return with_field(node, value, *values)


_CASTS = {
    "BOOLEAN": "boolean",
    "TINYINT": "tinyint",
    "SMALLINT": "smallint",
    "INT": "integer",
    "BIGINT": "bigint",
    "FLOAT": "float",
    "DOUBLE": "double",
    "VARCHAR": "varchar",
    "TEXT": "varchar",
    "CHAR": "varchar",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIMESTAMPNTZ": "timestamp",
    "TIMESTAMPTZ": "timestamp",
}
_CAST_TARGETS = {
    "boolean": "BOOLEAN",
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "integer": "INT",
    "bigint": "BIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "varchar": "VARCHAR",
    "date": "DATE",
    "timestamp": "TIMESTAMPTZ",
}


def _convert(node: exp.Expr) -> exp.Expr:
    target = node.args["to"]
    kind = _CASTS.get(target.this.name if isinstance(target.this, exp.DType) else str(target.this))
    extras = {key for key, value in node.args.items() if value} - {"this", "to"}
    if kind is None or target.expressions or extras:
        raise UnsupportedSqlError(
            f"CAST to {target.sql()} cannot be used here.",
            hint=f"Types: {', '.join(_CAST_TARGETS)}.",
            where=place(node),
        )
    inner = field_of(node.this)
    if inner.type.endswith("[]"):
        raise TypeMismatchError("A vector cannot be cast.", where=place(node))
    value = node.this
    if kind in INTEGERS and not is_integer(inner.type) and is_numeric(inner.type):
        # Engines differ: one rounds, another cuts. Cutting is the standard's way.
        value = call("trunc", [as_double(value)])
    made = exp.Cast(this=value, to=exp.DataType.build(_CAST_TARGETS[kind]))
    # Text can spell NaN, and one float type passes it to the other.
    may_be_nan = kind in FLOATS and (inner.may_be_nan or inner.type == "varchar")
    return with_field(made, Field(type=kind, may_be_nan=may_be_nan), inner)


_RULES: dict[type[exp.Expr], Rule] = {
    exp.Literal: _literal,
    exp.Null: _null,
    exp.Boolean: _boolean,
    exp.Add: _arithmetic,
    exp.Sub: _arithmetic,
    exp.Mul: _arithmetic,
    exp.Div: _arithmetic,
    exp.Mod: _arithmetic,
    exp.Neg: _negative,
    exp.BitwiseAnd: _bits,
    exp.BitwiseOr: _bits,
    exp.BitwiseLeftShift: _bits,
    exp.BitwiseRightShift: _bits,
    exp.DPipe: _join_text,
    exp.Concat: _join_text,
    exp.Like: _like,
    exp.ILike: _like,
    exp.Escape: _escape,
    exp.EQ: compare,
    exp.NEQ: compare,
    exp.LT: compare,
    exp.LTE: compare,
    exp.GT: compare,
    exp.GTE: compare,
    exp.Between: between,
    exp.In: contained,
    exp.Is: _is,
    exp.And: _connective,
    exp.Or: _connective,
    exp.Not: _connective,
    exp.Paren: _paren,
    exp.If: _if,
    exp.Case: _case,
    exp.Cast: _convert,
}
"""Node → rule; what is neither here nor a known function is refused."""

"""Types of values in a query: how they are told, joined and brought to one another.

Nodes given here are operands: they are moved into the node that is returned,
since nothing but the node that a rule replaces holds them (`hub.query.operators`).
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from sqlglot import exp

from hub.query.errors import TooComplexError, TypeMismatchError
from hub.query.fields import Field, field_of, set_field, with_aggregate
from hub.query.functions import call
from hub.query.places import place
from hub.tables.types import is_integer, is_numeric

BOOLEAN = Field(type="boolean")
BIGINT = exp.DataType.build("BIGINT")
DOUBLE = exp.DataType.build("DOUBLE")

_MOST_COPIED = 2_000
"""Nodes of the longest operand that a guard may repeat."""


def with_field(node: exp.Expr, value: Field, *parts: Field) -> exp.Expr:
    """Return a made node with its field; it holds an aggregate when a part does."""
    set_field(node, with_aggregate(value, *parts))
    return node


def require_text(node: exp.Expr, what: str) -> None:
    """Refuse an operand that is no text.

    Raises
    ------
    TypeMismatchError
        Says what needs text.
    """
    if field_of(node).type not in {"varchar", "null"}:
        raise TypeMismatchError(
            f"{what} needs text, and this is {noun(field_of(node).type)}.", where=place(node)
        )


def noun(kind: str) -> str:
    """Return what a value of a type is called in messages, with its article."""
    if is_numeric(kind):
        return "a number"
    return {"varchar": "text", "boolean": "a condition"}.get(kind, f"a {kind}")


def common_type(types: Sequence[str], node: exp.Expr) -> str:
    """Return the type that holds all the given ones, for CASE, COALESCE, UNION and the like."""
    kinds = list(dict.fromkeys(t for t in types if t != "null"))
    if len(kinds) <= 1:
        return kinds[0] if kinds else "null"
    if all(is_integer(kind) for kind in kinds):
        return max(kinds, key=["tinyint", "smallint", "integer", "bigint"].index)
    if all(is_numeric(kind) for kind in kinds):
        return "float" if set(kinds) == {"float"} else "double"
    nouns = " and ".join(noun(kind) for kind in kinds)
    raise TypeMismatchError(f"{nouns} cannot stand in one place.", where=place(node))


def cast_to(node: exp.Expr, target: exp.DataType, kind: str) -> exp.Expr:
    """Return an operand cast to a type; its NaN and its aggregates stay known."""
    inner = field_of(node)
    cast = exp.Cast(this=node, to=target.copy())
    set_field(cast, replace(inner, type=kind, column=None))
    return cast


def as_double(node: exp.Expr) -> exp.Expr:
    """Return a number as a double; what is one already stays as it is."""
    value = field_of(node)
    if value.type == "bigint" and isinstance(node, exp.Literal):
        literal = exp.Literal.number(f"{node.name}e0")
        set_field(literal, Field(type="double"))
        return literal
    if value.type == "null" or is_numeric(value.type):
        return node if value.type == "double" else cast_to(node, DOUBLE, "double")
    raise TypeMismatchError(
        f"A number is needed here, and this is {noun(value.type)}.", where=place(node)
    )


def as_bigint(node: exp.Expr) -> exp.Expr:
    """Return a whole number as one of 64 bits."""
    if field_of(node).type == "bigint" and not isinstance(node, exp.Literal):
        return node
    # Small literals are 32-bit numbers for the engines, and would overflow as such.
    return cast_to(node, BIGINT, "bigint")


def again(node: exp.Expr) -> exp.Expr:
    """Return a copy of an operand that a rule needs twice.

    Raises
    ------
    TooComplexError
        The operand is long: nested copies double it at every level.
    """
    if sum(1 for _ in islice(node.walk(), _MOST_COPIED + 1)) > _MOST_COPIED:
        raise TooComplexError(
            "A value that is compared is too long.",
            hint="Compute it in a sub-query, and compare the column of that.",
            where=place(node),
        )
    return node.copy()


def is_nan(node: exp.Expr) -> exp.Expr:
    """Return the test of a copy of an operand for NaN."""
    return call("isnan", [again(node)])

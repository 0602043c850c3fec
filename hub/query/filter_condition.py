"""Filters → conditions in SQL, with the types of both sides checked.

Comparisons are written as they are meant; that NaN compares as IEEE 754 says is
seen to once for all SQL, when names are resolved.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
from sqlglot import exp

from hub.query.expression import number_literal
from hub.query.filter_models import (
    AllOf,
    AnyOf,
    Between,
    Bits,
    Comparison,
    Filter,
    In,
    Leaf,
    Like,
    Not,
    Presence,
    Value,
)
from hub.query.operands import Operand, Operands
from hub.query.validation import SelectionError, describe, join_path
from hub.sky.exact import balanced
from hub.tables.types import is_float, is_integer, is_numeric

_INLINE_VALUES = 1_000  # longer lists become a table: engines plan long texts slowly
_EXACT_SINGLE = 2**24  # float32 holds whole numbers up to here

_COMPARISONS: dict[str, type[exp.Binary]] = {
    "=": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}


@dataclass
class FilterWriter:
    """Writes the conditions of one selection, and gathers the tables they need."""

    operands: Operands
    inline: dict[str, pa.Table] = field(default_factory=dict)
    """Long lists of values, by the name that stands for them in the tree."""

    def condition(self, found: Filter, where: str = "filters") -> exp.Expr:
        """Return the condition of a filter.

        Raises
        ------
        SelectionError
            Unknown columns; a value or an op that does not fit a column's type.
        """
        match found:
            case AllOf():
                return self._group(found.all_of, exp.And, exp.true(), join_path(where, "all"))
            case AnyOf():
                return self._group(found.any_of, exp.Or, exp.false(), join_path(where, "any"))
            case Not():
                negated = self.condition(found.negated, join_path(where, "not"))
                return exp.Not(this=exp.Paren(this=negated))
            case _:
                return self._leaf(found, where)

    def _group(
        self,
        children: Sequence[Filter],
        connector: type[exp.Connector],
        empty: exp.Expr,
        where: str,
    ) -> exp.Expr:
        if not children:
            return empty
        conditions = [
            _grouped(self.condition(child, join_path(where, place)))
            for place, child in enumerate(children)
        ]
        if len(conditions) == 1:
            return conditions[0]
        tree: exp.Expr = balanced(
            lambda left, right: connector(this=left, expression=right), conditions
        )
        return tree

    def _leaf(self, leaf: Leaf, where: str) -> exp.Expr:
        operand = self._operand(leaf, where)
        left = _bracketed(operand.tree)
        match leaf:
            case Comparison():
                value = _literal(operand, leaf.value, join_path(where, "value"), leaf.op)
                return _COMPARISONS[leaf.op](this=left, expression=value)
            case Between():
                low = _literal(operand, leaf.low, join_path(where, "low"), leaf.op)
                high = _literal(operand, leaf.high, join_path(where, "high"), leaf.op)
                return exp.Between(this=left, low=low, high=high)
            case In():
                return self._in(operand, leaf, where)
            case Like():
                return _like(operand, leaf, where)
            case Presence():
                return _presence(operand, leaf, where)
            case Bits():
                return _bits(operand, leaf, where)

    def _operand(self, leaf: Leaf, where: str) -> Operand:
        if leaf.column is not None:
            return self.operands.column(leaf.column, join_path(where, "column"))
        return self.operands.expression(leaf.expression or "", join_path(where, "expression"))

    def _in(self, operand: Operand, leaf: In, where: str) -> exp.Expr:
        place = join_path(where, "values")
        values = [
            _literal(operand, value, join_path(place, number), leaf.op)
            for number, value in enumerate(leaf.values)
        ]
        left = _bracketed(operand.tree)
        if not values:
            node: exp.Expr = exp.false()
        elif len(values) <= _INLINE_VALUES or not _has_plain_values(operand):
            node = exp.In(this=left, expressions=values)
        else:
            node = exp.In(this=left, query=self._values_table(operand, leaf.values))
        return exp.Not(this=node) if leaf.op == "not_in" else node

    def _values_table(self, operand: Operand, values: Sequence[Value]) -> exp.Expr:
        name = f"_values_{len(self.inline)}"
        whole = all(isinstance(value, int) for value in values)
        kind = pa.string() if operand.type == "varchar" else pa.int64() if whole else pa.float64()
        self.inline[name] = pa.table({"value": pa.array(list(dict.fromkeys(values)), kind)})
        query = exp.select(exp.column("value", quoted=True)).from_(
            exp.Table(this=exp.to_identifier(name, quoted=True))
        )
        return exp.Subquery(this=query)


def _grouped(condition: exp.Expr) -> exp.Expr:
    return exp.Paren(this=condition) if isinstance(condition, exp.Connector) else condition


def _bracketed(tree: exp.Expr) -> exp.Expr:
    """Return a copy of a value that can stand beside an operator."""
    tree = tree.copy()
    return exp.Paren(this=tree) if isinstance(tree, exp.Binary | exp.Neg) else tree


def _has_plain_values(operand: Operand) -> bool:
    return operand.type == "varchar" or is_integer(operand.type) or is_float(operand.type)


def _literal(operand: Operand, value: Value, where: str, op: str) -> exp.Expr:
    """Return a value of the request as a literal that fits its column's type."""
    kind = operand.type
    if is_numeric(kind):
        return _number(operand, value, where)
    if kind == "varchar":
        return exp.Literal.string(_expect(operand, value, str, "text", where))
    if kind == "boolean" and op in ("=", "!=", "in", "not_in"):
        return exp.Boolean(this=_expect(operand, value, bool, "true or false", where))
    if kind == "date":
        text = _expect(operand, value, str, 'a date such as "2026-01-31"', where)
        return exp.cast(
            exp.Literal.string(_time(date.fromisoformat, text, where).isoformat()), "date"
        )
    if kind == "timestamp":
        text = _expect(operand, value, str, 'a time such as "2026-01-31T12:00:00"', where)
        moment = _time(datetime.fromisoformat, text, where)
        moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
        literal = exp.Literal.string(moment.isoformat(sep=" "))
        return exp.cast(literal, "timestamptz")
    raise SelectionError(
        f"The op {op} does not work on {operand.text}, which is of type {kind}.",
        hint="Use is_null or not_null.",
        where=where,
    )


def _number(operand: Operand, value: Value, where: str) -> exp.Expr:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _mismatch(operand, value, "a number", where)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)  # 5.0 and 5 say the same
    if isinstance(value, int) and abs(value) >= 10**38:
        raise SelectionError(f"The number {str(value)[:20]}... is too large.", where=where)
    if isinstance(value, int) and is_float(operand.type) and abs(value) > _EXACT_SINGLE:
        return number_literal(float(value))
    return number_literal(value)


def _expect(operand: Operand, value: Value, kind: type[Any], wanted: str, where: str) -> Any:
    if not isinstance(value, kind):
        raise _mismatch(operand, value, wanted, where)
    return value


def _mismatch(operand: Operand, value: Value, wanted: str, where: str) -> SelectionError:
    hint = "Leave the quotes out." if wanted == "a number" and isinstance(value, str) else ""
    return SelectionError(
        f"{operand.text} is of type {operand.type} and is compared with {wanted}, "
        f"not with {describe(value)}.",
        hint=hint,
        where=where,
    )


def _time(read: Callable[[str], Any], text: str, where: str) -> Any:
    try:
        return read(text)
    except ValueError as error:
        raise SelectionError(
            f"{describe(text)} is no time.",
            hint='Write it as ISO 8601, such as "2026-01-31T12:00:00" (UTC).',
            where=where,
        ) from error


def _like(operand: Operand, leaf: Like, where: str) -> exp.Expr:
    if operand.type != "varchar":
        raise SelectionError(
            f"like works on text, and {operand.text} is of type {operand.type}.", where=where
        )
    rest = leaf.pattern.replace("\\\\", "").replace("\\%", "").replace("\\_", "")
    if "\\" in rest:
        raise SelectionError(
            "In a pattern, \\ stands before %, _ or another \\.",
            hint="Write \\\\ for the character itself.",
            where=join_path(where, "pattern"),
        )
    like = exp.Like(this=_bracketed(operand.tree), expression=exp.Literal.string(leaf.pattern))
    return exp.Escape(this=like, expression=exp.Literal.string("\\"))


def _presence(operand: Operand, leaf: Presence, where: str) -> exp.Expr:
    left = _bracketed(operand.tree)
    if leaf.op == "is_null":
        return exp.Is(this=left, expression=exp.Null())
    if leaf.op == "not_null":
        return exp.Not(this=exp.Is(this=left, expression=exp.Null()))
    if not is_float(operand.type):
        raise SelectionError(
            f"{operand.text} is of type {operand.type}, which has no NaN.",
            hint="Use is_null for missing values.",
            where=where,
        )
    return exp.IsNan(this=operand.tree.copy())


def _bits(operand: Operand, leaf: Bits, where: str) -> exp.Expr:
    if not is_integer(operand.type):
        raise SelectionError(
            f"{leaf.op} works on whole numbers, and {operand.text} is of type {operand.type}.",
            where=where,
        )
    bits = exp.Literal.number(str(leaf.bits))
    both = exp.Paren(this=exp.BitwiseAnd(this=_bracketed(operand.tree), expression=bits))
    zero = exp.Literal.number("0")
    match leaf.op:
        case "bits_any":
            return exp.NEQ(this=both, expression=zero)
        case "bits_all":
            return exp.EQ(this=both, expression=bits.copy())
        case "bits_none":
            return exp.EQ(this=both, expression=zero)

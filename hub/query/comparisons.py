"""Comparisons: both sides in one type, and guards against NaN.

DuckDB and Spark order NaN above everything and equal to itself, so comparisons
that could meet a NaN get a guard here, once for all engines; the answers are
IEEE's.
"""

from sqlglot import exp

from hub.query.conversions import BOOLEAN, again, as_double, cast_to, is_nan, noun, with_field
from hub.query.errors import TypeMismatchError, UnsupportedSqlError
from hub.query.fields import Field, field_of, parts_of, set_field
from hub.query.places import place
from hub.tables.types import FLOATS, is_numeric


def compare(node: exp.Expr) -> exp.Expr:
    """Return the checked form of ``=``, ``<>``, ``<``, ``<=``, ``>`` or ``>=``."""
    left, right = _aligned(node.args["this"], node.args["expression"], node)
    made: exp.Expr = type(node)(this=left, expression=right)
    if node.meta.get("finite"):
        # hub.query.region_condition: rows that reach this have a position.
        return with_field(made, BOOLEAN, *parts_of(node))
    both = field_of(left).may_be_nan and field_of(right).may_be_nan
    match node:
        case exp.GT() | exp.GTE():
            # NaN counts as the greatest value: only the greater side can be wrong.
            made = _without_nan(made, left, right)
        case exp.LT() | exp.LTE():
            made = _without_nan(made, right, left)
        case exp.EQ() if both:
            made = _without_nan(made, left, right)
        case exp.NEQ() if both:
            both_nan = exp.And(this=is_nan(left), expression=is_nan(right))
            made = exp.Paren(this=exp.Or(this=made, expression=both_nan))
    return with_field(made, BOOLEAN, *parts_of(node))


def between(node: exp.Expr) -> exp.Expr:
    """Return the checked form of BETWEEN: both bounds belong to it."""
    value, low, high = node.args["this"], node.args["low"], node.args["high"]
    # A NaN is not below a constant bound for the engines either; other bounds
    # may be NaN or null themselves.
    nan_meets_bound = field_of(value).may_be_nan and not isinstance(high, exp.Literal)
    if nan_meets_bound or any(field_of(part).may_be_nan for part in (low, high)):
        lower = compare(exp.GTE(this=again(value), expression=low))
        upper = compare(exp.LTE(this=value, expression=high))
        made: exp.Expr = exp.Paren(this=exp.And(this=lower, expression=upper))
    else:
        first, low_kind = _comparable(value, low, node)
        second, high_kind = _comparable(value, high, node)
        low, high = _brought_to(low_kind, low), _brought_to(high_kind, high)
        if first == second:
            made = exp.Between(this=_brought_to(first, value), low=low, high=high)
        else:
            lower = exp.GTE(this=_brought_to(first, again(value)), expression=low)
            upper = exp.LTE(this=_brought_to(second, value), expression=high)
            made = exp.Paren(this=exp.And(this=lower, expression=upper))
    return with_field(made, BOOLEAN, *parts_of(node))


def contained(node: exp.Expr) -> exp.Expr:
    """Return the checked form of IN, with a list or with a sub-query."""
    value = node.this
    query = node.args.get("query")
    if query is not None:
        inner = field_of(query)
        # Only to refuse what cannot be compared; engines find the common type.
        _aligned(value, _typed_null(inner), node)
        members = _without_nan_members(query) if inner.may_be_nan else query
        return with_field(exp.In(this=value, query=members), BOOLEAN, field_of(value))
    if not node.expressions:
        raise UnsupportedSqlError("IN needs a list of values.", where=place(node))
    choices = list(node.expressions)
    kinds = [_comparable(value, choice, node) for choice in choices]
    value_kinds = {kind for kind, _ in kinds}
    if len(value_kinds) == 1 and not any(field_of(choice).may_be_nan for choice in choices):
        made: exp.Expr = exp.In(
            this=_brought_to(value_kinds.pop(), value),
            expressions=[
                _brought_to(kind, choice) for choice, (_, kind) in zip(choices, kinds, strict=True)
            ],
        )
    else:
        tests = [compare(exp.EQ(this=again(value), expression=choice)) for choice in choices]
        made = exp.Paren(this=exp.or_(*tests, wrap=False, copy=False))
    return with_field(made, BOOLEAN, *parts_of(node))


def _aligned(left: exp.Expr, right: exp.Expr, node: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    """Return both sides in types that can be compared; text beside a time is read as one."""
    kinds = _comparable(left, right, node)
    return _brought_to(kinds[0], left), _brought_to(kinds[1], right)


def _comparable(left: exp.Expr, right: exp.Expr, node: exp.Expr) -> tuple[str, str]:
    """Return the types that two sides have to be brought to for a comparison."""
    kinds = (field_of(left).type, field_of(right).type)
    if "null" in kinds or kinds[0] == kinds[1]:
        return kinds
    if all(is_numeric(kind) for kind in kinds):
        return kinds if FLOATS.isdisjoint(kinds) else ("double", "double")
    for time in ("timestamp", "date"):
        if set(kinds) == {time, "varchar"}:
            return time, time
    if set(kinds) == {"timestamp", "date"}:
        return "timestamp", "timestamp"
    raise TypeMismatchError(
        f"{noun(kinds[0])} cannot be compared with {noun(kinds[1])}.".capitalize(),
        hint="Text stands in single quotes, numbers do not.",
        where=place(left) or place(right) or place(node),
    )


def _brought_to(kind: str, node: exp.Expr) -> exp.Expr:
    if field_of(node).type == kind:
        return node
    return as_double(node) if kind == "double" else _as_time(node, kind)


def _as_time(node: exp.Expr, kind: str) -> exp.Expr:
    if field_of(node).type == "varchar" and not isinstance(node, exp.Literal):
        raise TypeMismatchError(
            f"Text cannot be compared with a {kind}, unless it is a constant.", where=place(node)
        )
    target = exp.DataType.build("TIMESTAMPTZ" if kind == "timestamp" else "DATE")
    return cast_to(node, target, kind)


def _without_nan(comparison: exp.Expr, node: exp.Expr, other: exp.Expr) -> exp.Expr:
    """Return ``comparison``, false where ``node`` is NaN, and null where ``other`` is null."""
    if not field_of(node).may_be_nan:
        return comparison
    wrong: exp.Expr = is_nan(node)
    if not isinstance(other, exp.Literal):
        present = exp.Not(this=exp.Is(this=again(other), expression=exp.Null()))
        wrong = exp.Paren(this=exp.And(this=wrong, expression=present))
    return exp.Paren(this=exp.And(this=comparison, expression=exp.Not(this=wrong)))


def _without_nan_members(query: exp.Expr) -> exp.Expr:
    """Return a sub-query of IN without its NaN, which equal nothing; nulls stay."""
    inner = query.this if isinstance(query, exp.Subquery) else query
    alias = exp.TableAlias(this=exp.to_identifier("_members"), columns=[exp.to_identifier("value")])
    member = exp.column("value", table="_members")
    kept = exp.or_(exp.Not(this=is_nan(member)), member.is_(exp.null()))
    source = exp.Subquery(this=inner, alias=alias)
    kept_members = exp.select(member.copy()).from_(source, copy=False).where(kept, copy=False)
    return exp.Subquery(this=kept_members)


def _typed_null(value: Field) -> exp.Expr:
    node = exp.Null()
    set_field(node, value)
    return node

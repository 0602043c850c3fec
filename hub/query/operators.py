"""Types and NaN rules of operators and functions, one small rule each.

Every rule gets a node whose operands are resolved and returns the node that
takes its place, with its field. Operands are moved into the new node, since
nothing else holds them; only what a rule needs twice is copied.

Rules for numbers (``docs/data-model.md``): arithmetic on whole numbers is
64-bit, all else is IEEE double; comparisons with NaN are IEEE's. DuckDB and
Spark order NaN above everything and equal to itself, so comparisons that could
meet a NaN get a guard here, once for all engines.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice

from sqlglot import exp

from hub.nearest import hint_of_names
from hub.query.errors import (
    TooComplexError,
    TypeMismatchError,
    UnknownFunctionError,
    UnsupportedSqlError,
)
from hub.query.fields import Field, field_of, is_resolved, set_field, with_aggregate
from hub.query.functions import FUNCTIONS, call, name_and_arguments
from hub.query.places import place
from hub.tables.types import FLOATS, INTEGERS, is_integer, is_numeric

BOOLEAN = Field(type="boolean")
_BIGINT = exp.DataType.build("BIGINT")
_DOUBLE = exp.DataType.build("DOUBLE")

_MOST_COPIED = 2_000
"""Nodes of the longest operand that a guard may repeat."""

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
        rule = _function
    if rule is None:
        raise UnsupportedSqlError(
            f"{_title(node)} cannot be used in queries here.", where=place(node)
        )
    return rule(node)


def require_boolean(node: exp.Expr, clause: str) -> None:
    """Refuse a condition that is not true or false."""
    if field_of(node).type not in {"boolean", "null"}:
        raise TypeMismatchError(
            f"{clause} needs a condition, and this is {_noun(field_of(node).type)}.",
            hint="Compare it with something, as in x > 5.",
            where=place(node),
        )


def common_type(types: Sequence[str], node: exp.Expr) -> str:
    """Return the type that holds all the given ones, for CASE, COALESCE, UNION and the like."""
    kinds = list(dict.fromkeys(t for t in types if t != "null"))
    if len(kinds) <= 1:
        return kinds[0] if kinds else "null"
    if all(is_integer(kind) for kind in kinds):
        return max(kinds, key=["tinyint", "smallint", "integer", "bigint"].index)
    if all(is_numeric(kind) for kind in kinds):
        return "float" if set(kinds) == {"float"} else "double"
    nouns = " and ".join(_noun(kind) for kind in kinds)
    raise TypeMismatchError(f"{nouns} cannot stand in one place.", where=place(node))


def parts_of(node: exp.Expr) -> list[Field]:
    """Return the fields of a node's direct operands."""
    return [field_of(part) for part in node.iter_expressions() if is_resolved(part)]


def _done(node: exp.Expr, value: Field, *parts: Field) -> exp.Expr:
    set_field(node, with_aggregate(value, *parts))
    return node


def _title(node: exp.Expr) -> str:
    return {
        "Window": "A window function (OVER)",
        "Placeholder": "A placeholder",
        "Parameter": "A parameter",
        "Star": "A star outside count(*) and SELECT",
        "Bracket": "An element of a vector",
    }.get(type(node).__name__, type(node).__name__.upper())


def _noun(kind: str) -> str:
    if is_numeric(kind):
        return "a number"
    return {"varchar": "text", "boolean": "a condition"}.get(kind, f"a {kind}")


# --- literals


def _literal(node: exp.Expr) -> exp.Expr:
    text = str(node.this)
    if node.args.get("is_string"):
        return _done(node, Field(type="varchar"))
    if text.isdigit():
        if int(text) < 2**63:
            return _done(node, Field(type="bigint"))
        if len(text) <= 38:
            return _done(node, Field(type="decimal(38,0)"))
        raise TypeMismatchError(f"The number {text[:20]}... has more than 38 digits.")
    try:
        value = float(text)
    except ValueError as error:
        raise TypeMismatchError(f"{text[:40]} is not a number.") from error
    if value in (float("inf"), float("-inf")):
        raise TypeMismatchError(f"The number {text[:40]} is beyond a double's range.")
    # The exponent makes it a double; engines read 1.5 as a decimal.
    plain = text if "e" in text.lower() else f"{text}e0"
    return _done(exp.Literal.number(plain), Field(type="double"))


def _null(node: exp.Expr) -> exp.Expr:
    return _done(node, Field(type="null"))


def _boolean(node: exp.Expr) -> exp.Expr:
    return _done(node, BOOLEAN)


# --- arithmetic


def _cast(node: exp.Expr, target: exp.DataType, kind: str) -> exp.Expr:
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
        return node if value.type == "double" else _cast(node, _DOUBLE, "double")
    raise TypeMismatchError(
        f"A number is needed here, and this is {_noun(value.type)}.", where=place(node)
    )


def _as_bigint(node: exp.Expr) -> exp.Expr:
    if field_of(node).type == "bigint" and not isinstance(node, exp.Literal):
        return node
    # Small literals are 32-bit numbers for the engines, and would overflow as such.
    return _cast(node, _BIGINT, "bigint")


def _arithmetic(node: exp.Expr) -> exp.Expr:
    left, right = node.args["this"], node.args["expression"]
    kinds = (field_of(left).type, field_of(right).type)
    if all(kind in INTEGERS for kind in kinds) and not isinstance(node, exp.Div):
        whole = _as_bigint(right)
        if isinstance(node, exp.Mod):
            # Engines raise an error for a zero divisor; here it gives null.
            whole = exp.Nullif(this=whole, expression=exp.Literal.number(0))
        result = type(node)(this=_as_bigint(left), expression=whole)
        return _done(result, Field(type="bigint"), field_of(left), field_of(right))
    result = type(node)(this=as_double(left), expression=as_double(right))
    if isinstance(node, exp.Div):
        # Neither whole-number division nor null for a zero divisor: IEEE's rules.
        result.set("typed", False)
        result.set("safe", False)
    value = Field(type="double", may_be_nan=True)
    return _done(result, value, field_of(left), field_of(right))


def _negative(node: exp.Expr) -> exp.Expr:
    inner = field_of(node.this)
    if inner.type in INTEGERS:
        number = node.this if isinstance(node.this, exp.Literal) else _as_bigint(node.this)
        value = Field(type="bigint")
    else:
        number = as_double(node.this)
        value = Field(type="double", may_be_nan=inner.may_be_nan)
    return _done(exp.Neg(this=number), value, inner)


def _bits(node: exp.Expr) -> exp.Expr:
    sides = [node.args["this"], node.args["expression"]]
    for side in sides:
        if field_of(side).type not in INTEGERS | {"null"}:
            raise TypeMismatchError(
                f"Bits need a whole number, and this is {_noun(field_of(side).type)}"
                f"{' with a fraction' if field_of(side).type in FLOATS else ''}.",
                where=place(side),
            )
    made = type(node)(this=_as_bigint(sides[0]), expression=_as_bigint(sides[1]))
    return _done(made, Field(type="bigint"), *map(field_of, sides))


# --- text


def _join_text(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Concat):
        joined: exp.Expr = node.expressions[0]
        for part in node.expressions[1:]:
            joined = _join_text(exp.DPipe(this=joined, expression=part))
        return joined
    for side in (node.args["this"], node.args["expression"]):
        _require_text(side, "Joining text")
    return _done(node, Field(type="varchar"), *parts_of(node))


def _require_text(node: exp.Expr, what: str) -> None:
    if field_of(node).type not in {"varchar", "null"}:
        raise TypeMismatchError(
            f"{what} needs text, and this is {_noun(field_of(node).type)}.", where=place(node)
        )


def _like(node: exp.Expr) -> exp.Expr:
    for side in (node.args["this"], node.args["expression"]):
        _require_text(side, "LIKE")
    return _done(node, BOOLEAN, *parts_of(node))


def _escape(node: exp.Expr) -> exp.Expr:
    character = node.args["expression"]
    is_one = isinstance(character, exp.Literal) and character.is_string and len(character.name) == 1
    if not isinstance(node.this, exp.Like | exp.ILike) or not is_one:
        raise TypeMismatchError("ESCAPE takes one character in quotes.", where=place(node))
    return _done(node, BOOLEAN, field_of(node.this))


# --- comparisons


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
        f"{_noun(kinds[0])} cannot be compared with {_noun(kinds[1])}.".capitalize(),
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
    return _cast(node, target, kind)


def _again(node: exp.Expr) -> exp.Expr:
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


def _is_nan(node: exp.Expr) -> exp.Expr:
    return call("isnan", [_again(node)])


def _without_nan(comparison: exp.Expr, node: exp.Expr, other: exp.Expr) -> exp.Expr:
    """Return ``comparison``, false where ``node`` is NaN, and null where ``other`` is null."""
    if not field_of(node).may_be_nan:
        return comparison
    wrong: exp.Expr = _is_nan(node)
    if not isinstance(other, exp.Literal):
        present = exp.Not(this=exp.Is(this=_again(other), expression=exp.Null()))
        wrong = exp.Paren(this=exp.And(this=wrong, expression=present))
    return exp.Paren(this=exp.And(this=comparison, expression=exp.Not(this=wrong)))


def _compare(node: exp.Expr) -> exp.Expr:
    left, right = _aligned(node.args["this"], node.args["expression"], node)
    made: exp.Expr = type(node)(this=left, expression=right)
    if node.meta.get("finite"):
        # hub.query.region_condition: rows that reach this have a position.
        return _done(made, BOOLEAN, *parts_of(node))
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
            both_nan = exp.And(this=_is_nan(left), expression=_is_nan(right))
            made = exp.Paren(this=exp.Or(this=made, expression=both_nan))
    return _done(made, BOOLEAN, *parts_of(node))


def _between(node: exp.Expr) -> exp.Expr:
    value, low, high = node.args["this"], node.args["low"], node.args["high"]
    # A NaN is not below a constant bound for the engines either; other bounds
    # may be NaN or null themselves.
    nan_meets_bound = field_of(value).may_be_nan and not isinstance(high, exp.Literal)
    if nan_meets_bound or any(field_of(part).may_be_nan for part in (low, high)):
        lower = _compare(exp.GTE(this=_again(value), expression=low))
        upper = _compare(exp.LTE(this=value, expression=high))
        made: exp.Expr = exp.Paren(this=exp.And(this=lower, expression=upper))
    else:
        first, low_kind = _comparable(value, low, node)
        second, high_kind = _comparable(value, high, node)
        low, high = _brought_to(low_kind, low), _brought_to(high_kind, high)
        if first == second:
            made = exp.Between(this=_brought_to(first, value), low=low, high=high)
        else:
            lower = exp.GTE(this=_brought_to(first, _again(value)), expression=low)
            upper = exp.LTE(this=_brought_to(second, value), expression=high)
            made = exp.Paren(this=exp.And(this=lower, expression=upper))
    return _done(made, BOOLEAN, *parts_of(node))


def _in(node: exp.Expr) -> exp.Expr:
    value = node.this
    query = node.args.get("query")
    if query is not None:
        inner = field_of(query)
        # Only to refuse what cannot be compared; engines find the common type.
        _aligned(value, _typed_null(inner), node)
        members = _without_nan_members(query) if inner.may_be_nan else query
        return _done(exp.In(this=value, query=members), BOOLEAN, field_of(value))
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
        tests = [_compare(exp.EQ(this=_again(value), expression=choice)) for choice in choices]
        made = exp.Paren(this=exp.or_(*tests, wrap=False, copy=False))
    return _done(made, BOOLEAN, *parts_of(node))


def _without_nan_members(query: exp.Expr) -> exp.Expr:
    """Return a sub-query of IN without its NaN, which equal nothing; nulls stay."""
    inner = query.this if isinstance(query, exp.Subquery) else query
    alias = exp.TableAlias(this=exp.to_identifier("_members"), columns=[exp.to_identifier("value")])
    member = exp.column("value", table="_members")
    kept = exp.or_(exp.Not(this=_is_nan(member)), member.is_(exp.null()))
    source = exp.Subquery(this=inner, alias=alias)
    kept_members = exp.select(member.copy()).from_(source, copy=False).where(kept, copy=False)
    return exp.Subquery(this=kept_members)


def _typed_null(value: Field) -> exp.Expr:
    node = exp.Null()
    set_field(node, value)
    return node


def _is(node: exp.Expr) -> exp.Expr:
    other = node.args["expression"]
    if isinstance(other, exp.Boolean):
        require_boolean(node.this, "IS TRUE")
    elif not isinstance(other, exp.Null):
        raise UnsupportedSqlError(
            "IS takes NULL, TRUE or FALSE.", hint="For NaN write isnan(x).", where=place(node)
        )
    return _done(node, BOOLEAN, field_of(node.this))


def _connective(node: exp.Expr) -> exp.Expr:
    for side in node.iter_expressions():
        require_boolean(side, type(node).__name__.upper())
    return _done(node, BOOLEAN, *parts_of(node))


def _paren(node: exp.Expr) -> exp.Expr:
    return _done(node, field_of(node.this))


# --- CASE and CAST


def _if(node: exp.Expr) -> exp.Expr:
    require_boolean(node.this, "WHEN")
    value = field_of(node.args["true"])
    return _done(node, replace(value, column=None), field_of(node.this), value)


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
    return _done(node, value, *values)


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
    return _done(made, Field(type=kind, may_be_nan=may_be_nan), inner)


# --- functions


def _function(node: exp.Expr) -> exp.Expr:
    known = name_and_arguments(node) if isinstance(node, exp.Func) else None
    if known is None:
        raise UnknownFunctionError(
            f"The function {_function_name(node)} cannot be used in queries here.",
            hint=hint_of_names(_function_name(node), sorted(FUNCTIONS), "functions"),
            where=place(node),
        )
    name, arguments = known
    low, high = FUNCTIONS[name].arguments
    if not low <= len(arguments) <= high:
        wanted = str(low) if low == high else f"{low} to {high}"
        raise TypeMismatchError(
            f"{name} takes {wanted} values, and got {len(arguments)}.", where=place(node)
        )
    if FUNCTIONS[name].is_aggregate:
        return _aggregate(node, name, arguments[0])
    return _scalar(name, arguments, node)


def _function_name(node: exp.Expr) -> str:
    if isinstance(node, exp.Anonymous):
        return str(node.this)[:60]
    return node.sql_name().lower() if isinstance(node, exp.Func) else type(node).__name__


def _scalar(name: str, arguments: list[exp.Expr], node: exp.Expr) -> exp.Expr:
    rule = FUNCTIONS[name]
    values = [field_of(argument) for argument in arguments]
    if name == "substring":
        _require_text(arguments[0], "substring")
        positions = [_as_bigint(argument) for argument in arguments[1:]]
        made = call(name, [arguments[0], *positions])
        return _done(made, Field(type="varchar"), *values)
    if name == "round" and len(arguments) == 2:
        digits = arguments[1]
        if not (isinstance(digits, exp.Literal) and digits.name.isdigit() and len(digits.name) < 3):
            raise TypeMismatchError(
                "round takes a whole number of digits.", where=place(arguments[1])
            )
        made = call(name, [as_double(arguments[0]), digits])
        return _done(made, Field(type="double", may_be_nan=True), *values)
    if rule.takes == "text":
        for argument in arguments:
            _require_text(argument, name)
        return _done(call(name, arguments), Field(type=rule.gives), *values)
    if rule.takes == "any":
        return _of_common_type(name, arguments, node)
    made = call(name, [as_double(argument) for argument in arguments])
    if rule.gives == "boolean":
        return _done(made, BOOLEAN, *values)
    # Engines return a small integer for the sign.
    result = exp.Cast(this=made, to=_DOUBLE.copy()) if name == "sign" else made
    return _done(result, Field(type=rule.gives, may_be_nan=name != "pi"), *values)


def _of_common_type(name: str, arguments: list[exp.Expr], node: exp.Expr) -> exp.Expr:
    values = [field_of(argument) for argument in arguments]
    kind = common_type([value.type for value in values], node)
    if name == "abs" and not is_numeric(kind):
        as_double(arguments[0])
    if kind == "double" or (kind.startswith("decimal(") and len(arguments) > 1):
        kind, arguments = "double", [as_double(argument) for argument in arguments]
    elif name == "abs" and kind in INTEGERS:
        kind, arguments = "bigint", [_as_bigint(argument) for argument in arguments]
    made = call(name, arguments)
    may_be_nan = any(value.may_be_nan for value in values)
    return _done(made, Field(type=kind, may_be_nan=may_be_nan), *values)


def _aggregate(node: exp.Expr, name: str, argument: exp.Expr) -> exp.Expr:
    distinct = isinstance(argument, exp.Distinct)
    if distinct:
        if len(argument.expressions) != 1 or argument.args.get("on"):
            raise UnsupportedSqlError(f"{name}(DISTINCT ...) takes one value.", where=place(node))
        argument = argument.expressions[0]
    if isinstance(argument, exp.Star):
        if name != "count" or distinct or argument.args.get("except_"):
            raise UnsupportedSqlError("Only count takes a star.", where=place(node))
        return _done(call("count", [exp.Star()]), Field(type="bigint", has_aggregate=True))
    value = field_of(argument)
    if value.has_aggregate:
        raise UnsupportedSqlError(
            f"{name} holds another aggregate.", hint="Use a sub-query.", where=place(node)
        )
    kind, operand, made_type = _aggregate_types(name, argument)
    if distinct:
        operand = exp.Distinct(expressions=[operand])
    made: exp.Expr = call(name, [operand])
    if made_type is not None:
        made = exp.Cast(this=made, to=made_type.copy())
    column = value.column if name in {"min", "max", "avg", "median", "stddev_samp"} else None
    may_be_nan = kind in FLOATS and value.may_be_nan and name not in {"min", "max"}
    return _done(made, Field(type=kind, may_be_nan=may_be_nan, column=column, has_aggregate=True))


def _aggregate_types(name: str, argument: exp.Expr) -> tuple[str, exp.Expr, exp.DataType | None]:
    """Return the type of an aggregate, its operand, and the cast that engines need."""
    value = field_of(argument)
    if name == "count":
        return "bigint", argument, None
    if name in {"min", "max"}:
        if value.type == "boolean" or value.type.endswith("[]"):
            raise TypeMismatchError(
                f"{name} cannot be taken of {_noun(value.type)}.", where=place(argument)
            )
        return value.type, _nan_as_null(argument), None
    if name == "sum" and value.type in INTEGERS:
        # Engines widen whole sums to different types; a sum beyond 64 bits is an error.
        return "bigint", argument, _BIGINT
    return "double", as_double(argument), None


def _nan_as_null(argument: exp.Expr) -> exp.Expr:
    if not field_of(argument).may_be_nan:
        return argument
    nothing = exp.If(this=_is_nan(argument), true=exp.Null())
    return exp.Case(ifs=[nothing], default=argument)


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
    exp.EQ: _compare,
    exp.NEQ: _compare,
    exp.LT: _compare,
    exp.LTE: _compare,
    exp.GT: _compare,
    exp.GTE: _compare,
    exp.Between: _between,
    exp.In: _in,
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

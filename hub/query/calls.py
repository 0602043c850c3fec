"""Calls of functions and aggregates: from the list, with arguments that they take."""

from sqlglot import exp

from hub.nearest import hint_of_names
from hub.query.conversions import (
    BIGINT,
    BOOLEAN,
    DOUBLE,
    as_bigint,
    as_double,
    common_type,
    is_nan,
    noun,
    require_text,
    with_field,
)
from hub.query.errors import TypeMismatchError, UnknownFunctionError, UnsupportedSqlError
from hub.query.fields import Field, field_of
from hub.query.functions import FUNCTIONS, call, name_and_arguments
from hub.query.places import place
from hub.tables.types import FLOATS, INTEGERS, is_numeric


def resolve_call(node: exp.Expr) -> exp.Expr:
    """Return the checked form of a call.

    Raises
    ------
    UnknownFunctionError
        The function is not on the list; names the nearest.
    TypeMismatchError, UnsupportedSqlError
        The arguments are wrong in number, type or form.
    """
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
        require_text(arguments[0], "substring")
        positions = [as_bigint(argument) for argument in arguments[1:]]
        made = call(name, [arguments[0], *positions])
        return with_field(made, Field(type="varchar"), *values)
    if name == "round" and len(arguments) == 2:
        digits = arguments[1]
        if not (isinstance(digits, exp.Literal) and digits.name.isdigit() and len(digits.name) < 3):
            raise TypeMismatchError(
                "round takes a whole number of digits.", where=place(arguments[1])
            )
        made = call(name, [as_double(arguments[0]), digits])
        return with_field(made, Field(type="double", may_be_nan=True), *values)
    if rule.takes == "text":
        for argument in arguments:
            require_text(argument, name)
        return with_field(call(name, arguments), Field(type=rule.gives), *values)
    if rule.takes == "any":
        return _of_common_type(name, arguments, node)
    made = call(name, [as_double(argument) for argument in arguments])
    if rule.gives == "boolean":
        return with_field(made, BOOLEAN, *values)
    # Engines return a small integer for the sign.
    result = exp.Cast(this=made, to=DOUBLE.copy()) if name == "sign" else made
    return with_field(result, Field(type=rule.gives, may_be_nan=name != "pi"), *values)


def _of_common_type(name: str, arguments: list[exp.Expr], node: exp.Expr) -> exp.Expr:
    values = [field_of(argument) for argument in arguments]
    kind = common_type([value.type for value in values], node)
    if name == "abs" and not is_numeric(kind):
        as_double(arguments[0])
    if kind == "double" or (kind.startswith("decimal(") and len(arguments) > 1):
        kind, arguments = "double", [as_double(argument) for argument in arguments]
    elif name == "abs" and kind in INTEGERS:
        kind, arguments = "bigint", [as_bigint(argument) for argument in arguments]
    made = call(name, arguments)
    may_be_nan = any(value.may_be_nan for value in values)
    return with_field(made, Field(type=kind, may_be_nan=may_be_nan), *values)


def _aggregate(node: exp.Expr, name: str, argument: exp.Expr) -> exp.Expr:
    distinct = isinstance(argument, exp.Distinct)
    if distinct:
        if len(argument.expressions) != 1 or argument.args.get("on"):
            raise UnsupportedSqlError(f"{name}(DISTINCT ...) takes one value.", where=place(node))
        argument = argument.expressions[0]
    if isinstance(argument, exp.Star):
        if name != "count" or distinct or argument.args.get("except_"):
            raise UnsupportedSqlError("Only count takes a star.", where=place(node))
        return with_field(call("count", [exp.Star()]), Field(type="bigint", has_aggregate=True))
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
    return with_field(
        made, Field(type=kind, may_be_nan=may_be_nan, column=column, has_aggregate=True)
    )


def _aggregate_types(name: str, argument: exp.Expr) -> tuple[str, exp.Expr, exp.DataType | None]:
    """Return the type of an aggregate, its operand, and the cast that engines need."""
    value = field_of(argument)
    if name == "count":
        return "bigint", argument, None
    if name in {"min", "max"}:
        if value.type == "boolean" or value.type.endswith("[]"):
            raise TypeMismatchError(
                f"{name} cannot be taken of {noun(value.type)}.", where=place(argument)
            )
        return value.type, _nan_as_null(argument), None
    if name == "sum" and value.type in INTEGERS:
        # Engines widen whole sums to different types; a sum beyond 64 bits is an error.
        return "bigint", argument, BIGINT
    return "double", as_double(argument), None


def _nan_as_null(argument: exp.Expr) -> exp.Expr:
    if not field_of(argument).may_be_nan:
        return argument
    nothing = exp.If(this=is_nan(argument), true=exp.Null())
    return exp.Case(ifs=[nothing], default=argument)

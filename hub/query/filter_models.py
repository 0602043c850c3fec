"""The ``filters`` of a selection: conditions on columns, in groups."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field

from hub.nearest import hint_of_names
from hub.query.validation import (
    Part,
    SelectionError,
    Text,
    Whole,
    describe,
    join_path,
    require_object,
    validate,
)

MAX_DEPTH = 50
MAX_TERMS = 10_000
MAX_VALUES = 100_000

Value = bool | int | float | str


class Condition(Part):
    """Something about one column or expression."""

    column: Text | None = None
    expression: Text | None = None


class Comparison(Condition):
    """The left side compared with a value."""

    op: Literal["=", "!=", "<", "<=", ">", ">="]
    value: Value


class Between(Condition):
    """The left side in a closed interval."""

    op: Literal["between"]
    low: Value
    high: Value


class In(Condition):
    """The left side equal to one of some values, or to none."""

    op: Literal["in", "not_in"]
    values: Annotated[tuple[Value, ...], Field(max_length=MAX_VALUES)]


class Like(Condition):
    r"""Text with a pattern: ``%`` any text, ``_`` one character, ``\`` the escape."""

    op: Literal["like"]
    pattern: str


class Presence(Condition):
    """Null, not null, or NaN."""

    op: Literal["is_null", "not_null", "is_nan"]


class Bits(Condition):
    """Bits of a whole number: any, all or none of those of ``bits`` are set."""

    op: Literal["bits_any", "bits_all", "bits_none"]
    bits: Annotated[Whole, Field(ge=1, lt=2**63)]


class AllOf(Part):
    """Every filter holds; true when there is none."""

    all_of: tuple["Filter", ...] = Field(alias="all")


class AnyOf(Part):
    """At least one filter holds; false when there is none."""

    any_of: tuple["Filter", ...] = Field(alias="any")


class Not(Part):
    """The filter does not hold; null stays null."""

    negated: "Filter" = Field(alias="not")


Leaf = Comparison | Between | In | Like | Presence | Bits
Filter = Leaf | AllOf | AnyOf | Not

for _model in (AllOf, AnyOf, Not):
    _model.model_rebuild()

_BY_OP: dict[str, type[Condition]] = {
    **dict.fromkeys(("=", "!=", "<", "<=", ">", ">="), Comparison),
    "between": Between,
    **dict.fromkeys(("in", "not_in"), In),
    "like": Like,
    **dict.fromkeys(("is_null", "not_null", "is_nan"), Presence),
    **dict.fromkeys(("bits_any", "bits_all", "bits_none"), Bits),
}
OPERATORS = tuple(_BY_OP)

Group = TypeVar("Group", AllOf, AnyOf)


def parse_filter(data: Any, where: str = "filters") -> Filter:
    """Return the filter of request data.

    Raises
    ------
    SelectionError
        With the JSON path; also for groups nested deeper than 50 and for more
        than 10 000 conditions.
    """
    found = _parse(data, where, 1)
    terms = count_terms(found)
    if terms > MAX_TERMS:
        raise SelectionError(
            f"The filters have {terms} conditions; {MAX_TERMS} are possible.",
            hint="Use the op in with a list of values.",
            where=where,
        )
    return found


def count_terms(found: Filter) -> int:
    """Return the number of conditions in a filter."""
    match found:
        case AllOf():
            return sum(map(count_terms, found.all_of))
        case AnyOf():
            return sum(map(count_terms, found.any_of))
        case Not():
            return count_terms(found.negated)
        case _:
            return 1


def _parse(data: Any, where: str, depth: int) -> Filter:
    if isinstance(data, Condition | AllOf | AnyOf | Not):
        return data  # type: ignore[return-value]
    if depth > MAX_DEPTH:
        raise SelectionError(
            f"The filters are nested deeper than {MAX_DEPTH} groups.",
            hint="Merge groups of the same kind.",
            where=where[:80],
        )
    data = require_object(data, where, "A filter")
    for key in ("all", "any", "not"):
        if key in data:
            return _parse_group(key, dict(data), where, depth)
    return _parse_leaf(dict(data), where)


def _parse_group(key: str, data: dict[str, Any], where: str, depth: int) -> Filter:
    others = [other for other in data if other != key]
    if others:
        raise SelectionError(
            f"A filter with the key {key} has no other key, but there is {others[0]}.",
            hint=f"Put the condition into the group {key}.",
            where=join_path(where, others[0]),
        )
    place = join_path(where, key)
    if key == "not":
        if isinstance(data[key], list | tuple):
            raise SelectionError(
                "not takes one filter, not a list.",
                hint='Write {"not": {"any": [...]}} for none of several.',
                where=place,
            )
        return Not.model_validate({"not": _parse(data[key], place, depth + 1)})
    children = _list(data[key], place, key)
    parsed = tuple(
        _parse(child, join_path(place, number), depth + 1) for number, child in enumerate(children)
    )
    model = AllOf if key == "all" else AnyOf
    return model.model_validate({key: parsed})


def _list(data: Any, where: str, key: str) -> Sequence[Any]:
    if not isinstance(data, list | tuple):
        raise SelectionError(f"{key} takes a list of filters, not {describe(data)}.", where=where)
    return data


def _parse_leaf(data: dict[str, Any], where: str) -> Filter:
    op = data.get("op")
    if "op" not in data:
        unknown = [key for key in data if key not in ("column", "expression", "value")]
        raise SelectionError(
            "A filter needs the key op, or is a group with the key all, any or not.",
            hint=hint_of_names(unknown[0], ["op", "all", "any", "not"], "keys")
            if unknown
            else f"Known ops: {', '.join(OPERATORS)}.",
            where=where,
        )
    if not isinstance(op, str) or op not in _BY_OP:
        raise SelectionError(
            f"There is no op {describe(op)}.",
            hint=f"Known ops: {', '.join(OPERATORS)}.",
            where=join_path(where, "op"),
        )
    _refuse_null(data, where)
    if isinstance(data.get("values"), list):
        data["values"] = tuple(data["values"])
    leaf = validate(_BY_OP[op], data, where, f"A filter with the op {op}")
    if (leaf.column is None) == (leaf.expression is None):
        raise SelectionError(
            "A filter has either a column or an expression on its left.", where=where
        )
    return leaf  # type: ignore[return-value]


def _refuse_null(data: dict[str, Any], where: str) -> None:
    for key in ("value", "low", "high"):
        if key in data and data[key] is None:
            raise SelectionError(
                f"{key} is null, and nothing compares with null.",
                hint="Use the op is_null or not_null.",
                where=join_path(where, key),
            )

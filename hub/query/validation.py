"""Request data → pydantic models, with errors that name the place and the nearest key."""

import json
import re
from collections.abc import Mapping
from math import isfinite
from typing import Annotated, Any, NoReturn, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from hub.errors import UsageError
from hub.nearest import hint_of_names


class SelectionError(UsageError):
    """A selection that is not one: wrong keys, types or values."""


class Part(BaseModel):
    """Base of the models: strict, frozen, without unknown keys."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, allow_inf_nan=False, populate_by_name=True
    )


def _whole(value: Any) -> Any:
    """Take 5.0 for 5: JSON does not tell them apart, and neither does the canonical form."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(_whole)]
Degrees = Annotated[float, Field(allow_inf_nan=False)]
Text = Annotated[str, Field(min_length=1)]

Model = TypeVar("Model", bound=BaseModel)

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_BRANCHES = frozenset({"bool", "int", "float", "str"})

_MESSAGES = {
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "value_type": "must be a number, a text, true or false",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "model_type": "must be an object with keys",
    "dict_type": "must be an object with keys",
    "finite_number": "must be a finite number",
    "string_too_short": "must not be empty",
}


def load_json(text: str) -> Any:
    """Return the value of a JSON text; keys given twice, NaN and Infinity are refused.

    Raises
    ------
    SelectionError
        With line and column where JSON's grammar ends.
    """
    try:
        data = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise SelectionError(
            f"This is not JSON: {error.msg}.", where=f"line {error.lineno}, column {error.colno}"
        ) from error
    except RecursionError as error:
        raise SelectionError("The JSON is nested too deeply.") from error
    except ValueError as error:  # a whole number of more digits than Python converts
        raise SelectionError("The JSON holds a number with too many digits.") from error
    if _SURROGATE.search(text):
        _check_characters(data)
    return data


def _check_characters(data: Any) -> None:
    r"""Refuse half surrogate pairs (``"\ud800"``): they have no UTF-8, and so no id."""
    try:
        json.dumps(data, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise SelectionError("The JSON holds a character that is half of one.") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise SelectionError(
            f"The key {twice} is given twice in one object.", hint="Keep one of the two."
        )
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise SelectionError(
        f"{name} is no JSON number.",
        hint='To ask for NaN use the filter {"column": ..., "op": "is_nan"}.',
    )


def require_object(data: Any, where: str, what: str) -> Mapping[str, Any]:
    """Return ``data`` if it is a JSON object, else raise `SelectionError`."""
    if not isinstance(data, Mapping):
        raise SelectionError(
            f"{what} must be an object with keys, not {describe(data)}.", where=where
        )
    return data


def validate(model: type[Model], data: Any, where: str, what: str) -> Model:
    """Make a model of request data.

    Parameters
    ----------
    where
        JSON path of the data, such as ``filters.all[1]``; empty at the top.
    what
        What the data are, for messages: "A cone".

    Raises
    ------
    SelectionError
        For the first thing that is wrong, with its JSON path.
    """
    if isinstance(data, model):
        return data
    require_object(data, where, what)
    try:
        return model.model_validate(dict(data))
    except ValidationError as error:
        raise _explain(error, model, where, what) from error


def _explain(
    error: ValidationError, model: type[BaseModel], where: str, what: str
) -> SelectionError:
    details = error.errors(include_url=False, include_context=True)
    # An unknown key first: it mostly is why another one is missing.
    detail = next((item for item in details if item["type"] == "extra_forbidden"), details[0])
    place, kind = detail["loc"], detail["type"]
    if place and place[-1] in _BRANCHES:  # a value that may be of several types is of none
        place, kind = place[:-1], "value_type"
        if isinstance(detail["input"], float):
            kind = "finite_number"
    key = str(place[0]) if place else ""
    path = join_path(where, *place)
    if kind == "extra_forbidden":
        known = [field.alias or name for name, field in model.model_fields.items()]
        return SelectionError(
            f"{what} has no key {key}.", hint=hint_of_names(key, known, "keys"), where=path
        )
    if kind == "missing":
        return SelectionError(f"{what} needs the key {join_path('', *place)}.", where=where)
    name = join_path("", *place) or what
    message = _MESSAGES.get(kind) or _plain(detail["msg"])
    return SelectionError(f"{name} {message}, not {describe(detail['input'])}.", where=path)


def _plain(message: str) -> str:
    """Turn pydantic's sentence into the end of one of ours."""
    for start in ("Input should be ", "String should ", "List should ", "Tuple should "):
        if message.startswith(start):
            rest = message.removeprefix(start)
            return f"must be {rest}" if start.startswith("Input") else f"must {rest}"
    return f"is wrong ({message})"


def join_path(where: str, *parts: int | str) -> str:
    """Return a JSON path: ``filters.all[1].value``."""
    for part in parts:
        where += f"[{part}]" if isinstance(part, int) else f".{part}" if where else part
    return where


def describe(value: Any) -> str:
    """Name a JSON value shortly, as JSON would write it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case float() if not isfinite(value):
            return str(value)
        case int() | float():
            return f"{value:.17g}" if isinstance(value, float) else str(value)[:40]
        case str():
            return json.dumps(value[:40], ensure_ascii=False)
        case Mapping():
            return "an object"
        case list() | tuple():
            return f"a list of {len(value)}"
        case _:
            return f"a {type(value).__name__}"

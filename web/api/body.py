"""JSON bodies of the API, checked key by key."""

from collections.abc import Mapping
from typing import Any

from flask import request

from hub.errors import UsageError
from hub.nearest import hint_of_names
from hub.query.plan import QueryPlan
from hub.query.selection import Selection
from hub.query.validation import load_json
from web.context import current_user, services


class BodyError(UsageError):
    """The body of a request is not what the address takes."""


def read_body(keys: Mapping[str, type | tuple[type, ...]]) -> dict[str, Any]:
    """Return the JSON object of the request.

    Parameters
    ----------
    keys
        Known keys and the types of their values; null counts as not given.

    Raises
    ------
    BodyError
        Wrong content type, no object, an unknown key, a wrong type.
    """
    if request.mimetype != "application/json":
        raise BodyError(
            f"The body is {request.mimetype or 'of no content type'}.",
            hint="Send JSON with Content-Type: application/json.",
        )
    body = load_json(request.get_data(as_text=True))
    if not isinstance(body, dict):
        raise BodyError("The body is no JSON object.", hint=f"Keys: {', '.join(keys)}.")
    for key, value in body.items():
        if key not in keys:
            hint = hint_of_names(key, keys, "keys", count=1)
            raise BodyError(f"There is no key {key[:40]!r}.", hint=hint, where=key[:40])
        if value is not None and (
            not isinstance(value, keys[key]) or (isinstance(value, bool) and keys[key] is int)
        ):
            raise BodyError(f"The value of {key} has the wrong type.", where=key)
    return {key: value for key, value in body.items() if value is not None}


def plan_of(body: Mapping[str, Any]) -> QueryPlan:
    """Return the plan of the body's ``sql`` or ``selection``.

    Raises
    ------
    BodyError
        Neither or both are given.
    HubError
        The query is refused.
    """
    if ("sql" in body) == ("selection" in body):
        raise BodyError("Give either sql or selection.", where="sql")
    if "sql" in body:
        return services().queries.plan_sql(body["sql"], current_user())
    return services().queries.plan_selection(Selection.parse(body["selection"]), current_user())

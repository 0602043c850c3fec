"""The canonical form of a selection, and the id made of it.

Two selections that say the same have one form: keys sorted, defaults removed,
groups merged, children of groups sorted, numbers written in one way. The form
is public: whoever implements it from the documentation gets the same ids.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from hub.query.filter_models import AllOf, AnyOf, Filter, Not
from hub.query.region_models import AllRegion

if TYPE_CHECKING:
    from hub.query.selection import Selection

_EXACT = 2**53


def canonical_text(selection: Selection) -> str:
    """Return the canonical JSON: UTF-8 without blanks, keys in order of code points."""
    return _write(canonical_data(selection))


def identify(canonical: str) -> str:
    """Return the id of a selection from its canonical JSON."""
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def canonical_data(selection: Selection) -> dict[str, Any]:
    """Return the canonical form as a JSON object."""
    data: dict[str, Any] = {"catalog": selection.catalog}
    if selection.version is not None:
        data["version"] = selection.version
    if selection.table != "main":
        data["table"] = selection.table
    if selection.columns:
        data["columns"] = [_part(column) for column in selection.columns]
    if not isinstance(selection.region, AllRegion):
        data["region"] = {"kind": selection.region.kind} | _part(selection.region)
    if selection.sample is not None and _part(selection.sample) != {"log2": 0}:
        data["sample"] = _part(selection.sample)
    filters = None if selection.filters is None else _filter(selection.filters)
    if filters is not None and filters != {"all": []}:
        data["filters"] = filters
    if selection.order_by:
        data["order_by"] = [_part(entry) for entry in selection.order_by]
    if selection.limit is not None:
        data["limit"] = selection.limit
    plain: dict[str, Any] = _plain(data)
    return plain


def _write(data: Any) -> str:
    return json.dumps(
        data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def _part(part: Any) -> Any:
    return part if isinstance(part, str) else part.model_dump(exclude_defaults=True, by_alias=True)


def _filter(found: Filter) -> Any:
    match found:
        case AllOf():
            return _group("all", found.all_of)
        case AnyOf():
            return _group("any", found.any_of)
        case Not():
            return {"not": _filter(found.negated)}
        case _:
            return _plain(_part(found))


def _group(key: str, children: tuple[Filter, ...]) -> Any:
    merged: list[Any] = []
    for child in map(_filter, children):
        if list(child) == [key]:  # all in all, any in any
            merged.extend(child[key])
        else:
            merged.append(child)
    return merged[0] if len(merged) == 1 else {key: sorted(merged, key=_write)}


def _plain(value: Any) -> Any:
    """Return JSON data with every number in its one form."""
    match value:
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case float() if value.is_integer() and abs(value) < _EXACT:
            return int(value)  # -0.0 becomes 0
        case _:
            return value

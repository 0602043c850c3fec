"""Which plots a table opens with, and what the form asks the plots to be."""

import json
import re
from dataclasses import dataclass

from hub.errors import UsageError
from hub.explore.request import AxisRequest, PlotRequest
from hub.explore.statistic import Statistic
from hub.query.selection import Selection
from hub.tables.description import ColumnDescription, TableDescription
from hub.tables.types import is_float, is_numeric
from web.playground.fields import PlayFields
from web.playground.values import FieldError, number

MAX_CELLS = 1200
"""Bins of one axis."""

_BINS = re.compile(r"(\d{1,4})\s*[x×]\s*(\d{1,4})")


@dataclass(frozen=True, kw_only=True)
class DefaultAxes:
    """Expressions of the first plots of a table; empty when it has too few numbers."""

    x: str = ""
    y: str = ""
    h: str = ""


def default_axes(table: TableDescription) -> DefaultAxes:
    """Choose the first plots: the sky where there is one, and a magnitude or another measure."""
    numbers = [column for column in table.visible_columns if is_numeric(column.type)]
    names = [column.name for column in numbers]
    place = (table.position.ra, table.position.dec) if table.position else ()
    pair = [name for name in place if name in names] if len(place) == 2 else []
    if len(pair) < 2:
        pair = names[:2] if len(names) > 1 else []
    measures = [column for column in numbers if column.name not in {*place, table.key}]
    h = _first_measure(measures) or (names[0] if names else "")
    return DefaultAxes(x=pair[0] if pair else "", y=pair[1] if pair else "", h=h)


def _first_measure(columns: list[ColumnDescription]) -> str:
    """Return the magnitude, else the first float, else the first number."""
    for accept in (
        lambda column: column.ucd.startswith("phot.mag"),
        lambda column: is_float(column.type) and column.ucd != "pos",
        lambda _: True,
    ):
        found = next((column.name for column in columns if accept(column)), "")
        if found:
            return found
    return ""


def heat_map_request(
    fields: PlayFields, selection: Selection, errors: dict[str, str]
) -> PlotRequest | None:
    """Return what the heat map is to show; errors are noted at their fields."""
    x = _axis(fields, "x", errors)
    y = _axis(fields, "y", errors)
    bins = _heat_map_bins(fields["bins"], errors)
    statistic = _statistic(fields, errors)
    of = fields["of"] if statistic.needs_expression else None
    if statistic.needs_expression and not of:
        errors["of"] = "Say of which column the statistic is."
    if x is None or y is None or bins is None or {"statistic", "of"} & errors.keys():
        return None
    return PlotRequest(
        selection=selection,
        x=x,
        y=y,
        bins=bins,
        statistic=statistic,
        of=of,
        fit=_fits(fields, selection),
    )


def histogram_request(
    fields: PlayFields, selection: Selection, errors: dict[str, str]
) -> PlotRequest | None:
    """Return what the histogram is to show; errors are noted at their fields."""
    axis = _axis(fields, "h", errors)
    try:
        bins = _checked_bins(number(fields["h_bins"], "The number of bins"))
    except FieldError as error:
        errors["h_bins"] = str(error)
        return None
    if axis is None:
        return None
    return PlotRequest(selection=selection, x=axis, bins=(bins, None), fit=_fits(fields, selection))


def _fits(fields: PlayFields, selection: Selection) -> bool:
    """Tell whether ranges are those of the selected rows; for all rows statistics know them."""
    narrowed = json.loads(selection.canonical()).keys() & {"region", "filters", "sample", "limit"}
    return fields["ranges"] == "rows" and bool(narrowed)


def _axis(fields: PlayFields, name: str, errors: dict[str, str]) -> AxisRequest | None:
    expression = fields[name]
    if not expression:
        return None
    ends: list[float | None] = []
    for end in (f"{name}_low", f"{name}_high"):
        try:
            ends.append(float(number(fields[end], "The end")) if fields[end] else None)
        except FieldError as error:
            errors[end] = str(error)
            return None
    low, high = ends
    if (low is None) != (high is None):
        errors[f"{name}_low" if low is None else f"{name}_high"] = "Give both ends, or none."
        return None
    span = (low, high) if low is not None and high is not None else None
    try:
        return AxisRequest(expression=expression, log=bool(fields[f"{name}_log"]), range=span)
    except UsageError as error:
        errors[f"{name}_low"] = f"{error.message} {error.hint}".strip()
        return None


def _statistic(fields: PlayFields, errors: dict[str, str]) -> Statistic:
    try:
        return Statistic(fields["statistic"])
    except ValueError:
        errors["statistic"] = f"There is no statistic “{fields['statistic']}”."
        return Statistic.COUNT


def _heat_map_bins(text: str, errors: dict[str, str]) -> tuple[int, int] | None:
    found = _BINS.fullmatch(text)
    if not found:
        errors["bins"] = "Write cells as 300x200: along x, then along y."
        return None
    try:
        return _checked_bins(int(found[1])), _checked_bins(int(found[2]))
    except FieldError as error:
        errors["bins"] = str(error)
        return None


def _checked_bins(value: float) -> int:
    if not isinstance(value, int) or not 1 <= value <= MAX_CELLS:
        raise FieldError(f"Take a whole number from 1 to {MAX_CELLS}.")
    return value

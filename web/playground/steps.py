"""The eight steps: their state in words, and at which of them a field stands."""

from dataclasses import dataclass

from web.playground.fields import PLOT_TEXTS, STEPS, PlayFields
from web.playground.view import PlayView


@dataclass(frozen=True, kw_only=True)
class StepState:
    """One cell of the strip of steps."""

    name: str
    words: str
    is_wrong: bool

    @property
    def title(self) -> str:
        """Name for people."""
        return self.name.capitalize()


def step_states(view: PlayView) -> list[StepState]:
    """Return the eight steps in order."""
    table, fields, errors = view.table, view.fields, view.errors
    total = len(table.visible_columns)
    on = sum(row.is_on for row in fields.filters) + bool(fields["more"])
    plots_shown = sum(figure is not None for figure in (view.heat_map, view.histogram))
    words = {
        "columns": f"{len(fields.columns)} chosen" if fields.columns else f"all {total}",
        "region": _region_words(fields),
        "sampling": _sample_words(fields),
        "filters": f"{on} on" if on else "none",
        "query": "ok" if view.selection else "has errors",
        "analysis": f"{plots_shown} plot{'s' * (plots_shown != 1)}",
        "format": fields["format"]
        + (f" + {fields['compression']}" if fields["compression"] else ""),
        "request": "download now" if view.plan else "not possible",
    }
    wrong = {_step_of(name) for name in errors}
    return [StepState(name=name, words=words[name], is_wrong=name in wrong) for name in STEPS]


def _region_words(fields: PlayFields) -> str:
    match fields["region"]:
        case "all":
            return "none, all sky"
        case "cone":
            return f"cone, {fields['radius']} deg"
        case "name":
            return f"{fields['name']}, {fields['radius']} deg"
        case "targets":
            return f"{len(fields['targets'].splitlines())} targets"
        case kind:
            return kind


def _sample_words(fields: PlayFields) -> str:
    match fields["sample"]:
        case "fraction":
            power = fields["log2"] or "6"
            return f"1 row in {2 ** int(power)}" if power.isdecimal() and len(power) < 3 else "?"
        case "rows":
            return f"{fields['rows']} rows"
        case _:
            return "all rows"


def _step_of(name: str) -> str:
    """Return the step where a field is; none for the fields that stand above the plots."""
    if name in {"x", "y", "bins", "h", "h_bins"}:
        return ""
    if (name[:1] == "f" and name[1:].isdecimal()) or name == "more":
        return "filters"
    if name == "columns":
        return "columns"
    if name in {"sample", "log2", "rows", "order", "limit"}:
        return "sampling"
    if name in {"format", "compression"}:
        return "format"
    return "analysis" if name in PLOT_TEXTS else "region"

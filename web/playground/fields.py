"""`PlayFields`: everything the playground's form holds, as typed; and its one spelling as a URL.

The form is a plain GET form. Every control is a parameter with a readable name,
and a page's address holds all of them, so a link is the whole state.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

STEPS = ("columns", "region", "sampling", "filters", "query", "analysis", "format", "request")

REGION_TEXTS: Mapping[str, tuple[str, ...]] = {
    "all": (),
    "cone": ("lon", "lat", "radius", "frame"),
    "box": ("lon_min", "lon_max", "lat_min", "lat_max", "frame"),
    "polygon": ("vertices", "frame"),
    "targets": ("targets", "radius_arcsec", "frame"),
    "name": ("name", "radius"),
    "moc": ("moc",),
}
"""Kind of region → the parameters it uses."""

SAMPLE_TEXTS: Mapping[str, tuple[str, ...]] = {"all": (), "fraction": ("log2",), "rows": ("rows",)}
"""Kind of sample → the parameters it uses."""

PLOT_TEXTS = (
    *("x", "x_low", "x_high", "x_log", "y", "y_low", "y_high", "y_log"),
    *("bins", "statistic", "of", "ranges"),
    *("h", "h_low", "h_high", "h_log", "h_bins"),
)

TEXT_DEFAULTS: Mapping[str, str] = {
    "step": "columns",
    "find": "",
    "region": "all",
    "frame": "icrs",
    **{name: "" for names in REGION_TEXTS.values() for name in names if name != "frame"},
    "sample": "all",
    "log2": "",
    "rows": "",
    "order": "",
    "limit": "",
    "more": "",
    **dict.fromkeys(PLOT_TEXTS, ""),
    "bins": "300x200",
    "h_bins": "64",
    "statistic": "count",
    "ranges": "rows",
    "format": "csv",
    "compression": "",
}
"""Every single parameter with the value it has when it is not given."""

FILTER_KEYS = ("column", "op", "value", "high", "group", "on")


@dataclass(frozen=True, kw_only=True)
class FilterRow:
    """One filter of the form."""

    column: str
    """Column or expression."""

    op: str = "between"
    value: str = ""
    """Value, low end, pattern, bits, or a list separated by commas."""

    high: str = ""
    """High end of ``between``."""

    group: str = ""
    """Empty: joined by AND. A letter: any one of the rows with this letter is enough."""

    is_on: bool = True
    """A filter that is off keeps its values and does nothing."""


@dataclass(frozen=True, kw_only=True)
class PlayFields:
    """What the form holds."""

    columns: tuple[str, ...] = ()
    """Names, or ``name = expression``; empty stands for all columns."""

    filters: tuple[FilterRow, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    """Single parameters that are given; see `TEXT_DEFAULTS`."""

    was_sent: bool = False
    """Whether the form was sent, and not just opened: then no ticked column is a mistake."""

    @classmethod
    def read(cls, args: MultiDict[str, str]) -> Self:
        """Read the parameters of a request; unknown ones are left out."""
        texts = {name: args.getlist(name)[-1].strip() for name in TEXT_DEFAULTS if name in args}
        return cls(
            columns=tuple(item.strip() for item in args.getlist("c") if item.strip()),
            filters=tuple(_read_filters(args)),
            texts=texts,
            was_sent="sent" in args,
        )

    def __getitem__(self, name: str) -> str:
        """Return a single parameter, or its default."""
        return self.texts.get(name, "") or TEXT_DEFAULTS[name]

    def with_texts(self, **texts: str) -> Self:
        """Return a copy with some single parameters changed."""
        return replace(self, texts={**self.texts, **texts})

    def pairs(self) -> list[tuple[str, str]]:
        """Return the parameters in their one order: defaults and what has no effect left out."""
        pairs = [("c", item) for item in self.columns]
        kept = self._effective()
        pairs += [(name, kept[name]) for name in TEXT_DEFAULTS if name in kept]
        for number, row in enumerate(self.filters):
            values = (row.column, row.op, row.value, row.high, row.group, "" if row.is_on else "0")
            pairs += [
                (f"f{number}.{key}", value)
                for key, value in zip(FILTER_KEYS, values, strict=True)
                if value
            ]
        return pairs

    def query_string(self, **texts: str) -> str:
        """Return the canonical query string, with some single parameters changed."""
        return urlencode(self.with_texts(**texts).pairs())

    def _effective(self) -> dict[str, str]:
        """Return the single parameters that differ from their default and have an effect."""
        idle = {
            name
            for kinds, chosen in ((REGION_TEXTS, self["region"]), (SAMPLE_TEXTS, self["sample"]))
            for names in kinds.values()
            for name in names
            if name not in kinds.get(chosen, ())
        }
        return {
            name: value
            for name, value in self.texts.items()
            if value and value != TEXT_DEFAULTS[name] and name not in idle
        }


def _read_filters(args: MultiDict[str, str]) -> Iterator[FilterRow]:
    """Yield the rows ``f<number>.<key>`` in the order of their numbers."""
    numbers = {
        int(name[1:].partition(".")[0])
        for name in args
        if name.startswith("f") and name[1:].partition(".")[0].isdecimal() and "." in name
    }
    for number in sorted(numbers):
        column = args.get(f"f{number}.column", "").strip()
        if column:
            yield FilterRow(
                column=column,
                op=args.get(f"f{number}.op", "between"),
                value=args.get(f"f{number}.value", "").strip(),
                high=args.get(f"f{number}.high", "").strip(),
                group=args.get(f"f{number}.group", ""),
                is_on=(args.getlist(f"f{number}.on") or ["1"])[-1] != "0",
            )

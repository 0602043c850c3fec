"""The way back: a selection as fields of the form."""

import csv
import io
import json
from typing import Any

from hub.tables.description import TableDescription
from web.playground.fields import FilterRow, PlayFields
from web.playground.meaning import OPS, read_meaning
from web.playground.values import FieldError

_GROUPS = "abcdefgh"


def open_selection(selection: dict[str, Any], table: TableDescription) -> PlayFields:
    """Return the fields that mean a selection; filters too rich for rows stay JSON.

    Parameters
    ----------
    selection
        As its canonical JSON.
    """
    rows, more = _rows(selection.get("filters"), table)
    texts = {
        **_region(selection.get("region", {})),
        **_sample(selection.get("sample", {})),
        "order": ", ".join(
            f"{term['column']} desc" if term.get("descending") else term["column"]
            for term in selection.get("order_by", [])
        ),
        "limit": _text(selection.get("limit")),
        "more": json.dumps(more) if more else "",
    }
    columns = tuple(
        item if isinstance(item, str) else f"{item['name']} = {item['expression']}"
        for item in selection.get("columns", [])
    )
    return PlayFields(columns=columns, filters=tuple(rows), texts=texts)


def _text(value: object) -> str:
    """Return a value as one types it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def _region(region: dict[str, Any]) -> dict[str, str]:
    kind = region.get("kind", "all")
    galactic = region.get("frame") == "galactic"
    lon, lat = ("lon", "lat") if galactic else ("ra", "dec")
    texts = {"region": kind, "frame": "galactic" if galactic else "icrs"}
    names = {
        "lon": f"{lon}_deg",
        "lat": f"{lat}_deg",
        "radius": "radius_deg",
        "lon_min": f"{lon}_min_deg",
        "lon_max": f"{lon}_max_deg",
        "lat_min": f"{lat}_min_deg",
        "lat_max": f"{lat}_max_deg",
        "radius_arcsec": "radius_arcsec",
        "name": "name",
        "moc": "moc",
    }
    texts |= {here: _text(region[there]) for here, there in names.items() if there in region}
    if "vertices_deg" in region:
        texts["vertices"] = "\n".join(f"{_text(x)} {_text(y)}" for x, y in region["vertices_deg"])
    if "positions_deg" in region:
        texts["targets"] = "\n".join(_target(item, lon, lat) for item in region["positions_deg"])
    return texts


def _target(item: Any, lon: str, lat: str) -> str:
    if isinstance(item, dict):
        position = (_text(item[f"{lon}_deg"]), _text(item[f"{lat}_deg"]))
        return _joined([item["name"], *position] if item.get("name") else list(position))
    return f"{_text(item[0])} {_text(item[1])}"


def _sample(sample: dict[str, Any]) -> dict[str, str]:
    if "log2" in sample:
        return {"sample": "fraction", "log2": _text(sample["log2"])}
    return {"sample": "rows", "rows": _text(sample["rows"])} if "rows" in sample else {}


def _rows(filters: Any, table: TableDescription) -> tuple[list[FilterRow], dict[str, Any]]:
    """Return the rows that a tree of filters fits in, and the rest as one filter."""
    if not filters:
        return [], {}
    rows: list[FilterRow] = []
    rest: list[Any] = []
    groups = iter(_GROUPS)
    for child in filters.get("all", [filters]):
        if set(child) == {"any"}:
            leaves = [_row(leaf, table) for leaf in child["any"]]
            group = next(groups, "")
            if group and len(leaves) > 1 and all(leaves):
                rows += [_grouped(row, group) for row in leaves if row]
                continue
        row = _row(child, table)
        if row:
            rows.append(row)
        else:
            rest.append(child)
    return rows, rest[0] if len(rest) == 1 else {"all": rest} if rest else {}


def _grouped(row: FilterRow, group: str) -> FilterRow:
    return FilterRow(column=row.column, op=row.op, value=row.value, high=row.high, group=group)


def _row(leaf: dict[str, Any], table: TableDescription) -> FilterRow | None:
    """Return the row of one comparison, if a row says exactly the same."""
    left = leaf.get("column", leaf.get("expression"))
    if left is None or leaf.get("op") not in OPS:
        return None
    if "values" in leaf:
        value = _joined([_text(item) for item in leaf["values"]])
    else:
        given = (leaf.get(name) for name in ("value", "low", "bits", "pattern"))
        value = _text(next((item for item in given if item is not None), None))
    row = FilterRow(column=left, op=leaf["op"], value=value, high=_text(leaf.get("high")))
    return row if _says(row, leaf, table) else None


def _says(row: FilterRow, leaf: dict[str, Any], table: TableDescription) -> bool:
    """Tell whether a row, sent by a browser and read again, is the filter."""
    texts = (row.column, row.value, row.high)
    if any(text != text.strip() or "\n" in text or "\r" in text for text in texts):
        return False
    try:
        meaning = read_meaning(PlayFields(filters=(row,)), table)
    except FieldError:
        return False
    return json.dumps(meaning.filters, sort_keys=True) == json.dumps((leaf,), sort_keys=True)


def _joined(items: list[str]) -> str:
    """Return items as one line of CSV."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(items)
    return line.getvalue()

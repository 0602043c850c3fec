"""A selection in one sentence, every part of it said."""

from collections.abc import Sequence

from hub.query.filter_models import (
    AllOf,
    AnyOf,
    Between,
    Bits,
    Comparison,
    Filter,
    In,
    Leaf,
    Like,
    Not,
    Presence,
    Value,
)
from hub.query.region_models import (
    AllRegion,
    BoxRegion,
    ConeRegion,
    GalacticBoxRegion,
    GalacticConeRegion,
    MocRegionModel,
    NameRegion,
    PolygonRegion,
    RegionModel,
    TargetsRegion,
)
from hub.query.selection import SampleFraction, SampleRows, Selection
from hub.tables.description import TableDescription

_LISTED_VALUES = 8

_COMPARISONS = {
    "=": "equal to",
    "!=": "not equal to",
    "<": "below",
    "<=": "at most",
    ">": "above",
    ">=": "at least",
}
_BITS = {"bits_any": "any", "bits_all": "all", "bits_none": "none"}
_PRESENCE = {"is_null": "missing", "not_null": "present", "is_nan": "not a number"}
_OPPOSITES = {"is_null": "not_null", "not_null": "is_null"}


def in_words(selection: Selection, table: TableDescription) -> str:
    """Return the selection as an English sentence; values carry their columns' units."""
    parts = [_subject(selection, table), _region(selection.region)]
    if selection.filters is not None:
        parts.append(_conditions(selection.filters, table))
    parts += [_sample(selection), _order(selection), _limit(selection)]
    return ", ".join(part for part in parts if part) + "."


def _subject(selection: Selection, table: TableDescription) -> str:
    name = f"{table.catalog}.{table.name}"
    if not selection.columns:
        return f"All columns of {name}"
    count = len(selection.columns)
    return f"{count} column{'s' if count > 1 else ''} of {name}"


def _region(region: RegionModel) -> str:
    match region:
        case AllRegion():
            return ""
        case ConeRegion() | GalacticConeRegion():
            place = _place(region)
            return f"within {_number(region.radius_deg)} deg of {place}"
        case BoxRegion():
            ra = _span(region.ra_min_deg, region.ra_max_deg)
            dec = _span(region.dec_min_deg, region.dec_max_deg)
            return f"RA {ra} and Dec {dec} (ICRS)"
        case GalacticBoxRegion():
            lon = _span(region.lon_min_deg, region.lon_max_deg)
            lat = _span(region.lat_min_deg, region.lat_max_deg)
            return f"longitude {lon} and latitude {lat} (Galactic)"
        case PolygonRegion():
            frame = "ICRS" if region.frame == "icrs" else "Galactic"
            return f"inside a polygon of {len(region.vertices_deg)} vertices ({frame})"
        case MocRegionModel():
            return "inside a MOC"
        case TargetsRegion():
            count = len(region.positions_deg)
            targets = "1 target" if count == 1 else f"one of {_count(count)} targets"
            return f"within {_number(region.radius_arcsec)} arcsec of {targets}"
        case NameRegion():
            return f"within {_number(region.radius_deg)} deg of {region.name}"


def _place(region: ConeRegion | GalacticConeRegion) -> str:
    if isinstance(region, ConeRegion):
        return f"RA {_number(region.ra_deg)}, Dec {_number(region.dec_deg)} (ICRS)"
    lon, lat = _number(region.lon_deg), _number(region.lat_deg)
    return f"longitude {lon}, latitude {lat} (Galactic)"


def _span(low: float, high: float) -> str:
    through = " through 0" if low > high else ""
    return f"from {_number(low)}{through} to {_number(high)} deg"


def _conditions(found: Filter, table: TableDescription) -> str:
    """Say the outermost filters side by side, groups in them in parentheses."""
    if not isinstance(found, AllOf):
        return _filter(found, table, nested=False)
    if not found.all_of:
        return ""
    parts = [_filter(child, table, nested=True) for child in found.all_of]
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + f", and {parts[-1]}"


def _filter(found: Filter, table: TableDescription, *, nested: bool) -> str:
    match found:
        case AllOf():
            return _group(found.all_of, " and ", "any row", table, nested=nested)
        case AnyOf():
            return _group(found.any_of, " or ", "no row", table, nested=nested)
        case Not(negated=Presence(op="is_null" | "not_null") as inner):
            opposite = inner.model_copy(update={"op": _OPPOSITES[inner.op]})
            return _leaf(opposite, table)
        case Not():
            return f"not ({_filter(found.negated, table, nested=False)})"
        case _:
            return _leaf(found, table)


def _group(
    children: Sequence[Filter], word: str, empty: str, table: TableDescription, *, nested: bool
) -> str:
    if not children:
        return empty
    if len(children) == 1:
        return _filter(children[0], table, nested=nested)
    text = word.join(_filter(child, table, nested=True) for child in children)
    return f"({text})" if nested else text


def _leaf(leaf: Leaf, table: TableDescription) -> str:
    column = None if leaf.column is None else table.column(leaf.column.lower())
    left = leaf.expression or (column.name if column else leaf.column or "")
    unit = f" {column.unit}" if column and column.unit else ""
    match leaf:
        case Comparison():
            return f"{left} {_COMPARISONS[leaf.op]} {_value(leaf.value)}{unit}"
        case Between():
            return f"{left} from {_value(leaf.low)} to {_value(leaf.high)}{unit}"
        case In():
            word = "not one of" if leaf.op == "not_in" else "one of"
            return f"{left} {word} {_values(leaf.values)}{unit}"
        case Like():
            return f"{left} like {_value(leaf.pattern)}"
        case Presence():
            return f"{left} {_PRESENCE[leaf.op]}"
        case Bits():
            return f"{left} with {_BITS[leaf.op]} of the bits of {leaf.bits} set"


def _values(values: Sequence[Value]) -> str:
    shown = [_value(value) for value in values[:_LISTED_VALUES]]
    rest = len(values) - len(shown)
    if rest:
        return f"{', '.join(shown)} and {_count(rest)} more values"
    if not shown:
        return "no values"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"


def _value(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value}"'
        case _:
            return _number(value)


def _sample(selection: Selection) -> str:
    match selection.sample:
        case SampleFraction(log2=power) if power:
            return f"1 row in {_count(2**power)}"
        case SampleRows(rows=rows):
            return "1 row at random" if rows == 1 else f"{_count(rows)} rows at random"
        case _:
            return ""


def _order(selection: Selection) -> str:
    if not selection.order_by:
        return ""
    entries = [
        entry.column + (" from high to low" if entry.descending else "")
        for entry in selection.order_by
    ]
    return "sorted by " + " then ".join(entries)


def _limit(selection: Selection) -> str:
    if selection.limit is None:
        return ""
    if selection.limit == 1:
        return "first row"
    return f"first {_count(selection.limit)} rows" if selection.limit else "no rows"


def _number(value: float) -> str:
    """Write a number in its shortest form: 2 for 2.0."""
    whole = isinstance(value, int) or (value.is_integer() and abs(value) < 1e15)
    return str(int(value)) if whole else repr(value)


def _count(value: int) -> str:
    """Write a number of things with a blank between thousands."""
    return f"{value:,}".replace(",", " ")

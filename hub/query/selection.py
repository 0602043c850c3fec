"""`Selection`: what is wanted, as a value that is written, shared and run again.

The JSON form is public (``docs/selection.md``). Request data become a selection
only by `Selection.parse`, which says what is wrong and where.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field

from hub.nearest import hint_of_names
from hub.query.canonical import canonical_text, identify
from hub.query.filter_models import Filter, parse_filter
from hub.query.region_models import AllRegion, NameRegion, RegionModel, parse_region
from hub.query.validation import (
    Part,
    SelectionError,
    Text,
    Whole,
    describe,
    join_path,
    load_json,
    require_object,
    validate,
)

MAX_COLUMNS = 2_000
_DERIVED_NAME = r"^[A-Za-z][A-Za-z0-9_]*$"


class DerivedColumn(Part):
    """A column that is computed from others."""

    name: Annotated[str, Field(pattern=_DERIVED_NAME, max_length=64)]
    expression: Text


class OrderBy(Part):
    """One column of the order of rows."""

    column: Text
    descending: bool = False


class SampleFraction(Part):
    """About one row in ``2**log2``, always the same ones."""

    log2: Annotated[Whole, Field(ge=0, le=31)]


class SampleRows(Part):
    """So many of the rows that are selected, drawn at random, always the same ones."""

    rows: Annotated[Whole, Field(ge=1, lt=2**63)]


def _parse_columns(data: Any) -> Any:
    columns = _as_tuple(data, "columns", "names")
    if len(columns) > MAX_COLUMNS:
        raise SelectionError(
            f"There are {len(columns)} columns; {MAX_COLUMNS} are possible.", where="columns"
        )
    parsed = tuple(_parse_column(item, f"columns[{place}]") for place, item in enumerate(columns))
    names = [(item if isinstance(item, str) else item.name).lower() for item in parsed]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise SelectionError(
                f"The column {name} is named twice.",
                hint="Keep one, or give an expression another name.",
                where=f"columns[{place}]",
            )
    return parsed


def _parse_column(data: Any, where: str) -> str | DerivedColumn:
    if isinstance(data, str) and data:
        return data
    if isinstance(data, Mapping | DerivedColumn):
        return validate(DerivedColumn, data, where, "A computed column")
    raise SelectionError(
        f"A column is a name or an object, not {describe(data)}.",
        hint='Write "g_mag" or {"name": "colour", "expression": "bp_mag - rp_mag"}.',
        where=where,
    )


def _parse_order(data: Any) -> Any:
    return tuple(
        validate(OrderBy, item, f"order_by[{place}]", "An entry of order_by")
        for place, item in enumerate(_as_tuple(data, "order_by", "columns"))
    )


def _parse_sample(data: Any) -> Any:
    if data is None or isinstance(data, Part):
        return data
    data = require_object(data, "sample", "A sample")
    known = [key for key in ("log2", "rows") if key in data]
    if len(known) == 2:
        raise SelectionError("A sample has log2 or rows, not both.", where="sample")
    if not known:
        wrong = next(iter(data), "")
        raise SelectionError(
            f"A sample has no key {wrong}." if wrong else "A sample needs the key log2 or rows.",
            hint=hint_of_names(wrong, ["log2", "rows"], "keys"),
            where=join_path("sample", wrong) if wrong else "sample",
        )
    return validate(SampleFraction if known == ["log2"] else SampleRows, data, "sample", "A sample")


def _parse_filters(data: Any) -> Any:
    return None if data is None else parse_filter(data)


def _as_tuple(data: Any, where: str, what: str) -> tuple[Any, ...]:
    if data is None:
        return ()
    if not isinstance(data, list | tuple):
        raise SelectionError(
            f"{where} must be a list of {what}, not {describe(data)}.", where=where
        )
    return tuple(data)


def _default(value: Any, data: Any) -> Any:
    return value if data is None else data


class Selection(Part):
    """What is wanted of one table; frozen, hashable by its `id`."""

    catalog: Text
    version: Text | None = None
    table: Annotated[Text, BeforeValidator(partial(_default, "main"))] = "main"
    columns: Annotated[tuple[str | DerivedColumn, ...], BeforeValidator(_parse_columns)] = ()
    """Names and computed columns in the order of the result; empty means all visible ones."""

    region: Annotated[
        RegionModel,
        BeforeValidator(lambda data: AllRegion() if data is None else parse_region(data)),
    ] = AllRegion()
    sample: Annotated[SampleFraction | SampleRows | None, BeforeValidator(_parse_sample)] = None
    filters: Annotated[Filter | None, BeforeValidator(_parse_filters)] = None
    order_by: Annotated[tuple[OrderBy, ...], BeforeValidator(_parse_order)] = ()
    limit: Annotated[Whole, Field(ge=0, lt=2**63)] | None = None

    @classmethod
    def parse(cls, source: str | bytes | Mapping[str, Any]) -> Self:
        """Return the selection of a JSON text or of its decoded object.

        Raises
        ------
        SelectionError
            The JSON, a key, a type or a value is wrong; ``where`` is its JSON path.
        RegionError
            The region is no shape on the sky.
        """
        if isinstance(source, bytes):
            source = _decode(source)
        data = load_json(source) if isinstance(source, str) else source
        return validate(cls, data, "", "A selection")

    def canonical(self) -> str:
        """Return the canonical JSON: the same for selections that say the same."""
        return canonical_text(self)

    def id(self) -> str:
        """Return the SHA-256, in hex, of the canonical JSON; of a frozen selection for good."""
        return identify(self.canonical())

    @property
    def is_frozen(self) -> bool:
        """Whether it will mean the same rows for ever: version given, names looked up."""
        return self.version is not None and not isinstance(self.region, NameRegion)

    def frozen(self, version: str, resolve_name: Callable[[str], tuple[float, float]]) -> Self:
        """Return the selection with its version filled in and a name's position looked up.

        Parameters
        ----------
        version
            The catalog's default version; taken when the selection names none.
        resolve_name
            Name of an object → ICRS ra and dec in degrees.
        """
        region = self.region
        if isinstance(region, NameRegion):
            region = region.resolved(resolve_name)
        return self.model_copy(update={"version": self.version or version, "region": region})


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SelectionError(
            "The selection is not UTF-8 text.", where=f"byte {error.start + 1}"
        ) from error

"""`TablePlan`: everything that the tasks of an ingest need to know, fixed before they start."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from hub.errors import UsageError
from ingest.columns import PlannedColumn, find_column, plan_columns
from ingest.find_position import ICRS, PositionPlan, find_position
from ingest.names import free_name
from ingest.readers import Source
from ingest.request import FRAMES, IngestRequest

HEALPIX = "_healpix_29"
ROW = "_row"
RANDOM = "_random"

NO_PLACE = 2**63 - 1
"""Key of rows without a position inside the runs: they sort behind all others."""


@dataclass(frozen=True, kw_only=True)
class TablePlan:
    """The table to make."""

    columns: tuple[PlannedColumn, ...]
    """Visible columns; computed ra and dec last."""

    position: PositionPlan | None
    ra: str | None
    """Name of the column with ra in degrees; null without positions."""

    dec: str | None
    computed: tuple[str, ...]
    """Names of the columns that no file holds: ra and dec from other forms."""

    epoch: float | None
    """Julian year of the positions; null when nobody knows, or there are none."""

    key: str | None
    """Name of the primary key."""

    first_rows: tuple[int, ...]
    """Rows in the files before each file."""

    seed: int

    @property
    def order_column(self) -> str:
        """Return the name of the first column of the order."""
        return ROW if self.position is None else HEALPIX

    @property
    def run_schema(self) -> pa.Schema:
        """Return the schema of the runs."""
        fields = [pa.field(column.name, column.type) for column in self.columns]
        hub = [pa.field(self.order_column, pa.int64()), pa.field(RANDOM, pa.int32())]
        return pa.schema([*fields, *hub])

    @property
    def read_columns(self) -> tuple[PlannedColumn, ...]:
        """Return the columns that come from the files."""
        return tuple(column for column in self.columns if column.name not in self.computed)


def plan_table(request: IngestRequest, sources: Sequence[Source]) -> TablePlan:
    """Plan the table from the request and the headers of the files.

    Raises
    ------
    UsageError
        See `plan_columns` and `find_position`; or the key is no integer or text.
    """
    notes = request.notes
    columns = plan_columns(sources, notes)
    frame = request.frame or notes.frame
    if frame is not None and frame not in FRAMES:
        raise UsageError(
            f"Unknown frame {frame!r}.", hint=f"Known: {', '.join(FRAMES)}.", where=notes.source
        )
    asked = (request.ra, request.dec) if request.ra is not None else (notes.ra, notes.dec)
    position = find_position(columns, *asked, frame)
    ra = dec = None
    computed: tuple[PlannedColumn, ...] = ()
    if position is not None and position.is_direct:
        columns, position = _as_floats(columns, position)
        ra, dec = position.lon.name, position.lat.name
        columns = [_with_meaning(column, ra, dec) for column in columns]
    elif position is not None:
        computed = _computed_columns(columns, position)
        ra, dec = (column.name for column in computed)
    key = _plan_key(columns, request.key or notes.key)
    starts, total = [], 0
    for source in sources:
        starts.append(total)
        total += source.rows
    return TablePlan(
        columns=(*columns, *computed),
        position=position,
        ra=ra,
        dec=dec,
        computed=tuple(column.name for column in computed),
        epoch=None if position is None else _either(request.epoch, notes.epoch),
        key=key,
        first_rows=tuple(starts),
        seed=request.seed,
    )


def _either(asked: float | None, described: float | None) -> float | None:
    return described if asked is None else asked


def _plan_key(columns: Sequence[PlannedColumn], name: str | None) -> str | None:
    if name is None:
        return None
    column = find_column(columns, name)
    if not (pa.types.is_integer(column.type) or pa.types.is_string(column.type)):
        raise UsageError(
            f"Column {column.original_name} of type {column.type} cannot be the key.",
            hint="A key holds whole numbers or texts.",
        )
    return column.name


def _as_floats(
    columns: list[PlannedColumn], position: PositionPlan
) -> tuple[list[PlannedColumn], PositionPlan]:
    """Give position columns of whole or decimal numbers the type double."""
    changed = {
        column.name: column
        if pa.types.is_floating(column.type)
        else replace(
            column,
            type=pa.float64(),
            original_type=column.original_type or str(column.type),
            note=f"{column.type} becomes double: coordinates are real numbers",
        )
        for column in (position.lon, position.lat)
    }
    columns = [changed.get(column.name, column) for column in columns]
    lon, lat = changed[position.lon.name], changed[position.lat.name]
    return columns, replace(position, lon=lon, lat=lat)


def _with_meaning(column: PlannedColumn, ra: str, dec: str) -> PlannedColumn:
    """Fill in unit and UCD of the position columns where nobody gave them."""
    ucds = {ra: "pos.eq.ra;meta.main", dec: "pos.eq.dec;meta.main"}
    if column.name not in ucds:
        return column
    return replace(column, unit=column.unit or "deg", ucd=column.ucd or ucds[column.name])


def _computed_columns(
    columns: Sequence[PlannedColumn], position: PositionPlan
) -> tuple[PlannedColumn, ...]:
    taken = {column.name for column in columns}
    is_free = not taken & {"ra", "dec"}
    frame = "Galactic" if position.frame != ICRS else "given"
    made = []
    for base, source in (("ra", position.lon), ("dec", position.lat)):
        name = free_name(base if is_free else f"{base}_icrs", taken)
        made.append(
            PlannedColumn(
                original_name=name,
                name=name,
                type=pa.float64(),
                unit="deg",
                ucd=f"pos.eq.{base};meta.main",
                description=f"ICRS position, from the {frame} coordinate {source.original_name}",
                note=f"computed from the {frame} coordinates "
                f"{position.lon.original_name}, {position.lat.original_name}",
            )
        )
    return tuple(made)

"""What a table is: columns, position, partitions; values only, no storage."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

KEY_COLUMN = "_healpix_29"
"""Hidden column of tables with positions: the HEALPix pixel of order 29."""

RANDOM_COLUMN = "_random"
"""Hidden column of tables with positions: a random number, for samples."""

Scalar = bool | int | float | str | bytes | date | datetime | Decimal


@dataclass(frozen=True, kw_only=True)
class ColumnDescription:
    """One column of a table or of a result."""

    name: str
    """Name in SQL: lower case, safe without quotes unless it is a reserved word."""

    original_name: str
    """Name in the file the column came from; given back on export."""

    type: str
    """Column type, see `hub.tables.types`."""

    unit: str = ""
    """Unit as text of the VOUnits standard; empty when unknown or without dimension."""

    ucd: str = ""
    """UCD1+ word(s), separated by semicolons."""

    description: str = ""

    vector_length: int | None = None
    """Number of elements when every cell of a list column has the same, else null."""

    original_type: str = ""
    """Arrow type of the input where it was converted (``uint64``), else empty."""

    nulls: int | None = None
    """Number of nulls in the table; null when not known (results)."""

    nans: int | None = None
    """Number of NaN in the table; null when not known or not a float."""

    minimum: Scalar | None = None
    """Smallest value, NaN left out; null when there is none."""

    maximum: Scalar | None = None
    """Largest value, NaN left out; null when there is none."""

    bytes: int | None = None
    """Size of the column in the main data files."""

    @property
    def is_hidden(self) -> bool:
        """Tell whether the column belongs to the hub: left out of ``*`` and of forms."""
        return self.name.startswith("_")


@dataclass(frozen=True, kw_only=True)
class PositionDescription:
    """Which columns hold the sky position: ICRS, in degrees, ra in [0, 360)."""

    ra: str
    dec: str
    frame: str = "icrs"
    epoch: float | None = None
    """Julian year of the positions, when known."""


@dataclass(frozen=True, kw_only=True)
class Partition:
    """One data file of the main part, with the range of the order key it holds."""

    path: str
    """Relative to the table's location, with forward slashes."""

    rows: int
    bytes: int
    key_min: int
    """Smallest value of the first order column (``_healpix_29`` or ``_row``) in the file."""

    key_max: int
    """Largest value of the first order column in the file; inclusive."""

    order: int | None = None
    """HEALPix order of the partition's pixel; null when partitioned by row."""

    pixel: int | None = None
    """HEALPix pixel, nested; null when partitioned by row."""


@dataclass(frozen=True, kw_only=True)
class TableDescription:
    """A published table: everything that planning a query needs."""

    catalog: str
    version: str
    name: str
    rows: int
    """All rows, those without a position included."""

    bytes: int
    """Size of the data files."""

    location: str
    """URL of the table's folder, without a slash at the end."""

    key: str | None
    """Primary key column, when one was named."""

    position: PositionDescription | None
    """Null for tables without positions."""

    order_key: tuple[str, ...]
    """Columns of the table's order: (_healpix_29, _random) or (_row,)."""

    columns: tuple[ColumnDescription, ...]
    """Every column in the files, hidden ones last."""

    partitions: tuple[Partition, ...]
    """In order of key."""

    unplaced: Partition | None = None
    """Rows without a position (their key is null); they come last in the table's order."""

    sample_levels: dict[int, int] = field(default_factory=dict)
    """Level of the nested sample → rows; empty when there are no sample files."""

    @property
    def visible_columns(self) -> tuple[ColumnDescription, ...]:
        """The columns that ``*`` and forms show."""
        return tuple(column for column in self.columns if not column.is_hidden)

    @property
    def full_name(self) -> str:
        """``catalog@version.table``, as messages and provenance name it."""
        return f"{self.catalog}@{self.version}.{self.name}"

    def column(self, name: str) -> ColumnDescription | None:
        """Return the column with this SQL name, or null."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, kw_only=True)
class CatalogDescription:
    """One version of a catalog with its tables."""

    catalog: str
    version: str
    default: bool
    title: str
    description: str
    citation: str
    licence: str
    owner: str
    created: datetime
    """UTC, when the version was published."""

    tables: tuple[TableDescription, ...]

    def table(self, name: str) -> TableDescription | None:
        """Return the table with this name, or null."""
        return next((table for table in self.tables if table.name == name), None)

"""The tables of the hub database, as they are at `REVISION`.

The migrations make the same tables step by step; a test compares the two.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from typing_extensions import override

REVISION = "0001"
"""Newest migration; a database of another revision is migrated when it is opened."""

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only in columns of exactly this type.
_Id = BigInteger().with_variant(Integer(), "sqlite")
_NAME_LENGTH = 128


class UtcDateTime(TypeDecorator[datetime]):
    """Points in time with a zone, kept as UTC; SQLite would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _parent(column: str) -> Column[int]:
    return Column(
        f"{column.partition('.')[0].removesuffix('s')}_id",
        _Id,
        ForeignKey(column, ondelete="CASCADE"),
        nullable=False,
    )


catalogs = Table(
    "catalogs",
    METADATA,
    Column("id", _Id, primary_key=True),
    Column("name", String(_NAME_LENGTH), nullable=False, unique=True),
    Column("owner", String(_NAME_LENGTH), nullable=False),
    sqlite_autoincrement=True,
)

versions = Table(
    "versions",
    METADATA,
    Column("id", _Id, primary_key=True),
    _parent("catalogs.id"),
    Column("version", String(_NAME_LENGTH), nullable=False),
    Column("is_default", Boolean, nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("licence", Text, nullable=False),
    Column("owner", String(_NAME_LENGTH), nullable=False),
    Column("public", Boolean, nullable=False, server_default=text("true")),
    Column("created", UtcDateTime, nullable=False),
    # Counts the edits: who keeps a copy in memory sees by it that the copy is old.
    Column("edits", Integer, nullable=False, server_default=text("0")),
    UniqueConstraint("catalog_id", "version"),
    # Row numbers are never used again, or a copy in memory could pass for another table.
    sqlite_autoincrement=True,
)
Index(
    "ix_versions_default",
    versions.c.catalog_id,
    unique=True,
    sqlite_where=versions.c.is_default,
    postgresql_where=versions.c.is_default,
)

citations = Table(
    "citations",
    METADATA,
    Column("id", _Id, primary_key=True),
    _parent("versions.id"),
    Column("position", Integer, nullable=False),
    Column("text", Text, nullable=False),
    UniqueConstraint("version_id", "position"),
)

tables = Table(
    "tables",
    METADATA,
    Column("id", _Id, primary_key=True),
    _parent("versions.id"),
    Column("name", String(_NAME_LENGTH), nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("location", Text, nullable=False),
    Column("key", Text),
    Column("position_ra", Text),
    Column("position_dec", Text),
    Column("position_frame", Text),
    Column("position_epoch", Float(53)),
    # Names separated by commas; names in SQL hold none.
    Column("order_key", Text, nullable=False),
    UniqueConstraint("version_id", "name"),
    sqlite_autoincrement=True,
)

columns = Table(
    "columns",
    METADATA,
    Column("id", _Id, primary_key=True),
    _parent("tables.id"),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("original_name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("ucd", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("vector_length", Integer),
    Column("original_type", Text, nullable=False),
    UniqueConstraint("table_id", "position"),
    UniqueConstraint("table_id", "name"),
)

statistics = Table(
    "statistics",
    METADATA,
    Column("column_id", _Id, ForeignKey("columns.id", ondelete="CASCADE"), primary_key=True),
    Column("nulls", BigInteger),
    Column("nans", BigInteger),
    # Text of `hub.tables.scalars`.
    Column("minimum", Text),
    Column("maximum", Text),
    Column("bytes", BigInteger),
)

partitions = Table(
    "partitions",
    METADATA,
    Column("table_id", _Id, ForeignKey("tables.id", ondelete="CASCADE"), primary_key=True),
    # Number in the order of the key; -1 is the file of the rows without a position.
    Column("position", Integer, primary_key=True),
    Column("path", Text, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("key_min", BigInteger, nullable=False),
    Column("key_max", BigInteger, nullable=False),
    Column("healpix_order", Integer),
    Column("healpix_pixel", BigInteger),
)

sample_levels = Table(
    "sample_levels",
    METADATA,
    Column("table_id", _Id, ForeignKey("tables.id", ondelete="CASCADE"), primary_key=True),
    Column("level", Integer, primary_key=True),
    Column("rows", BigInteger, nullable=False),
)

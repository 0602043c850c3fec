"""Catalogs, versions, tables, columns and their statistics."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only in columns of exactly this type.
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables of the registry."""
    _make_catalogs()
    _make_tables()
    _make_partitions()


def _make_catalogs() -> None:
    """Catalogs, their versions and what to cite."""
    op.create_table(
        "catalogs",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("owner", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_catalogs"),
        sa.UniqueConstraint("name", name="uq_catalogs_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "versions",
        sa.Column("id", _ID, nullable=False),
        sa.Column("catalog_id", _ID, nullable=False),
        sa.Column("version", sa.String(length=128), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=128), nullable=False),
        sa.Column("public", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edits", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["catalog_id"], ["catalogs.id"], name="fk_versions_catalog_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_versions"),
        sa.UniqueConstraint("catalog_id", "version", name="uq_versions_catalog_id_version"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_versions_default",
        "versions",
        ["catalog_id"],
        unique=True,
        sqlite_where=sa.text("is_default"),
        postgresql_where=sa.text("is_default"),
    )
    op.create_table(
        "citations",
        sa.Column("id", _ID, nullable=False),
        sa.Column("version_id", _ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name="fk_citations_version_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_citations"),
        sa.UniqueConstraint("version_id", "position", name="uq_citations_version_id_position"),
    )


def _make_tables() -> None:
    """Tables and columns."""
    op.create_table(
        "tables",
        sa.Column("id", _ID, nullable=False),
        sa.Column("version_id", _ID, nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("position_ra", sa.Text(), nullable=True),
        sa.Column("position_dec", sa.Text(), nullable=True),
        sa.Column("position_frame", sa.Text(), nullable=True),
        sa.Column("position_epoch", sa.Float(precision=53), nullable=True),
        sa.Column("order_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name="fk_tables_version_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_tables"),
        sa.UniqueConstraint("version_id", "name", name="uq_tables_version_id_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "columns",
        sa.Column("id", _ID, nullable=False),
        sa.Column("table_id", _ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("original_name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("ucd", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("vector_length", sa.Integer(), nullable=True),
        sa.Column("original_type", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["table_id"], ["tables.id"], name="fk_columns_table_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_columns"),
        sa.UniqueConstraint("table_id", "name", name="uq_columns_table_id_name"),
        sa.UniqueConstraint("table_id", "position", name="uq_columns_table_id_position"),
    )
    op.create_table(
        "statistics",
        sa.Column("column_id", _ID, nullable=False),
        sa.Column("nulls", sa.BigInteger(), nullable=True),
        sa.Column("nans", sa.BigInteger(), nullable=True),
        sa.Column("minimum", sa.Text(), nullable=True),
        sa.Column("maximum", sa.Text(), nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["column_id"], ["columns.id"], name="fk_statistics_column_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("column_id", name="pk_statistics"),
    )


def _make_partitions() -> None:
    """Files of the tables."""
    op.create_table(
        "partitions",
        sa.Column("table_id", _ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("key_min", sa.BigInteger(), nullable=False),
        sa.Column("key_max", sa.BigInteger(), nullable=False),
        sa.Column("healpix_order", sa.Integer(), nullable=True),
        sa.Column("healpix_pixel", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["table_id"], ["tables.id"], name="fk_partitions_table_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("table_id", "position", name="pk_partitions"),
    )
    op.create_table(
        "sample_levels",
        sa.Column("table_id", _ID, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["table_id"], ["tables.id"], name="fk_sample_levels_table_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("table_id", "level", name="pk_sample_levels"),
    )

"""Descriptions of tables as rows of the hub database, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, insert, select

from hub.tables import schema
from hub.tables.description import (
    ColumnDescription,
    Partition,
    PositionDescription,
    TableDescription,
)
from hub.tables.scalars import decode_scalar, encode_scalar

_UNPLACED = -1
"""Number of the file that holds the rows without a position."""


def insert_table(connection: Connection, version_id: int, table: TableDescription) -> None:
    """Write a table with its columns, statistics, partitions and sample levels."""
    table_id = _insert_one(connection, schema.tables, _table_values(version_id, table))
    for position, column in enumerate(table.columns):
        column_id = _insert_one(
            connection, schema.columns, _column_values(table_id, position, column)
        )
        connection.execute(insert(schema.statistics), _statistics_values(column_id, column))
    partitions = list(enumerate(table.partitions))
    if table.unplaced is not None:
        partitions.append((_UNPLACED, table.unplaced))
    _insert_many(
        connection,
        schema.partitions,
        [_partition_values(table_id, position, partition) for position, partition in partitions],
    )
    levels = [
        {"table_id": table_id, "level": level, "rows": rows}
        for level, rows in table.sample_levels.items()
    ]
    _insert_many(connection, schema.sample_levels, levels)


def load_table(
    connection: Connection, row: RowMapping, *, catalog: str, version: str
) -> TableDescription:
    """Read the parts of a table whose own row is given."""
    table_id = row["id"]
    partitions = _load_partitions(connection, table_id)
    unplaced = partitions.pop(_UNPLACED, None)
    return TableDescription(
        catalog=catalog,
        version=version,
        name=row["name"],
        rows=row["rows"],
        bytes=row["bytes"],
        location=row["location"],
        key=row["key"],
        position=_position(row),
        order_key=tuple(row["order_key"].split(",")),
        columns=_load_columns(connection, table_id),
        partitions=tuple(partitions.values()),
        unplaced=unplaced,
        sample_levels=_load_sample_levels(connection, table_id),
    )


def _insert_one(connection: Connection, table: Table, values: Mapping[str, Any]) -> int:
    return int(connection.execute(insert(table).returning(table.c.id), values).scalar_one())


def _insert_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _table_values(version_id: int, table: TableDescription) -> dict[str, Any]:
    position = table.position
    return {
        "version_id": version_id,
        "name": table.name,
        "rows": table.rows,
        "bytes": table.bytes,
        "location": table.location,
        "key": table.key,
        "position_ra": position.ra if position else None,
        "position_dec": position.dec if position else None,
        "position_frame": position.frame if position else None,
        "position_epoch": position.epoch if position else None,
        "order_key": ",".join(table.order_key),
    }


def _position(row: RowMapping) -> PositionDescription | None:
    if row["position_ra"] is None:
        return None
    return PositionDescription(
        ra=row["position_ra"],
        dec=row["position_dec"],
        frame=row["position_frame"],
        epoch=row["position_epoch"],
    )


def _column_values(table_id: int, position: int, column: ColumnDescription) -> dict[str, Any]:
    return {
        "table_id": table_id,
        "position": position,
        "name": column.name,
        "original_name": column.original_name,
        "type": column.type,
        "unit": column.unit,
        "ucd": column.ucd,
        "description": column.description,
        "vector_length": column.vector_length,
        "original_type": column.original_type,
    }


def _statistics_values(column_id: int, column: ColumnDescription) -> dict[str, Any]:
    return {
        "column_id": column_id,
        "nulls": column.nulls,
        "nans": column.nans,
        "minimum": encode_scalar(column.minimum),
        "maximum": encode_scalar(column.maximum),
        "bytes": column.bytes,
    }


def _load_columns(connection: Connection, table_id: int) -> tuple[ColumnDescription, ...]:
    columns, statistics = schema.columns.c, schema.statistics.c
    query = (
        select(
            columns.name,
            columns.original_name,
            columns.type,
            columns.unit,
            columns.ucd,
            columns.description,
            columns.vector_length,
            columns.original_type,
            statistics.nulls,
            statistics.nans,
            statistics.minimum,
            statistics.maximum,
            statistics.bytes,
        )
        .join_from(schema.columns, schema.statistics)
        .where(columns.table_id == table_id)
        .order_by(columns.position)
    )
    return tuple(_column(row) for row in connection.execute(query).mappings())


def _column(row: RowMapping) -> ColumnDescription:
    values = dict(row)
    values["minimum"] = decode_scalar(row["minimum"])
    values["maximum"] = decode_scalar(row["maximum"])
    return ColumnDescription(**values)


def _partition_values(table_id: int, position: int, partition: Partition) -> dict[str, Any]:
    values = asdict(partition)
    order, pixel = values.pop("order"), values.pop("pixel")
    return values | {
        "table_id": table_id,
        "position": position,
        "healpix_order": order,
        "healpix_pixel": pixel,
    }


def _load_partitions(connection: Connection, table_id: int) -> dict[int, Partition]:
    """Return the partitions by their number, in its order; there may be 10^4 of them."""
    columns = schema.partitions.c
    query = (
        select(
            columns.position,
            columns.path,
            columns.rows,
            columns.bytes,
            columns.key_min,
            columns.key_max,
            columns.healpix_order,
            columns.healpix_pixel,
        )
        .where(columns.table_id == table_id)
        .order_by(columns.position)
    )
    return {
        number: Partition(
            path=path,
            rows=rows,
            bytes=size,
            key_min=key_min,
            key_max=key_max,
            order=order,
            pixel=pixel,
        )
        for number, path, rows, size, key_min, key_max, order, pixel in connection.execute(query)
    }


def _load_sample_levels(connection: Connection, table_id: int) -> dict[int, int]:
    levels = schema.sample_levels.c
    query = (
        select(levels.level, levels.rows).where(levels.table_id == table_id).order_by(levels.level)
    )
    return {row.level: row.rows for row in connection.execute(query)}

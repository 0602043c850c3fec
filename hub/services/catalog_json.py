"""Catalogs as the JSON of the commands and of the API (docs/commands.md).

Numbers that JSON readers would round are strings of digits: whole numbers
beyond 2^53 and decimals of more than 15 digits. NaN and infinities are ``"nan"``, ``"inf"`` and
``"-inf"``, byte strings hexadecimal digits, dates and times ISO 8601.
"""

import math
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hub.tables.description import (
    CatalogDescription,
    ColumnDescription,
    PositionDescription,
    Scalar,
    TableDescription,
)

_SAFE_INTEGER = 2**53
"""Up to here every whole number is a double of its own (RFC 8259, section 6)."""

_SAFE_DIGITS = 15
"""Decimals of so many digits come back from a double as they were (IEEE 754)."""


def catalog_summaries(catalogs: Iterable[CatalogDescription]) -> list[dict[str, Any]]:
    """Return the documents of ``hub catalogs --format json``; one for each version."""
    return [
        {
            "catalog": catalog.catalog,
            "version": catalog.version,
            "default": catalog.default,
            "title": catalog.title,
            "rows": _integer(sum(table.rows for table in catalog.tables)),
            "bytes": _integer(sum(table.bytes for table in catalog.tables)),
            "tables": [table.name for table in catalog.tables],
        }
        for catalog in catalogs
    ]


def catalog_document(
    catalog: CatalogDescription, tables: Iterable[TableDescription] | None = None
) -> dict[str, Any]:
    """Return the document of ``hub describe --format json``.

    Parameters
    ----------
    tables
        The tables to tell about; all of them when not given.
    """
    shown = catalog.tables if tables is None else tables
    return {
        "catalog": catalog.catalog,
        "version": catalog.version,
        "default": catalog.default,
        "title": catalog.title,
        "description": catalog.description,
        "citation": catalog.citation,
        "licence": catalog.licence,
        "owner": catalog.owner,
        "created": json_value(catalog.created),
        "tables": [table_document(table) for table in shown],
    }


def table_document(table: TableDescription) -> dict[str, Any]:
    """Return what the document of a catalog says of one table; hidden columns are left out."""
    return {
        "table": table.name,
        "rows": _integer(table.rows),
        "bytes": _integer(table.bytes),
        "location": table.location,
        "key": table.key,
        "order_key": list(table.order_key),
        "position": _position(table.position),
        "sample": {
            "levels": {str(level): _integer(rows) for level, rows in table.sample_levels.items()}
        },
        "columns": [_column(column) for column in table.visible_columns],
    }


def json_value(value: Scalar | None) -> str | int | float | bool | None:
    """Return a value as JSON can hold it without loss."""
    match value:
        case None | bool() | str():
            return value
        case int():
            return _integer(value)
        case float():
            return value if math.isfinite(value) else str(value)
        case Decimal():
            return _decimal(value)
        case bytes():
            return value.hex()
        case datetime():
            return _moment(value)
        case date():
            return value.isoformat()


def _integer(value: int) -> int | str:
    return value if abs(value) <= _SAFE_INTEGER else str(value)


def _decimal(value: Decimal) -> int | float | str:
    if value == value.to_integral_value():
        return _integer(int(value))
    return float(value) if len(value.as_tuple().digits) <= _SAFE_DIGITS else str(value)


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        return value.isoformat() + "Z"
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _position(position: PositionDescription | None) -> dict[str, Any] | None:
    if position is None:
        return None
    return {
        "ra": position.ra,
        "dec": position.dec,
        "frame": position.frame,
        "epoch": position.epoch,
    }


def _column(column: ColumnDescription) -> dict[str, Any]:
    return {
        "name": column.name,
        "original_name": column.original_name,
        "type": column.type,
        "unit": column.unit,
        "ucd": column.ucd,
        "description": column.description,
        "nulls": column.nulls,
        "nans": column.nans,
        "min": json_value(column.minimum),
        "max": json_value(column.maximum),
    }

"""A fresh registry, and descriptions to put into it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hub.tables.description import (
    CatalogDescription,
    ColumnDescription,
    Partition,
    PositionDescription,
    TableDescription,
)
from hub.tables.registry import Registry


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'hub.sqlite'}"


@pytest.fixture
def registry(database_url: str) -> Iterator[Registry]:
    opened = Registry(database_url)
    yield opened
    opened.close()


def make_partitions(count: int) -> tuple[Partition, ...]:
    return tuple(
        Partition(
            path=f"data/dataset/Norder=6/Dir=0/Npix={pixel}/part-0.parquet",
            rows=100_000 + pixel,
            bytes=10_000_000,
            key_min=pixel << 46,
            key_max=(pixel + 1 << 46) - 1,
            order=6,
            pixel=pixel,
        )
        for pixel in range(count)
    )


def make_table(catalog: str = "stars", version: str = "1.0", **changes: Any) -> TableDescription:
    columns = (
        ColumnDescription(name="source_id", original_name="Source", type="bigint", nulls=0),
        ColumnDescription(name="ra", original_name="RA", type="double", unit="deg"),
        ColumnDescription(name="dec", original_name="DEC", type="double", unit="deg"),
    )
    values: dict[str, Any] = {
        "catalog": catalog,
        "version": version,
        "name": "main",
        "rows": 2_000_003,
        "bytes": 20_000_000,
        "location": f"file:///data/warehouse/{catalog}/{version}/main",
        "key": "source_id",
        "position": PositionDescription(ra="ra", dec="dec", epoch=2016.0),
        "order_key": ("_healpix_29", "_random"),
        "columns": columns,
        "partitions": make_partitions(2),
    }
    return TableDescription(**values | changes)


def make_catalog(
    catalog: str = "stars", version: str = "1.0", **changes: Any
) -> CatalogDescription:
    values: dict[str, Any] = {
        "catalog": catalog,
        "version": version,
        "default": False,
        "title": "Bright stars",
        "description": "Stars that are bright.",
        "citation": "Somebody et al. 2020",
        "licence": "CC BY 4.0",
        "owner": "local",
        "created": datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
        "tables": (make_table(catalog, version),),
    }
    return CatalogDescription(**values | changes)


@pytest.fixture
def table() -> Callable[..., TableDescription]:
    return make_table


@pytest.fixture
def catalog() -> Callable[..., CatalogDescription]:
    return make_catalog


@pytest.fixture
def partitions() -> Callable[[int], tuple[Partition, ...]]:
    return make_partitions

"""The end of an ingest: provenance beside the data, then the row in the registry."""

import json
import platform
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version

import numpy as np
import pyarrow as pa

from hub import __version__
from hub.access import User
from hub.tables.description import (
    CatalogDescription,
    ColumnDescription,
    PositionDescription,
    TableDescription,
)
from hub.tables.layout import PROVENANCE, UNPLACED
from hub.tables.types import type_name
from ingest.columns import PlannedColumn
from ingest.plan import RANDOM
from ingest.table_schema import HUB_DESCRIPTIONS
from ingest.work import Work


def describe_table(work: Work, location: str) -> TableDescription:
    """Return the table that the finished files make."""
    plan, request = work.plan, work.request
    partitions = [written.partition for written in work.written]
    placed = tuple(partition for partition in partitions if partition.path != UNPLACED)
    unplaced = next((p for p in partitions if p.path == UNPLACED), None)
    position = None
    if plan.ra is not None and plan.dec is not None:
        position = PositionDescription(ra=plan.ra, dec=plan.dec, frame="icrs", epoch=plan.epoch)
    order_key = (plan.order_column,) if position is None else (plan.order_column, RANDOM)
    return TableDescription(
        catalog=request.catalog,
        version=request.version,
        name=request.table,
        rows=sum(partition.rows for partition in partitions),
        bytes=sum(partition.bytes for partition in partitions),
        location=location,
        key=plan.key,
        position=position,
        order_key=order_key,
        columns=(*_visible_columns(work), *_hub_columns(work)),
        partitions=placed,
        unplaced=unplaced,
    )


def _visible_columns(work: Work) -> Iterable[ColumnDescription]:
    return [_describe_column(work, column) for column in work.plan.columns]


def _describe_column(work: Work, column: PlannedColumn) -> ColumnDescription:
    found = work.statistics[column.name]
    return ColumnDescription(
        name=column.name,
        original_name=column.original_name,
        type=type_name(column.type),
        unit=column.unit,
        ucd=column.ucd,
        description=column.description,
        vector_length=column.vector_length,
        original_type=column.original_type,
        nulls=found.nulls,
        nans=found.nans,
        minimum=found.minimum,
        maximum=found.maximum,
        bytes=_column_bytes(work, column.name),
    )


def _hub_columns(work: Work) -> Iterable[ColumnDescription]:
    for name in (work.plan.order_column, RANDOM):
        found = work.statistics[name]
        yield ColumnDescription(
            name=name,
            original_name=name,
            type=type_name(work.schema.field(name).type),
            description=HUB_DESCRIPTIONS[name],
            nulls=found.nulls,
            minimum=found.minimum,
            maximum=found.maximum,
            bytes=_column_bytes(work, name),
        )


def _column_bytes(work: Work, name: str) -> int:
    return sum(written.column_bytes[name] for written in work.written)


def describe_catalog(work: Work, table: TableDescription, owner: User) -> CatalogDescription:
    """Return the catalog version that holds just this table."""
    notes = work.request.notes
    return CatalogDescription(
        catalog=table.catalog,
        version=table.version,
        default=False,
        title=notes.title or "",
        description=notes.description or "",
        citation=notes.citation or "",
        licence=notes.licence or "",
        owner=owner.name,
        created=work.started,
        tables=(table,),
    )


def write_provenance(work: Work, table: TableDescription) -> None:
    """Write where the table comes from and how it was made."""
    request = work.request
    content = {
        "table": table.full_name,
        "rows": table.rows,
        "unplaced": 0 if table.unplaced is None else table.unplaced.rows,
        "rejected": 0,
        "inputs": [asdict(file) for file in work.files],
        "options": {
            "key": table.key,
            "ra": None if work.plan.position is None else work.plan.position.lon.original_name,
            "dec": None if work.plan.position is None else work.plan.position.lat.original_name,
            "frame": None if work.plan.position is None else work.plan.position.frame,
            "epoch": work.plan.epoch,
            "margin_arcsec": request.margin_arcsec,
            "compact": request.compact,
            "seed": request.seed,
            "description": request.notes.source,
        },
        "columns": [
            {
                "original_name": column.original_name,
                "name": column.name,
                "type": type_name(column.type),
                "original_type": column.original_type,
                "null_values": list(column.null_values),
                "note": column.note,
                "encoding": str(work.encodings[column.name].encoding),
            }
            for column in work.plan.columns
        ],
        "notes": work.notes,
        "versions": {
            "exploration-hub": __version__,
            "python": platform.python_version(),
            "pyarrow": pa.__version__,
            "numpy": np.__version__,
            "numba": version("numba"),
            "astropy": version("astropy"),
        },
        "started": work.started.isoformat(),
        "finished": datetime.now(UTC).isoformat(),
    }
    text = json.dumps(content, indent=1, ensure_ascii=False)
    (work.folder / PROVENANCE).write_text(text + "\n", encoding="utf-8")

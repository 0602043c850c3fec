"""Reduce stage: the rows of one partition out of all runs → one sorted Parquet file.

Only keys and random numbers of a partition are in memory at once; the rows follow
one row group at a time: in each run, the rows of a row group lie side by side,
because runs have the order of the table.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from hub.sky.healpix import pixels_of_keys
from hub.tables.description import Partition
from ingest.choose_partitions import PartitionTask
from ingest.encodings import ColumnEncoding, writer_options
from ingest.merging import in_order, joined
from ingest.plan import HEALPIX, NO_PLACE, RANDOM
from ingest.runs import OpenRuns, Run
from ingest.sorting import Int64Array, sort_order
from ingest.statistics import ColumnStatistics, column_statistics, columns_with_nan

MAP_ORDER = 8
"""HEALPix order of the sky map and the MOC: pixels of 14 arcmin."""

ROW_GROUP_ROWS = 131_072
ROW_GROUP_BYTES = 128 * 2**20
LEAST_GROUP_ROWS = 4096


@dataclass(frozen=True, kw_only=True)
class FileLayout:
    """What all data files of a table have in common."""

    schema: pa.Schema
    """Final types, with the columns' metadata."""

    encodings: Mapping[str, ColumnEncoding]
    order_column: str
    key: str | None
    group_rows: int
    """Rows of a row group."""


@dataclass(frozen=True, kw_only=True)
class WrittenPartition:
    """A data file, and what is known about its rows."""

    partition: Partition
    statistics: Mapping[str, ColumnStatistics]
    column_bytes: Mapping[str, int]
    map_pixels: npt.NDArray[np.int64]
    """Pixels of order `MAP_ORDER` with rows."""

    map_counts: npt.NDArray[np.int64]


def group_rows(row_bytes: float) -> int:
    """Return the rows of a row group: 131 072, fewer for very wide rows."""
    return min(max(int(ROW_GROUP_BYTES / max(row_bytes, 1)), LEAST_GROUP_ROWS), ROW_GROUP_ROWS)


def write_partition(
    task: PartitionTask, runs: Sequence[Run], layout: FileLayout, folder: Path
) -> WrittenPartition:
    """Write the data file of a partition below the table's folder."""
    path = folder / task.path
    path.parent.mkdir(parents=True, exist_ok=True)
    totals: dict[str, ColumnStatistics] = {}
    with OpenRuns(runs, layout.order_column) as opened:
        slices = opened.slices(task.first_key, task.last_key)
        keys = joined(slices, layout.order_column)
        order = sort_order(keys, joined(slices, RANDOM), has_sorted_runs=True)
        with open_writer(path, layout, slices) as writer:
            for group in in_order(slices, order, layout.group_rows):
                batch = finished(group, layout)
                writer.write_batch(batch, row_group_size=layout.group_rows)
                _add(totals, batch)
        del slices
    _flush(path)
    pixels, counts = _sky_map(keys, layout)
    return WrittenPartition(
        partition=Partition(
            path=task.path,
            rows=len(keys),
            bytes=path.stat().st_size,
            key_min=int(keys.min()),
            key_max=int(keys.max()),
            order=task.order,
            pixel=task.pixel,
        ),
        statistics=totals,
        column_bytes=_column_bytes(path, layout.schema),
        map_pixels=pixels,
        map_counts=counts,
    )


def _flush(path: Path) -> None:
    """Wait until a file is on the disk: the registry must not know more than the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def open_writer(path: Path, layout: FileLayout, rows: Sequence[pa.RecordBatch]) -> pq.ParquetWriter:
    """Open a data file for writing, sorted and encoded as the layout says.

    Columns in which ``rows``, those of the file, have NaN get no minimum and
    maximum: Parquet leaves NaN out of them, and readers that count NaN as the
    greatest value (DuckDB 2.0) would skip row groups that match.
    """
    blooms = {} if layout.key is None else {layout.key: layout.group_rows}
    ordering = [(layout.order_column, "ascending"), (RANDOM, "ascending")]
    return pq.ParquetWriter(
        path,
        layout.schema,
        sorting_columns=pq.SortingColumn.from_ordering(layout.schema, ordering),
        **writer_options(
            list(layout.encodings.values()), blooms, without_statistics=columns_with_nan(rows)
        ),
    )


def finished(batch: pa.RecordBatch, layout: FileLayout) -> pa.RecordBatch:
    """Give a batch its final types; rows without a position get a null key."""
    columns = [
        column if column.type == field.type else column.cast(field.type)
        for column, field in zip(batch.columns, layout.schema, strict=True)
    ]
    if layout.order_column == HEALPIX and batch.num_rows:
        place = layout.schema.get_field_index(HEALPIX)
        if columns[place][0].as_py() == NO_PLACE:
            columns[place] = pa.nulls(batch.num_rows, pa.int64())
    return pa.RecordBatch.from_arrays(columns, schema=layout.schema)


def _add(totals: dict[str, ColumnStatistics], batch: pa.RecordBatch) -> None:
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        found = column_statistics(column)
        totals[name] = totals[name] + found if name in totals else found


def _sky_map(
    keys: Int64Array, layout: FileLayout
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    if layout.order_column != HEALPIX or keys[0] == NO_PLACE:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    pixels = pixels_of_keys(keys, MAP_ORDER)
    first = int(pixels.min())
    counts = np.bincount(pixels - first)
    found = np.flatnonzero(counts)
    return found + first, counts[found]


def _column_bytes(path: Path, schema: pa.Schema) -> dict[str, int]:
    footer = pq.read_metadata(path)
    sizes = dict.fromkeys(schema.names, 0)
    for group in range(footer.num_row_groups):
        # Lists have one leaf each, so leaves and columns have the same order.
        for index, name in enumerate(schema.names):
            sizes[name] += footer.row_group(group).column(index).total_compressed_size
    return sizes

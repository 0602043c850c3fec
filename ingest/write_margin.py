"""Margins: for each partition, the rows of its neighbours close to its border (HATS).

Cross-matches read them so that no pair across a border is missed. A margin holds
all rows of the ring of small pixels around a partition; the pixels are wider than
the margin, so it holds a little more than asked for, never less.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import cdshealpix
import numpy as np
import pyarrow as pa

from hub.sky.healpix import KEY_ORDER
from hub.tables.description import Partition
from hub.tables.layout import DATA, healpix_partition, margin_folder
from hub.tasks import TaskRunner
from ingest.hats_metadata import (
    common_properties,
    write_common_metadata,
    write_partition_info,
    write_properties,
)
from ingest.plan import RANDOM
from ingest.runs import OpenRuns, Run
from ingest.sorting import Int64Array, sort_order
from ingest.write_partitions import FileLayout, finished, open_writer

_MEAN_TO_LEAST = 1.6
"""Mean width of a pixel over its least width, as hats has it."""


@dataclass(frozen=True, kw_only=True)
class MarginFacts:
    """What the metadata of a margin say beside its files."""

    name: str
    ra: str
    dec: str
    radius_arcsec: float
    created: datetime


def margin_order(radius_arcsec: float) -> int:
    """Return the finest order whose pixels are nowhere narrower than the margin."""
    width = math.radians(radius_arcsec / 3600) * _MEAN_TO_LEAST
    order = math.floor(math.log2(math.sqrt(math.pi / 3) / width))
    return min(max(order, 0), KEY_ORDER)


def margin_ranges(order: int, pixel: int, ring_order: int) -> Int64Array:
    """Return the key ranges of the ring around a pixel: shape (n, 2), inclusive, ascending."""
    if order <= ring_order:
        edges, corners = cdshealpix.external_neighbours(
            np.array([pixel], np.uint64), order, ring_order - order, num_threads=1
        )
        found = np.concatenate([edges[0].astype(np.int64), corners[0].astype(np.int64)])
    else:
        # The partition is smaller than a ring pixel: take that and its neighbours.
        parent = np.array([pixel >> 2 * (order - ring_order)], np.uint64)
        found = cdshealpix.neighbours(parent, ring_order, num_threads=1)[0].astype(np.int64)
    pixels = np.unique(found[found >= 0])
    shift = 2 * (KEY_ORDER - ring_order)
    return np.stack([pixels << shift, ((pixels + 1) << shift) - 1], axis=1)


def write_margin(
    folder: Path,
    partitions: Sequence[Partition],
    runs: Sequence[Run],
    layout: FileLayout,
    facts: MarginFacts,
    runner: TaskRunner,
) -> str:
    """Write the margin catalog of a table, and return its folder's name.

    The name is empty, and nothing is written, when no row is near a border.
    """
    name = margin_folder(facts.radius_arcsec)
    write = partial(
        _write_margin_file,
        runs=runs,
        layout=layout,
        folder=folder / name,
        ring_order=margin_order(facts.radius_arcsec),
    )
    written = [part for part in runner.map(write, partitions) if part is not None]
    if not written:
        return ""
    written.sort(key=lambda part: part.key_min)
    write_common_metadata(folder / name, layout.schema)
    write_partition_info(folder / name, written)
    properties = {
        "obs_collection": f"{facts.name}_{name}",
        "dataproduct_type": "margin",
        "hats_nrows": sum(part.rows for part in written),
        "hats_col_ra": facts.ra,
        "hats_col_dec": facts.dec,
        "hats_primary_table_url": DATA,
        "hats_margin_threshold": facts.radius_arcsec,
        **common_properties(written, facts.created),
    }
    write_properties(folder / name / "hats.properties", properties)
    return name


def _write_margin_file(
    partition: Partition, runs: Sequence[Run], layout: FileLayout, folder: Path, ring_order: int
) -> Partition | None:
    """Write the margin of one partition; null when it has no rows."""
    if partition.order is None or partition.pixel is None:
        return None
    ranges = margin_ranges(partition.order, partition.pixel, ring_order)
    with OpenRuns(runs, layout.order_column) as opened:
        parts = [
            batch.take(pa.array(places))
            for batch, keys in zip(opened.batches, opened.keys, strict=True)
            if (places := _places(keys, ranges, partition)).size
        ]
    if not parts:
        return None
    rows = pa.concat_batches(parts)
    keys = rows.column(layout.order_column).to_numpy()
    order = sort_order(keys, rows.column(RANDOM).to_numpy(), has_sorted_runs=True)
    rows = finished(rows.take(pa.array(order)), layout)
    relative = healpix_partition(partition.order, partition.pixel).removeprefix(f"{DATA}/")
    path = folder / relative
    path.parent.mkdir(parents=True)
    with open_writer(path, layout, [rows]) as writer:
        for start in range(0, rows.num_rows, layout.group_rows):
            writer.write_batch(rows.slice(start, layout.group_rows))
    return Partition(
        path=relative,
        rows=rows.num_rows,
        bytes=path.stat().st_size,
        key_min=partition.key_min,
        key_max=partition.key_max,
        order=partition.order,
        pixel=partition.pixel,
    )


def _places(keys: Int64Array, ranges: Int64Array, partition: Partition) -> Int64Array:
    """Return the rows of a run that lie in the ranges and outside of the partition."""
    begins = np.searchsorted(keys, ranges[:, 0], "left")
    ends = np.searchsorted(keys, ranges[:, 1], "right")
    counts = ends - begins
    shift = np.repeat(begins - (np.cumsum(counts) - counts), counts)
    places = np.arange(counts.sum()) + shift
    order = partition.order or 0
    inside = keys[places] >> 2 * (KEY_ORDER - order) == partition.pixel
    outside: Int64Array = places[~inside]
    return outside

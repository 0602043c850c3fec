"""Partitions of a table: HEALPix pixels of adaptive order, or ranges of rows.

Sized by bytes. The sorted runs are their own histogram at every order: two binary
searches in each run count the rows of a pixel.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from hub.sky.healpix import KEY_ORDER, key_range
from hub.tables.layout import UNPLACED, healpix_partition, row_partition
from ingest.encodings import ColumnEncoding
from ingest.plan import NO_PLACE
from ingest.runs import OpenRuns

LARGEST_BYTES = 256_000_000
"""A pixel with more is split; so files have about 64 to 256 MB."""

MOST_PARTITIONS = 10_000
BASE_PIXELS = 12


@dataclass(frozen=True, kw_only=True)
class PartitionTask:
    """One data file to write."""

    path: str
    """Relative to the table's folder."""

    first_key: int
    last_key: int
    """Inclusive."""

    rows: int
    order: int | None = None
    pixel: int | None = None


@dataclass(frozen=True, kw_only=True)
class SizeModel:
    """Estimates Parquet bytes from rows and from the memory of texts and lists."""

    row_bytes: float
    """Bytes of a row in columns of fixed width."""

    ratios: Mapping[str, float]
    """Parquet bytes per byte in memory, of the other columns."""

    def bytes(self, slices: list[pa.RecordBatch]) -> float:
        """Return the estimated size of these rows in a file."""
        size: float = sum(part.num_rows for part in slices) * self.row_bytes
        for name, ratio in self.ratios.items():
            size += ratio * sum(part.column(name).nbytes for part in slices)
        return size


def size_model(schema: pa.Schema, encodings: Mapping[str, ColumnEncoding], rows: int) -> SizeModel:
    """Return the model that the measured sample of ``rows`` gives."""
    varying = [field.name for field in schema if not _has_fixed_width(field.type)]
    fixed = sum(choice.bytes for name, choice in encodings.items() if name not in varying)
    ratios = {name: encodings[name].bytes / max(encodings[name].raw_bytes, 1) for name in varying}
    return SizeModel(row_bytes=fixed / max(rows, 1), ratios=ratios)


def _has_fixed_width(arrow: pa.DataType) -> bool:
    return bool(pa.types.is_primitive(arrow) or pa.types.is_decimal(arrow))


def choose_pixels(runs: OpenRuns, model: SizeModel) -> list[PartitionTask]:
    """Return the pixels of the table in order of key, then the unplaced rows if any."""
    limit = float(LARGEST_BYTES)
    tasks = _pixels(runs, model, limit)
    while len(tasks) > MOST_PARTITIONS:
        limit *= 2
        tasks = _pixels(runs, model, limit)
    unplaced = _count(runs, NO_PLACE, NO_PLACE)
    if unplaced:
        tasks.append(
            PartitionTask(path=UNPLACED, first_key=NO_PLACE, last_key=NO_PLACE, rows=unplaced)
        )
    return tasks


def _pixels(runs: OpenRuns, model: SizeModel, limit: float) -> list[PartitionTask]:
    tasks: list[PartitionTask] = []
    # Depth first from the last pixel on the stack: the tasks come in order of key.
    stack = [(0, pixel) for pixel in reversed(range(BASE_PIXELS))]
    while stack:
        order, pixel = stack.pop()
        first, last = key_range(order, pixel)
        slices = runs.slices(first, last)
        rows = sum(part.num_rows for part in slices)
        if not rows:
            continue
        if model.bytes(slices) > limit and order < KEY_ORDER and _can_be_split(runs, first, last):
            stack += [(order + 1, 4 * pixel + child) for child in (3, 2, 1, 0)]
            continue
        tasks.append(
            PartitionTask(
                path=healpix_partition(order, pixel),
                first_key=first,
                last_key=last,
                rows=rows,
                order=order,
                pixel=pixel,
            )
        )
    return tasks


def _can_be_split(runs: OpenRuns, first_key: int, last_key: int) -> bool:
    """Tell whether the rows of a range have more than one key."""
    found = {
        int(key)
        for keys, (begin, end) in zip(runs.keys, runs.bounds(first_key, last_key), strict=True)
        if end > begin
        for key in (keys[begin], keys[end - 1])
    }
    return len(found) > 1


def _count(runs: OpenRuns, first_key: int, last_key: int) -> int:
    return sum(end - begin for begin, end in runs.bounds(first_key, last_key))


def choose_row_ranges(runs: OpenRuns, model: SizeModel, rows: int) -> list[PartitionTask]:
    """Return ranges of rows of about equal size, for a table without positions."""
    size = model.bytes(runs.batches)
    files = max(int(-(-size // LARGEST_BYTES)), 1)
    step = -(-rows // files)
    return [
        PartitionTask(
            path=row_partition(number),
            first_key=start,
            last_key=min(start + step, rows) - 1,
            rows=min(step, rows - start),
        )
        for number, start in enumerate(range(0, rows, step))
    ]

"""Map stage: pieces of input → sorted runs on disk; and reading runs back.

A run is one Arrow IPC file with one record batch, not compressed, so that any
range of its rows can be had by mapping the file (measured: cheaper than one file
per partition, and a run is finished by one rename).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.plan import NO_PLACE, RANDOM, TablePlan
from ingest.prepare import prepare
from ingest.readers import Piece, Source
from ingest.sorting import Int64Array, sort_order

MOST_ROWS = 1_000_000
"""Rows of a run; larger ones are slower (caches, page faults)."""

LEAST_ROWS = 4096
BASE_BYTES = 300 * 2**20
"""Memory of the interpreter and the libraries."""

COPIES = 4
"""How often a run's rows are in memory at once: read, converted, sorted, and slack."""


@dataclass(frozen=True, kw_only=True)
class RunTask:
    """Pieces that make one run."""

    number: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, kw_only=True)
class Run:
    """A sorted run on disk."""

    number: int
    path: Path
    rows: int
    largest: tuple[int, ...]
    """Largest value of each uint64 column, in order of columns; 0 without values."""


def run_rows(row_bytes: float, memory_bytes: int, threads: int) -> int:
    """Return how many rows a run may have, so that memory is kept."""
    room = max(memory_bytes - BASE_BYTES, memory_bytes // 8)
    rows = int(room / (threads * COPIES * max(row_bytes, 1)))
    return min(max(rows, LEAST_ROWS), MOST_ROWS)


def run_tasks(sources: Sequence[Source], rows: int) -> Iterator[RunTask]:
    """Yield the tasks in order of input; small pieces, also of several files, go together."""
    number = total = 0
    pending: list[Piece] = []
    for file, source in enumerate(sources):
        for piece in source.pieces(file, rows):
            if pending and total + piece.rows > rows:
                yield RunTask(number=number, pieces=tuple(pending))
                number, total, pending = number + 1, 0, []
            pending.append(piece)
            total += piece.rows
    if pending:
        yield RunTask(number=number, pieces=tuple(pending))


def write_run(task: RunTask, plan: TablePlan, folder: Path) -> Run:
    """Read, convert and sort the rows of a task, and write them as a run."""
    tables = [prepare(piece, plan) for piece in task.pieces]
    table = pa.concat_tables(tables).combine_chunks()
    keys = _numbers(table.column(plan.order_column))
    order = sort_order(keys, _numbers(table.column(RANDOM)))
    largest = tuple(_largest(column) for column in table.columns if column.type == pa.uint64())
    batch = (
        table.to_batches()[0] if table.num_rows else pa.RecordBatch.from_pylist([], plan.run_schema)
    )
    batch = batch.take(pa.array(order))
    path = folder / f"run-{task.number:06d}.arrow"
    aside = path.with_suffix(".tmp")
    with pa.OSFile(str(aside), "wb") as sink, pa.ipc.new_file(sink, plan.run_schema) as writer:
        writer.write_batch(batch)
    aside.rename(path)
    return Run(number=task.number, path=path, rows=batch.num_rows, largest=largest)


def _numbers(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    return np.asarray(column.to_numpy())


def _largest(column: pa.ChunkedArray) -> int:
    return pc.max(column).as_py() or 0


class OpenRuns:
    """Runs opened for reading, in order of number; close as soon as possible.

    Mapped files count as memory of the process while they are open.
    """

    def __init__(self, runs: Sequence[Run], order_column: str) -> None:
        self._maps = [pa.memory_map(str(run.path)) for run in runs]
        readers = [pa.ipc.open_file(file) for file in self._maps]
        # A merged run has several batches, in order: each is a run of its own here.
        self.batches: list[pa.RecordBatch] = [
            reader.get_batch(number)
            for reader in readers
            for number in range(reader.num_record_batches)
        ]
        self.keys: list[Int64Array] = [
            batch.column(order_column).to_numpy(zero_copy_only=True) for batch in self.batches
        ]

    def __enter__(self) -> "OpenRuns":
        return self

    def __exit__(self, *_: object) -> None:
        self.keys.clear()
        self.batches.clear()
        for file in self._maps:
            file.close()

    def bounds(self, first_key: int, last_key: int) -> list[tuple[int, int]]:
        """Return the rows of each run with a key in the range (inclusive): begin, end."""
        return [
            (
                int(np.searchsorted(keys, first_key, "left")),
                int(np.searchsorted(keys, last_key, "right")),
            )
            for keys in self.keys
        ]

    def slices(self, first_key: int, last_key: int) -> list[pa.RecordBatch]:
        """Return the rows of each run with a key in the range, without copying."""
        return [
            batch.slice(begin, end - begin)
            for batch, (begin, end) in zip(
                self.batches, self.bounds(first_key, last_key), strict=True
            )
            if end > begin
        ]

    def key_of_rank(self, rank: int) -> int:
        """Return the smallest key that at least ``rank`` rows do not exceed."""
        low, high = 0, NO_PLACE
        while low < high:
            middle = (low + high) // 2
            if sum(int(np.searchsorted(keys, middle, "right")) for keys in self.keys) >= rank:
                high = middle
            else:
                low = middle + 1
        return low

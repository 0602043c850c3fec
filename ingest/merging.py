"""Merging sorted runs: rows in order, with little more in memory than their keys.

In each run, the rows of a group lie side by side, because runs have the order of
the table: a group is gathered from a few short slices.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.plan import RANDOM, TablePlan
from ingest.runs import OpenRuns, Run
from ingest.sorting import Int64Array, sort_order

MOST_RUNS = 256
"""More are merged first: each is an open file in each thread."""

GROUP_RUNS = 32
BATCH_ROWS = 65_536


def joined(slices: Sequence[pa.RecordBatch], name: str) -> npt.NDArray[Any]:
    """Return a column of all slices, one behind the other."""
    parts = [part.column(name).to_numpy(zero_copy_only=True) for part in slices]
    return np.concatenate(parts)


def in_order(
    slices: Sequence[pa.RecordBatch], order: Int64Array, rows: int
) -> Iterator[pa.RecordBatch]:
    """Yield rows in the given order, a group at a time.

    Parameters
    ----------
    slices
        Rows of each run, in the order of runs.
    order
        Place of each row in the joined slices; ascending within each slice.
    rows
        Rows of a group.
    """
    ends = np.cumsum([part.num_rows for part in slices])
    used = ends - np.array([part.num_rows for part in slices])  # first row not yet given
    starts = used.copy()
    for begin in range(0, order.size, rows):
        places = order[begin : begin + rows]
        owner = np.searchsorted(ends, places, side="right")
        taken = np.bincount(owner, minlength=len(slices))
        parts = [
            part.slice(int(used[index] - starts[index]), int(taken[index]))
            for index, part in enumerate(slices)
            if taken[index]
        ]
        shift = np.cumsum(taken) - taken - used
        yield pa.concat_batches(parts).take(pa.array(places + shift[owner]))
        used += taken


def run_groups(runs: Sequence[Run]) -> list[tuple[int, tuple[Run, ...]]]:
    """Return numbered groups of neighbouring runs, to be merged."""
    starts = range(0, len(runs), GROUP_RUNS)
    return [
        (number, tuple(runs[start : start + GROUP_RUNS])) for number, start in enumerate(starts)
    ]


def merge_runs(numbered: tuple[int, tuple[Run, ...]], plan: TablePlan, level: int) -> Run:
    """Write the rows of neighbouring runs as one, and delete them."""
    number, group = numbered
    path = group[0].path.with_name(f"merged-{level}-{number:06d}.arrow")
    with OpenRuns(group, plan.order_column) as opened:
        keys = np.concatenate(opened.keys)
        order = sort_order(keys, joined(opened.batches, RANDOM), has_sorted_runs=True)
        schema = plan.run_schema
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
            for batch in in_order(opened.batches, order, BATCH_ROWS):
                writer.write_batch(batch)
    for run in group:
        run.path.unlink()
    largest = tuple(max(values) for values in zip(*(run.largest for run in group), strict=True))
    return Run(number=number, path=path, rows=int(order.size), largest=largest)

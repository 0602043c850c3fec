"""Whole columns straight from Parquet, where a plan asks for nothing more.

Arrow's own reader needs three quarters of the processor time that a query
engine needs to read two columns and turn them into Arrow again, and half for
twelve (``docs/decisions/012``). Plots and exports of whole tables live on it.
"""

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

MOST_AHEAD_BYTES = 256 << 20
"""Row groups are read ahead up to this size in the files, beside one for each thread."""


@dataclass(frozen=True, kw_only=True)
class _RowGroup:
    path: str
    number: int
    metadata: pq.FileMetaData
    bytes: int


def scan_files(
    paths: Sequence[str], columns: Sequence[str], *, threads: int, batch_rows: int
) -> Iterator[pa.RecordBatch]:
    """Yield all rows of some columns, in the order of the files.

    Parameters
    ----------
    paths
        Parquet files on disk with one schema.
    columns
        Top-level columns, in the order wanted; one may come twice.
    threads
        Row groups that are decoded at a time.
    batch_rows
        Most rows of a batch.

    Raises
    ------
    OSError, pa.ArrowInvalid
        A file cannot be read.
    """
    names = list(dict.fromkeys(columns))
    readers = threading.local()

    def read(group: _RowGroup) -> pa.Table:
        # A reader serves one thread only, and most of its cost is opening it.
        if getattr(readers, "path", None) != group.path:
            readers.file = pq.ParquetFile(group.path, memory_map=True, metadata=group.metadata)
            readers.path = group.path
        table = readers.file.read_row_group(group.number, columns=names, use_threads=False)
        return table.select(list(columns))

    with ThreadPoolExecutor(threads, thread_name_prefix="parquet-scan") as pool:
        waiting: deque[tuple[Future[pa.Table], int]] = deque()
        ahead = 0
        try:
            for group in _row_groups(paths, set(names)):
                waiting.append((pool.submit(read, group), group.bytes))
                ahead += group.bytes
                while len(waiting) > threads and (
                    ahead > MOST_AHEAD_BYTES or len(waiting) > 4 * threads
                ):
                    future, size = waiting.popleft()
                    ahead -= size
                    yield from future.result().to_batches(max_chunksize=batch_rows)
            while waiting:
                yield from waiting.popleft()[0].result().to_batches(max_chunksize=batch_rows)
        finally:
            for future, _ in waiting:
                future.cancel()


def _row_groups(paths: Sequence[str], names: set[str]) -> Iterator[_RowGroup]:
    for path in paths:
        metadata = pq.read_metadata(path)
        for number in range(metadata.num_row_groups):
            group = metadata.row_group(number)
            size = sum(
                column.total_uncompressed_size
                for column in map(group.column, range(group.num_columns))
                if column.path_in_schema.partition(".")[0] in names
            )
            yield _RowGroup(path=path, number=number, metadata=metadata, bytes=size)

"""What a task of Spark does: one fragment of a query, in the DuckDB of its process.

This module runs on executors, so it loads nothing but DuckDB and Arrow.
"""

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from hub.engines.duckdb_connection import BATCH_ROWS, FILES, failure_words, open_connection

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class FragmentTask:
    """Everything that the fragments of one query have in common."""

    whole: str
    cut: str
    names: tuple[str, ...]
    folders: tuple[str, ...]
    spill: str
    memory_bytes: int
    limit: int | None
    """Most rows that are wanted of a fragment."""


@dataclass(frozen=True, kw_only=True)
class FragmentPart:
    """The files of one fragment, and the range of rows if it is a part of a file."""

    files: tuple[str, ...]
    rows: tuple[int, int] | None


@dataclass(frozen=True, kw_only=True)
class FragmentFailure:
    """Why a fragment cannot be computed, in words for users: another try would end the same."""

    message: str
    hint: str


_connections: dict[tuple[object, ...], duckdb.DuckDBPyConnection] = {}
"""The one connection of this process; Spark keeps its Python processes between tasks."""


def run_fragments(
    task: FragmentTask, parts: Iterator[FragmentPart]
) -> Iterator[bytes | FragmentFailure]:
    """Yield the rows of some fragments as Arrow streams of one batch each.

    Raises
    ------
    duckdb.IOException, OSError
        A file cannot be read; Spark tries such a task again.
    """
    for part in parts:
        try:
            yield from _batches(task, part)
        except (duckdb.Error, pa.ArrowInvalid, OSError, RuntimeError) as error:
            words = failure_words(error)
            if words == FILES:
                raise
            _LOG.warning("fragment failed: %s", error)
            yield FragmentFailure(message=words[0], hint=words[1])


def _batches(task: FragmentTask, part: FragmentPart) -> Iterator[bytes]:
    parameters: dict[str, object] = {"files": list(part.files)}
    sql = task.whole
    if part.rows is not None:
        sql = task.cut
        parameters |= {"first": part.rows[0], "last": part.rows[1]}
    if task.limit is not None:
        sql = f"{sql} LIMIT {task.limit}"
    with _connection(task).cursor() as cursor:
        reader: pa.RecordBatchReader = cursor.sql(sql, params=parameters).to_arrow_reader(
            BATCH_ROWS
        )
        if tuple(reader.schema.names) != task.names:
            raise duckdb.InternalException("The columns are not those resolved.")
        for batch in reader:
            if batch.num_rows:
                yield stream_bytes(batch)


def stream_bytes(batch: pa.RecordBatch) -> bytes:
    """Return a batch as an Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    made: bytes = sink.getvalue().to_pybytes()
    return made


def _connection(task: FragmentTask) -> duckdb.DuckDBPyConnection:
    key = (os.getpid(), task.folders, task.spill, task.memory_bytes)
    if key not in _connections:
        _connections.clear()
        # Instances that share a folder would overwrite each other's files.
        spill = Path(task.spill) / f"worker-{os.getpid()}"
        _connections[key] = open_connection(
            task.folders, spill=spill, memory_bytes=task.memory_bytes, threads=1
        )
    return _connections[key]


def as_streams(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Turn batches into rows of one binary value each, an Arrow stream."""
    for batch in batches:
        if batch.num_rows:
            yield pa.record_batch({"stream": pa.array([stream_bytes(batch)], pa.binary())})

"""`ResultStream`: what an engine gives and a writer takes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import pyarrow as pa

from hub.tables.description import ColumnDescription


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Where a result comes from; written into every format that can carry it."""

    query: str
    """SQL of the hub (not of an engine) that makes the same rows again."""

    catalogs: tuple[str, ...]
    """``name@version`` of each catalog read."""

    citations: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()

    selection: str = ""
    """Canonical JSON of the selection; empty for free SQL."""

    selection_id: str = ""

    created: str = ""
    """ISO 8601, UTC."""

    software: str = ""


@dataclass(kw_only=True)
class ResultStream:
    """Rows as Arrow batches, with descriptions of their columns; read once, then closed.

    Batches have exactly ``schema`` (its names are the SQL names of ``columns``,
    in their order) and are of bounded size. Use as a context manager: closing
    stops the engine if rows are left.
    """

    columns: tuple[ColumnDescription, ...]
    schema: pa.Schema
    batches: Iterator[pa.RecordBatch]
    provenance: Provenance
    engine: str = ""
    on_close: Callable[[], None] = lambda: None
    row_limit: int | None = None
    """Rows after which the stream was to be cut; the engine was asked for one more."""

    rows: int = field(default=0, init=False)
    """Rows given so far."""

    truncated: bool = field(default=False, init=False)
    """Whether ``row_limit`` cut rows off; known when the stream has ended."""

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        """Yield the batches, at most ``row_limit`` rows in all."""
        for batch in self.batches:
            room = None if self.row_limit is None else self.row_limit - self.rows
            if room is not None and batch.num_rows > room:
                self.truncated = True
                batch = batch.slice(0, room)
            self.rows += batch.num_rows
            if batch.num_rows:
                yield batch
            if self.truncated:
                return

    def read_all(self) -> pa.Table:
        """Read all rows into memory: for previews and tests, not for exports."""
        return pa.Table.from_batches(list(self), schema=self.schema)

    def close(self) -> None:
        """Free the engine's resources; safe to call twice."""
        self.on_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

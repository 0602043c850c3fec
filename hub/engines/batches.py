"""Arrow batches with exactly the columns that a plan promises."""

from collections.abc import Iterator, Sequence

import pyarrow as pa

from hub.engines.base import EngineFailedError
from hub.tables.description import ColumnDescription
from hub.tables.types import arrow_type


def schema_of(columns: Sequence[ColumnDescription]) -> pa.Schema:
    """Return the schema of a result's batches."""
    return pa.schema([(column.name, arrow_type(column.type)) for column in columns])


def check_columns(names: Sequence[str], schema: pa.Schema) -> None:
    """Refuse a result that is not the resolved one: it would mean that the walls have a hole."""
    if list(names) != schema.names:
        raise EngineFailedError("The engine returned other columns than those resolved.")


def with_schema(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return the batch with exactly these types; buffers are shared where types agree."""
    if batch.schema.types == schema.types:
        return pa.RecordBatch.from_arrays(batch.columns, schema=schema)
    arrays = [
        column if column.type == field.type else column.cast(field.type)
        for column, field in zip(batch.columns, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def started(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Compute the first batch now and return an iterator over all of them."""
    first = next(batches, None)
    return _chain(first, batches)


def _chain(
    first: pa.RecordBatch | None, rest: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    if first is not None:
        yield first
    yield from rest

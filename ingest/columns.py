"""Columns of the table to make: from what the files and the description say."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from hub.errors import UsageError
from hub.nearest import hint_of_names
from hub.tables.types import UnsupportedTypeError, arrow_type
from ingest.describe import ColumnNotes, NullValue, TableNotes
from ingest.names import check_unique, safe_names
from ingest.readers import InputError, Source, SourceColumn
from ingest.types import WIDE_INTEGER, plan_conversion


class ColumnMismatchError(InputError):
    """The files do not have the same columns."""


@dataclass(frozen=True, kw_only=True)
class PlannedColumn:
    """One column of the table to make."""

    original_name: str
    name: str
    type: pa.DataType
    """Type of the runs; ``uint64`` is settled when the largest value is known."""

    original_type: str = ""
    """Arrow type of the input where it is converted, else empty."""

    unit: str = ""
    ucd: str = ""
    description: str = ""
    vector_length: int | None = None
    null_values: tuple[NullValue, ...] = ()
    note: str = ""
    """What is changed, for the user; empty when nothing."""


def find_column(columns: Sequence[PlannedColumn], name: str) -> PlannedColumn:
    """Return the column with this original or safe name.

    Raises
    ------
    UsageError
        There is none; names the nearest.
    """
    for column in columns:
        if column.original_name == name:
            return column
    for column in columns:
        if name.lower() in (column.name, column.original_name.lower()):
            return column
    names = [column.original_name for column in columns]
    raise UsageError(f"There is no column {name}.", hint=hint_of_names(name, names, "columns"))


def plan_columns(sources: Sequence[Source], notes: TableNotes) -> list[PlannedColumn]:
    """Return the columns of the table.

    Raises
    ------
    UsageError
        Names are not unique, files differ in their columns, a type cannot be
        kept, or the description names a column that does not exist.
    """
    first = sources[0]
    for source in sources:
        check_unique([column.name for column in source.columns], str(source.path))
        _check_same_columns(first, source)
    originals = [column.name for column in first.columns]
    _check_described(originals, notes)
    described = [notes.columns.get(name, ColumnNotes()) for name in originals]
    names = safe_names(originals, [entry.name for entry in described])
    return [
        _plan_column(name, _same_column(sources, column.name), entry)
        for name, column, entry in zip(names, first.columns, described, strict=True)
    ]


def _check_same_columns(first: Source, other: Source) -> None:
    expected = {column.name for column in first.columns}
    found = {column.name for column in other.columns}
    for path, missing in ((other.path, expected - found), (first.path, found - expected)):
        if missing:
            name = sorted(missing)[0]
            complete = first.path if path is other.path else other.path
            raise ColumnMismatchError(
                f"{path} has no column {name}, which {complete} has.",
                hint="Files of one table need the same columns.",
                where=f"{path}, column {name}",
            )


def _check_described(originals: Sequence[str], notes: TableNotes) -> None:
    for name in notes.columns:
        if name not in originals:
            near = hint_of_names(name, originals, "columns")
            raise UsageError(
                f"The description names a column {name}, which the files do not have.",
                hint=f"{near} Use the original names.",
                where=notes.source,
            )


def _same_column(sources: Sequence[Source], name: str) -> list[tuple[Source, SourceColumn]]:
    return [
        (source, column) for source in sources for column in source.columns if column.name == name
    ]


def _plan_column(
    name: str, same: Sequence[tuple[Source, SourceColumn]], entry: ColumnNotes
) -> PlannedColumn:
    # A column without any value in one file takes its type from the others.
    same = [pair for pair in same if pair[1].type != pa.null()] or same
    source, column = same[0]
    conversion = plan_conversion(column.type, column.name, str(source.path))
    target = conversion.target
    for other, twin in same[1:]:
        target = _unify(target, column, source, twin, other)
    if entry.type is not None:
        target = described_type(column.name, entry.type)
    reason = conversion.reason
    if entry.type is not None and target != column.type:
        reason = reason or "as the description says"
    if target != column.type and not reason:
        reason = "" if _is_same_kind(column.type, target) else "to hold the values of all files"
    changed = bool(reason)
    notes = [column.note, f"{column.type} becomes {target}: {reason}" if changed else ""]
    return PlannedColumn(
        original_name=column.name,
        name=name,
        type=target,
        original_type=str(column.type) if changed else "",
        unit=_first(entry.unit, column.unit or conversion.unit),
        ucd=_first(entry.ucd, column.ucd),
        description=_first(entry.description, column.description),
        vector_length=conversion.vector_length,
        null_values=entry.null_values,
        note="; ".join(note for note in notes if note),
    )


def _first(described: str | None, found: str) -> str:
    return found if described is None else described


def _is_same_kind(arrow: pa.DataType, target: pa.DataType) -> bool:
    """Tell whether a change of type is one of layout only (large_string → string)."""
    return pa.types.is_nested(arrow) or not (
        pa.types.is_primitive(arrow) and pa.types.is_primitive(target)
    )


def described_type(column: str, name: str) -> pa.DataType:
    """Return the Arrow type of a type in a description."""
    try:
        return arrow_type(name)
    except UnsupportedTypeError as error:
        raise UsageError(
            f"The description gives column {column} the unknown type {name!r}.",
            hint="Known: boolean, tinyint, smallint, integer, bigint, float, double, varchar, "
            "date, timestamp, decimal(p,s).",
        ) from error


def _unify(
    left: pa.DataType, column: SourceColumn, source: Source, twin: SourceColumn, other: Source
) -> pa.DataType:
    right = plan_conversion(twin.type, twin.name, str(other.path)).target
    joined = join_types(left, right)
    if joined is None:
        raise ColumnMismatchError(
            f"Column {twin.name} is {twin.type} in {other.path}, "
            f"but {column.type} in {source.path}.",
            hint="Files of one table need the same types; a description can give one.",
            where=f"{other.path}, column {twin.name}",
        )
    return joined


def join_types(left: pa.DataType, right: pa.DataType) -> pa.DataType | None:
    """Return a type that holds the values of both, or null when there is none."""
    if left == right:
        return left
    if pa.types.is_integer(left) and pa.types.is_integer(right):
        if pa.uint64() in (left, right):
            return WIDE_INTEGER
        return left if left.bit_width >= right.bit_width else right
    if _is_number(left) and _is_number(right):
        return pa.float64()
    return None


def _is_number(arrow: pa.DataType) -> bool:
    return bool(pa.types.is_integer(arrow) or pa.types.is_floating(arrow))


def with_type(column: PlannedColumn, arrow: pa.DataType, reason: str) -> PlannedColumn:
    """Return the column with another type, and the reason as its note."""
    note = f"{column.original_type or column.type} becomes {arrow}: {reason}"
    return replace(
        column, type=arrow, original_type=column.original_type or str(column.type), note=note
    )

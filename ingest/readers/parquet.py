"""Reader of Parquet files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.readers import InputError, Piece, ReadOptions, SourceColumn
from ingest.readers.votable_header import VOTABLE_KEY, UnreadableHeaderError, votable_columns

_PANDAS_INDEX = "__index_level_0__"


@dataclass(frozen=True, kw_only=True)
class ParquetSource:
    """An opened Parquet file."""

    path: Path
    columns: tuple[SourceColumn, ...]
    rows: int
    row_bytes: float
    group_rows: tuple[int, ...]
    """Rows of each row group."""

    fields: tuple[tuple[str, ...], ...]
    """Path of each column in the file's schema: (name,) or (record, field, ...)."""

    notes: tuple[str, ...]

    def pieces(self, file: int, rows: int) -> Iterator[Piece]:
        """Yield whole row groups; groups that are too big come in batches."""
        pending: list[int] = []
        first_row = total = 0
        for group, count in enumerate(self.group_rows):
            if pending and total + count > rows:
                yield self._piece(
                    file, first_row, total, partial(self._read_groups, tuple(pending))
                )
                first_row, total, pending = first_row + total, 0, []
            if count > 2 * rows:
                yield from self._batches(file, group, first_row, rows)
                first_row += count
            else:
                pending.append(group)
                total += count
        if pending:
            yield self._piece(file, first_row, total, partial(self._read_groups, tuple(pending)))

    def _piece(self, file: int, first_row: int, rows: int, read: partial[pa.Table]) -> Piece:
        return Piece(file=file, path=self.path, first_row=first_row, rows=rows, read=read)

    def _read_groups(self, groups: tuple[int, ...]) -> pa.Table:
        with _reading(self.path), pq.ParquetFile(self.path) as parquet:
            return self._flatten(parquet.read_row_groups(list(groups), use_threads=False))

    def _batches(self, file: int, group: int, first_row: int, rows: int) -> Iterator[Piece]:
        """Read one giant row group in order, ahead of the tasks that use it."""
        with _reading(self.path), pq.ParquetFile(self.path) as parquet:
            batches = parquet.iter_batches(rows, row_groups=[group], use_threads=False)
            for batch in batches:
                table = self._flatten(pa.Table.from_batches([batch]))
                yield self._piece(file, first_row, table.num_rows, partial(_given, table))
                first_row += table.num_rows

    def _flatten(self, table: pa.Table) -> pa.Table:
        while any(pa.types.is_struct(column.type) for column in table.columns):
            table = table.flatten()
        names = {".".join(path) for path in self.fields}
        keep = [index for index, name in enumerate(table.column_names) if name in names]
        return table.select(keep)


def _given(table: pa.Table) -> pa.Table:
    return table


class _reading:  # noqa: N801 - reads like a verb where it is used
    """Turns errors of Arrow and of the disk into `InputError` with the file's name."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, pa.ArrowException | OSError):
            raise InputError(
                f"Cannot read the Parquet file {self._path}: {error}.",
                hint="The file may be damaged or cut off; copy it again.",
                where=str(self._path),
            ) from error


@dataclass(frozen=True, kw_only=True)
class ParquetReader:
    """Opens Parquet files."""

    name: str = "parquet"
    suffixes: tuple[str, ...] = (".parquet", ".parq", ".pq")

    def open(self, path: Path, options: ReadOptions) -> ParquetSource:  # noqa: ARG002
        """Read schema and footer; units, UCDs and descriptions from their usual places."""
        with _reading(path), pq.ParquetFile(path) as parquet:
            footer = parquet.metadata
            schema = parquet.schema_arrow
        described, notes = _described(path, (schema.metadata or {}).get(VOTABLE_KEY, b""))
        leaves = [leaf for entry in schema for leaf in _leaves(entry, ())]
        leaves = [(way, entry) for way, entry in leaves if way != (_PANDAS_INDEX,)]
        groups = [footer.row_group(index) for index in range(footer.num_row_groups)]
        size = sum(group.total_byte_size for group in groups)
        return ParquetSource(
            path=path,
            columns=tuple(_column(way, entry, described) for way, entry in leaves),
            rows=footer.num_rows,
            row_bytes=max(size / max(footer.num_rows, 1), _least_width(leaves)),
            group_rows=tuple(group.num_rows for group in groups),
            fields=tuple(way for way, _ in leaves),
            notes=notes,
        )


def _described(path: Path, header: bytes) -> tuple[dict[str, SourceColumn], tuple[str, ...]]:
    """Return what the VOTable header says; the rows are good without it, so damage is a note."""
    try:
        return votable_columns(header), ()
    except UnreadableHeaderError:
        return {}, (f"{path}: its VOTable header is damaged; units and descriptions are not read",)


def _leaves(entry: pa.Field, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], pa.Field]]:
    way = (*above, entry.name)
    if not pa.types.is_struct(entry.type):
        yield way, entry
        return
    for inner in entry.type:
        yield from _leaves(inner, way)


def _column(
    way: tuple[str, ...], entry: pa.Field, described: Mapping[str, SourceColumn]
) -> SourceColumn:
    name = ".".join(way)
    metadata = {
        key.decode(): value.decode("utf-8", "replace")
        for key, value in (entry.metadata or {}).items()
    }
    known = described.get(name, SourceColumn(name=name, type=entry.type))
    return replace(
        known,
        name=name,
        type=entry.type,
        unit=metadata.get("unit", known.unit),
        ucd=metadata.get("ucd", known.ucd),
        description=metadata.get("description", known.description),
        note="taken out of its record" if len(way) > 1 else "",
    )


def _least_width(leaves: list[tuple[tuple[str, ...], pa.Field]]) -> float:
    """Return bytes of a row in memory, for columns whose encoded size tells too little."""
    widths = [_width(entry.type) for _, entry in leaves]
    return float(sum(widths))


def _width(arrow: pa.DataType) -> float:
    if pa.types.is_fixed_size_list(arrow):
        return float(arrow.list_size * _width(arrow.value_type))
    if pa.types.is_primitive(arrow) or pa.types.is_decimal(arrow):
        return float(arrow.bit_width / 8)
    return 8.0


PARQUET = ParquetReader()

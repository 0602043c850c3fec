"""Reader of text tables: CSV, TSV, and their gz and bz2 forms.

Two passes: the first finds the types of the columns from all rows, the second
gives the rows. Empty is null, ``""`` is the empty text, ``nan`` is NaN.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from ingest.names import check_unique
from ingest.readers import InputError, Piece, ReadOptions, SourceColumn
from ingest.readers.csv_blocks import (
    BLOCK_BYTES,
    Block,
    Dialect,
    blocks,
    open_text,
    read_some,
)
from ingest.readers.csv_spelling import spellings
from ingest.readers.csv_types import Finding, Kind, find, find_in_texts, may_be_wide, merge
from ingest.readers.fits_columns import decode_mixed

_HEAD_BYTES = 2**20
_DELIMITERS = ",\t;|"
_BAD_VALUE = re.compile(
    r"In CSV column #(\d+): (?:Row #(\d+): )?CSV conversion error to ([^:]+): (.*)", re.S
)
_TRUE = ["true", "True", "TRUE"]
_FALSE = ["false", "False", "FALSE"]


@dataclass(frozen=True, kw_only=True)
class CsvSource:
    """An opened text table."""

    path: Path
    columns: tuple[SourceColumn, ...]
    rows: int
    row_bytes: float
    notes: tuple[str, ...]
    dialect: Dialect
    text_bytes: float
    """Bytes of a row in the (unpacked) file."""

    parse_types: Mapping[str, pa.DataType]
    """Types to parse with: text for columns with texts that mean null."""

    null_texts: Mapping[str, tuple[str, ...]]

    def pieces(self, file: int, rows: int) -> Iterator[Piece]:
        """Yield blocks of records; the bytes are read ahead, parsed when asked for."""
        size = min(BLOCK_BYTES, max(int(rows * self.text_bytes), 2**16))
        for block in blocks(self.path, self.dialect, size):
            yield Piece(
                file=file,
                path=self.path,
                first_row=block.first_record,
                rows=block.records,
                read=partial(self._parse, block),
            )

    def _parse(self, block: Block) -> pa.Table:
        table = _parse_block(block, self.path, self.dialect, self.parse_types)
        for index, column in enumerate(self.columns):
            parsed = table.column(index)
            if column.name in self.null_texts:
                texts = _drop_texts(parsed, self.null_texts[column.name])
                values = _cast(texts, column, self.path, block.first_record)
                table = table.set_column(index, column.name, values)
            elif parsed.type == pa.binary() and column.type == pa.string():
                table = table.set_column(index, column.name, decode_mixed(parsed))
        return table


def _drop_texts(column: pa.ChunkedArray, texts: tuple[str, ...]) -> pa.ChunkedArray:
    trimmed = pc.utf8_trim_whitespace(column)
    means_null = pc.is_in(trimmed, pa.array(texts, pa.string()))
    return pc.if_else(means_null, pa.scalar(None, pa.string()), trimmed)


def _cast(
    texts: pa.ChunkedArray, column: SourceColumn, path: Path, first_row: int
) -> pa.ChunkedArray:
    try:
        return texts.cast(column.type)
    except pa.ArrowInvalid as error:
        place = _first_unfit(texts, column.type)
        value = f"{texts[place].as_py()!r} is no {column.type}"
        raise _bad_value(path, first_row + place + 1, column.name, value) from error


def _first_unfit(texts: pa.ChunkedArray, arrow: pa.DataType) -> int:
    """Return the place of the first text that cannot be cast, of which there is one."""
    low, high = 0, len(texts)
    while high - low > 1:
        middle = (low + high) // 2
        try:
            texts[low:middle].cast(arrow)
        except pa.ArrowInvalid:
            high = middle
        else:
            low = middle
    return low


def _parse_block(
    block: Block, path: Path, dialect: Dialect, types: Mapping[str, pa.DataType]
) -> pa.Table:
    """Parse whole records, with Arrow's inference for columns without a type."""
    bad_rows: list[arrow_csv.InvalidRow] = []

    def keep(row: arrow_csv.InvalidRow) -> str:
        bad_rows.append(row)
        return "error"

    try:
        return arrow_csv.read_csv(
            io.BytesIO(block.content),
            read_options=arrow_csv.ReadOptions(
                column_names=list(dialect.names),
                use_threads=False,
                block_size=len(block.content) + 1,
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=dialect.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=not dialect.keeps_empty_lines,
                invalid_row_handler=keep,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict(types),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                true_values=_TRUE,
                false_values=_FALSE,
            ),
        )
    except pa.ArrowInvalid as error:
        raise _bad_block(str(error), bad_rows, block, path, dialect) from error


def _bad_block(
    message: str, bad_rows: list[arrow_csv.InvalidRow], block: Block, path: Path, dialect: Dialect
) -> InputError:
    """Say in words of the file what Arrow found wrong."""
    if bad_rows:
        bad = bad_rows[0]
        row = block.first_record + (bad.number or 1)
        return InputError(
            f"Row {row} of {path} has {bad.actual_columns} fields, "
            f"the header has {bad.expected_columns}.",
            hint="Repair the row; fields that hold the delimiter need quotes.",
            where=f"{path}, row {row}",
        )
    value = _BAD_VALUE.search(message)
    if value is None:
        return InputError(f"Cannot read {path}: {message}.", where=str(path))
    row = block.first_record + int(value[2] or 1)
    problem = f"{value[4].strip()}, which is to be {value[3]}"
    return _bad_value(path, row, dialect.names[int(value[1])], problem)


def _bad_value(path: Path, row: int, name: str, problem: str) -> InputError:
    return InputError(
        f"Row {row} of {path}, column {name}: {problem}.",
        hint="Repair the value, or give the column another type in the description.",
        where=f"{path}, row {row}, column {name}",
    )


@dataclass(frozen=True, kw_only=True)
class CsvReader:
    """Opens text tables."""

    name: str = "csv"
    suffixes: tuple[str, ...] = tuple(
        ending + packing for ending in (".csv", ".tsv", ".txt") for packing in ("", ".gz", ".bz2")
    )

    def open(self, path: Path, options: ReadOptions) -> CsvSource:
        """Read the whole file once: number of rows and types of columns."""
        dialect, notes = _read_header(path)
        types = {name: options.types[name] for name in dialect.names if name in options.types}
        texts = {
            name: options.null_texts[name] for name in dialect.names if name in options.null_texts
        }
        survey = _survey(path, dialect, types, texts, options)
        found = dict(zip(dialect.names, survey.findings, strict=True))
        columns = [
            SourceColumn(
                name=name,
                type=types.get(name, finding.column_type),
                note="" if name in types else _note(finding),
            )
            for name, finding in found.items()
        ]
        parse_types = {name: types.get(name, finding.type) for name, finding in found.items()}
        return CsvSource(
            path=path,
            columns=tuple(columns),
            rows=survey.rows,
            row_bytes=max(sum(map(_width, columns)), 1.5 * survey.text_bytes),
            notes=(*notes, *_lossy(path, dialect, survey.findings)),
            dialect=dialect,
            text_bytes=survey.text_bytes,
            parse_types=parse_types | dict.fromkeys(texts, pa.string()),
            null_texts=texts,
        )


@dataclass(frozen=True, kw_only=True)
class _Survey:
    rows: int
    text_bytes: float
    findings: list[Finding]


def _survey(
    path: Path,
    dialect: Dialect,
    types: Mapping[str, pa.DataType],
    null_texts: Mapping[str, tuple[str, ...]],
    options: ReadOptions,
) -> _Survey:
    findings = [Finding(kind=Kind.NULL) for _ in dialect.names]
    rows = size = 0
    look = partial(_look, path=path, dialect=dialect, types=types, null_texts=null_texts)
    for seen in options.runner.map(look, blocks(path, dialect, BLOCK_BYTES)):
        rows += seen.rows
        size += int(seen.text_bytes)
        findings = [merge(*pair) for pair in zip(findings, seen.findings, strict=True)]
    return _Survey(rows=rows, text_bytes=size / max(rows, 1), findings=findings)


def _look(
    block: Block,
    *,
    path: Path,
    dialect: Dialect,
    types: Mapping[str, pa.DataType],
    null_texts: Mapping[str, tuple[str, ...]],
) -> _Survey:
    """Find the types that one block shows; ``text_bytes`` is the block's size."""
    as_texts = dict.fromkeys(null_texts, pa.string())
    table = _parse_block(
        block,
        path,
        dialect,
        as_texts | {name: arrow for name, arrow in types.items() if name not in null_texts},
    )
    doubtful = [
        name for name in dialect.names if may_be_wide(table.column(name)) and name not in types
    ]
    if doubtful:
        table = _parse_block(block, path, dialect, as_texts | dict.fromkeys(doubtful, pa.string()))
    findings = []
    spelled = spellings(block.content, dialect.delimiter, len(dialect.names))
    for name, spelling in zip(dialect.names, spelled, strict=True):
        column = table.column(name)
        if name in null_texts:
            findings.append(find_in_texts(_drop_texts(column, null_texts[name])))
        else:
            is_text = name in doubtful
            findings.append(find_in_texts(column) if is_text else find(column, spelling))
    return _Survey(rows=table.num_rows, text_bytes=len(block.content), findings=findings)


def _note(finding: Finding) -> str:
    if finding.kind is Kind.BYTES:
        return "not all UTF-8: other texts are read as Latin-1"
    if finding.keeps_spelling:
        return (
            "kept as text: whole numbers with leading zeros or plus signs would lose them "
            "(a type in the description makes them numbers)"
        )
    return ""


def _width(column: SourceColumn) -> float:
    return column.type.bit_width / 8 if pa.types.is_primitive(column.type) else 24.0


def _lossy(path: Path, dialect: Dialect, findings: list[Finding]) -> list[str]:
    return [
        f"{path}: column {name} holds whole numbers above 2^53 beside fractions or nan; "
        "as double they lose digits (a type in the description keeps them)"
        for name, finding in zip(dialect.names, findings, strict=True)
        if finding.kind is Kind.DOUBLE and finding.has_big_integers
    ]


def _read_header(path: Path) -> tuple[Dialect, list[str]]:
    """Find delimiter and column names; comment lines before the header are skipped."""
    with open_text(path) as stream:
        head = read_some(stream, _HEAD_BYTES, path)
    if b"\0" in head:
        raise InputError(
            f"{path} is no text in UTF-8: it holds zero bytes, as UTF-16 does.",
            hint=f"Convert it first: iconv -f UTF-16 -t UTF-8 {path.name} > new-{path.name}",
            where=str(path),
        )
    start = 3 if head.startswith(b"\xef\xbb\xbf") else 0
    notes = []
    while head[start : start + 1] in (b"#", b"\n", b"\r"):
        if head[start : start + 1] == b"#":
            notes = [f"{path}: lines starting with # before the header are left out"]
        end = head.find(b"\n", start)
        start = len(head) if end < 0 else end + 1
    line, end = _first_record(head, start)
    text = _decode(line)
    if not text.strip():
        raise InputError(f"The file {path} has no header line.", where=str(path))
    delimiter = _delimiter(path, text)
    if delimiter not in text and len(text.split()) > 1 and ".txt" in path.name.lower():
        raise InputError(
            f"The columns of {path} are parted by none of comma, tab, semicolon and bar.",
            hint="Write it as CSV first, for example with astropy: "
            f"Table.read({path.name!r}, format='ascii').write('{path.name.split('.')[0]}.csv')",
            where=f"{path}, line 1",
        )
    names = [name.strip() for name in next(csv.reader([text], delimiter=delimiter))]
    names = [name or f"column_{number}" for number, name in enumerate(names, start=1)]
    check_unique(names, str(path))
    if all(_is_number(name) for name in names):
        raise InputError(
            f"The first line of {path} holds numbers, not column names.",
            hint="Put a line with the names of the columns before the data.",
            where=f"{path}, line 1",
        )
    return Dialect(delimiter=delimiter, names=tuple(names), start=end), notes


def _first_record(head: bytes, start: int) -> tuple[bytes, int]:
    """Return the header line without its end, and where the next line starts."""
    ends = [place for place in (head.find(b"\n", start), head.find(b"\r", start)) if place >= 0]
    if not ends:
        return head[start:], len(head)
    end = min(ends)
    return head[start:end], end + (2 if head[end : end + 2] == b"\r\n" else 1)


def _decode(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _delimiter(path: Path, header: str) -> str:
    """Return the usual delimiter of the file's ending, else the most frequent one."""
    usual = "\t" if ".tsv" in path.name.lower() else ","
    if usual in header:
        return usual
    return max(_DELIMITERS, key=lambda mark: (header.count(mark), mark == usual))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


CSV = CsvReader()

import bz2
import gzip
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pyarrow as pa
import pytest

from hub.errors import FatalError, UsageError
from hub.results.compress import compressed
from hub.results.formats import UnknownFormatError, find_format, format_names, load_formats
from hub.tables.description import ColumnDescription
from hub.tables.stream import ResultStream
from hub.tables.types import UnsupportedTypeError

Written = Callable[..., bytes]
NAMES = ["csv", "fits", "jsonl", "parquet", "votable"]


def test_the_five_formats_are_there() -> None:
    formats = load_formats()
    assert set(NAMES) <= set(formats)
    assert [formats[name].name for name in NAMES] == NAMES
    assert [formats[name].extension for name in NAMES] == [
        ".csv",
        ".fits",
        ".jsonl",
        ".parquet",
        ".vot",
    ]
    assert {name for name in NAMES if formats[name].is_text} == {"csv", "jsonl", "votable"}


def test_an_unknown_format_is_told_with_the_known_ones() -> None:
    with pytest.raises(UnknownFormatError, match="'FIT'") as caught:
        find_format("FIT")
    assert isinstance(caught.value, UsageError)
    assert "Did you mean fits?" in caught.value.hint
    assert "csv" in caught.value.hint
    assert set(NAMES) <= set(format_names())


def test_formats_load_without_heavy_libraries() -> None:
    code = (
        "import sys; from hub.results.formats import find_format;"
        "[find_format(name) for name in ('csv', 'jsonl', 'votable', 'fits')];"
        "print([m for m in sys.modules if m in ('astropy', 'pandas', 'pyarrow.parquet', 'numba')])"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "[]"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "arrow",
    [pa.struct([("a", pa.int32())]), pa.timestamp("ns"), pa.time64("us"), pa.duration("s")],
    ids=str,
)
def test_a_type_that_cannot_be_written_is_refused_by_column(
    written: Written, name: str, arrow: pa.DataType
) -> None:
    columns = (ColumnDescription(name="odd", original_name="odd", type="varchar"),)
    with pytest.raises(UnsupportedTypeError, match="cannot be written") as caught:
        written(name, pa.table({"odd": pa.nulls(1, arrow)}), columns=columns)
    assert caught.value.where == "column odd"


@pytest.mark.parametrize("name", NAMES)
def test_the_same_rows_give_the_same_bytes(written: Written, awkward: pa.Table, name: str) -> None:
    assert written(name, awkward) == written(name, awkward)


@pytest.mark.parametrize("name", NAMES)
def test_losses_are_sentences(
    describe: Callable[[pa.Schema], tuple[ColumnDescription, ...]], awkward: pa.Table, name: str
) -> None:
    losses = find_format(name).losses(describe(awkward.schema))
    assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in losses)
    assert len(set(losses)) == len(losses)


@pytest.mark.parametrize("name", ["parquet", "votable"])
def test_plain_numbers_and_text_lose_nothing(name: str) -> None:
    columns = tuple(
        ColumnDescription(name=kind, original_name=kind, type=kind)
        for kind in ("bigint", "double", "varchar", "boolean", "timestamp", "float[]")[:5]
    )
    assert find_format(name).losses(columns) == ()


class OnlyWrite:
    """The least that a sink can be."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> int:
        assert type(data) is bytes
        self.data += data
        return len(data)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("compression", ["", "gzip", "bz2"])
def test_a_sink_needs_only_write(
    written: Written,
    stream: Callable[..., ResultStream],
    awkward: pa.Table,
    tmp_path: Path,
    name: str,
    compression: str,
) -> None:
    sink = OnlyWrite()
    with compressed(sink, compression) if compression else nullcontext(sink) as inner:
        find_format(name).write(stream(awkward), inner, scratch=tmp_path)
    plain = {"": bytes, "gzip": gzip.decompress, "bz2": bz2.decompress}[compression](sink.data)
    assert plain == written(name, awkward)


def test_a_failing_engine_leaves_no_spool(
    stream: Callable[..., ResultStream], many_rows: pa.Table, tmp_path: Path
) -> None:
    broken = stream(many_rows)

    def batches() -> Iterator[pa.RecordBatch]:
        yield from many_rows.slice(0, 10).to_batches()
        raise FatalError("The engine stopped.")

    broken.batches = batches()
    sink = OnlyWrite()
    with pytest.raises(FatalError, match="stopped"):
        find_format("fits").write(broken, sink, scratch=tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert sink.data == b""

"""An awkward table and ways to write and read it."""

import io
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import strategies as st

from hub.results.formats import find_format
from hub.tables.description import ColumnDescription
from hub.tables.stream import Provenance, ResultStream
from hub.tables.types import type_name

PROVENANCE = Provenance(
    query="SELECT \"[Fe/H]\" FROM stars.main WHERE name < 'Ž' AND x & 1 > 0",
    catalogs=("stars@1.0", "names@2.1"),
    citations=("Müller & Sons <2020>",),
    licences=("CC BY 4.0",),
    selection='{"catalog":"stars","version":"1.0"}',
    selection_id="0123456789abcdef" * 4,
    created="2026-01-02T03:04:05Z",
    software="exploration-hub 0.1",
)

NAN, INF = float("nan"), float("inf")

AWKWARD: dict[str, tuple[str, pa.Array]] = {
    "flag": ("flag", pa.array([True, False, None, True])),
    "tiny": ("tiny", pa.array([-128, 127, None, 0], pa.int8())),
    "small": ("small", pa.array([-(2**15), 2**15 - 1, None, 0], pa.int16())),
    "num": ("num", pa.array([-(2**31), 2**31 - 1, None, -1], pa.int32())),
    "big": ("source id", pa.array([2**60 + 1, -(2**63), None, 2**63 - 2], pa.int64())),
    "full": ("full", pa.array([2**63 - 1, -(2**63), 5, None], pa.int64())),
    "fe_h": ("[Fe/H]", pa.array([0.1, NAN, None, -INF], pa.float32())),
    "x": ("x", pa.array([1e300, 0.1 + 0.2, None, INF], pa.float64())),
    "name": ("name", pa.array(["", None, 'a,"b"\n\\c\t', "Ža𝔘€é"], pa.string())),
    "select_": ("select", pa.array([" pad", "plain", None, "\x01 <&>"], pa.large_string())),
    "view": ("view", pa.array(["x", None, "", "yy"], pa.string_view())),
    "kind": ("kind", pa.array(["a", "b", None, "a"]).dictionary_encode()),
    "raw": ("raw", pa.array([b"\x00\xff", b"", None, b"abc"], pa.binary())),
    "day": ("day", pa.array([date(2020, 2, 29), date(1, 1, 1), None, date(9999, 12, 31)])),
    "time": (
        "time",
        pa.array(
            [
                datetime(2020, 2, 29, 12, tzinfo=UTC),
                datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
                None,
                datetime(1, 1, 1, tzinfo=UTC),
            ],
            pa.timestamp("us", "UTC"),
        ),
    ),
    "naive": ("naive", pa.array([0, 1, None, -1], pa.timestamp("us"))),
    "dec": ("dec", pa.array([Decimal("1.50"), Decimal("-99999999.99"), None, Decimal(0)],
                            pa.decimal128(10, 2))),
    "whole": ("whole", pa.array([1, -(10**18) + 1, None, 0], pa.decimal128(18, 0))),
    "huge": ("huge", pa.array([10**37, -(10**37), None, 0], pa.decimal128(38, 0))),
    "u64": ("u64", pa.array([2**64 - 1, 0, 2**63, 1], pa.decimal128(20, 0))),
    "u64n": ("u64n", pa.array([2**64 - 1, None, 2**63, 1], pa.decimal128(20, 0))),
    "nothing": ("nothing", pa.nulls(4)),
    "vec": ("vec", pa.array([[1.5, NAN], None, [3, None], [INF, 0]], pa.list_(pa.float32(), 2))),
    "ivec": ("ivec", pa.array([[1, 2], [3, None], None, [2**62, -1]], pa.list_(pa.int64()))),
    "runs": ("runs", pa.array([[], [1.0, 2.0, NAN], None, [-INF]], pa.list_(pa.float64()))),
    "iruns": ("iruns", pa.array([[], [1, None, -3], None, [7]], pa.large_list(pa.int16()))),
    "bits": ("bits", pa.array([[True], [], None, [False, True]], pa.list_(pa.bool_()))),
    "words": ("words", pa.array([["a", 'b"'], [None], None, []], pa.list_(pa.string()))),
    "words2": ("words2", pa.array([["a", "bcd"], ["é", None], None, ["", "x"]],
                                  pa.list_(pa.string()))),
}  # fmt: skip
"""SQL name → original name and cells."""

VECTOR_LENGTHS = {"vec": 2, "ivec": 2, "words2": 2}


def awkward_table() -> pa.Table:
    """Return four rows of every type, with every special value."""
    return pa.table({name: cells for name, (_, cells) in AWKWARD.items()})


def descriptions(schema: pa.Schema) -> tuple[ColumnDescription, ...]:
    """Describe columns; those of the awkward table get their original names back."""
    return tuple(
        ColumnDescription(
            name=field.name,
            original_name=AWKWARD.get(field.name, (field.name, None))[0],
            type="varchar" if pa.types.is_null(field.type) else type_name(field.type),
            unit="km/s" if field.name == "x" else "",
            ucd="phys.veloc" if field.name == "x" else "",
            description="Größe <&> µ" if field.name == "x" else "",
            vector_length=VECTOR_LENGTHS.get(field.name),
            original_type="uint64" if field.name.startswith("u64") else "",
        )
        for field in schema
    )


def stream_of(
    table: pa.Table,
    *,
    batch_rows: int = 3,
    columns: Sequence[ColumnDescription] | None = None,
    row_limit: int | None = None,
) -> ResultStream:
    """Return a stream over a table, in batches of a few rows."""
    return ResultStream(
        columns=tuple(columns or descriptions(table.schema)),
        schema=table.schema,
        batches=iter(table.to_batches(max_chunksize=batch_rows)),
        provenance=PROVENANCE,
        row_limit=row_limit,
    )


class WriteOnly(io.RawIOBase):
    """A sink like a pipe: it can be written and nothing else."""

    def __init__(self) -> None:
        self.data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:
        self.data += data
        return len(data)

    def tell(self) -> int:
        raise io.UnsupportedOperation("tell")

    def seek(self, *_: int) -> int:
        raise io.UnsupportedOperation("seek")


def batches_of(rows: int) -> pa.Table:
    """Return ``rows`` rows of an id, a number with nulls and a name."""
    ids = list(range(rows))
    return pa.table(
        {
            "id": pa.array(ids, pa.int64()),
            "x": pa.array([None if i % 7 == 3 else i / 3 for i in ids], pa.float64()),
            "name": pa.array([None if i % 5 == 1 else "é" * (i % 4) for i in ids], pa.string()),
        }
    )


_CELLS: dict[pa.DataType, st.SearchStrategy[object]] = {
    pa.bool_(): st.booleans(),
    pa.int8(): st.integers(-(2**7), 2**7 - 1),
    pa.int16(): st.integers(-(2**15), 2**15 - 1),
    pa.int32(): st.integers(-(2**31), 2**31 - 1),
    pa.int64(): st.one_of(st.integers(-(2**63), 2**63 - 1), st.integers(-3, 3)),
    pa.float32(): st.floats(width=32),
    pa.float64(): st.floats(),
    pa.string(): st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    pa.binary(): st.binary(max_size=12),
    pa.date32(): st.dates(),
    pa.timestamp("us", "UTC"): st.datetimes(timezones=st.just(UTC)),
    pa.decimal128(12, 3): st.integers(-(10**12) + 1, 10**12 - 1).map(
        lambda whole: Decimal(whole).scaleb(-3)
    ),
}
_LISTS = [pa.bool_(), pa.int16(), pa.int64(), pa.float32(), pa.float64(), pa.string()]


@st.composite
def random_tables(draw: st.DrawFn) -> pa.Table:
    """Draw a table of 1 to 5 columns and 0 to 6 rows, any of whose cells may be null."""
    rows = draw(st.integers(0, 6))
    columns = {}
    for number in range(draw(st.integers(1, 5))):
        if draw(st.booleans()) and draw(st.booleans()):
            inner = draw(st.sampled_from(_LISTS))
            cell: st.SearchStrategy[object] = st.lists(st.none() | _CELLS[inner], max_size=4)
            arrow: pa.DataType = pa.list_(inner)
        else:
            arrow = draw(st.sampled_from(list(_CELLS)))
            cell = _CELLS[arrow]
        cells = draw(st.lists(st.none() | cell, min_size=rows, max_size=rows))
        columns[f"c{number}"] = pa.array(cells, arrow)
    return pa.table(columns)


@pytest.fixture(scope="session")
def tables() -> st.SearchStrategy[pa.Table]:
    """Strategy for small tables of all types."""
    return random_tables()


@pytest.fixture(scope="session")
def awkward() -> pa.Table:
    """Four rows of every type, with every special value."""
    return awkward_table()


@pytest.fixture(scope="session")
def many_rows() -> pa.Table:
    """More rows than are encoded together."""
    return batches_of(150_000)


@pytest.fixture(scope="session")
def describe() -> Callable[[pa.Schema], tuple[ColumnDescription, ...]]:
    return descriptions


@pytest.fixture(scope="session")
def stream() -> Callable[..., ResultStream]:
    return stream_of


@pytest.fixture(scope="session")
def source() -> Provenance:
    return PROVENANCE


@pytest.fixture(scope="session")
def original_names() -> dict[str, str]:
    """SQL name → original name of the awkward table."""
    return {name: original for name, (original, _) in AWKWARD.items()}


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., bytes]:
    """Write a table in a format to a sink that cannot seek; give the bytes."""
    scratch = tmp_path_factory.mktemp("scratch")

    def write(name: str, table: pa.Table, **options: object) -> bytes:
        sink = WriteOnly()
        find_format(name).write(stream_of(table, **options), sink, scratch=scratch)
        assert not list(scratch.iterdir())
        return bytes(sink.data)

    return write

"""Peak memory of a writer does not grow with the number of rows."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.stress, pytest.mark.timeout(600)]

_WRITE = '''
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from hub.results.formats import find_format
from hub.tables.description import ColumnDescription
from hub.tables.stream import Provenance, ResultStream
from hub.tables.types import type_name

name, rows, scratch = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
BATCH = 122_880


def batch(start: int, count: int) -> pa.RecordBatch:
    """Rows of an id, numbers with nulls, a name and vectors."""
    random = np.random.default_rng(start)
    ids = np.arange(start, start + count)
    nulls = random.random(count) < 0.1
    numbers = random.normal(size=(3, count))
    offsets = np.concatenate([[0], np.cumsum(ids % 4)]).astype(np.int32)
    return pa.record_batch(
        {
            "id": ids,
            "x": pa.array(numbers[0], mask=nulls),
            "y": numbers[1],
            "flags": pa.array((ids % 1000).astype(np.int32), mask=nulls),
            "mag": numbers[2].astype(np.float32),
            "name": pa.array(np.char.add("star ", ids.astype(str))),
            "run": pa.ListArray.from_arrays(offsets, random.normal(size=offsets[-1])),
        }
    )


def batches() -> Iterator[pa.RecordBatch]:
    for start in range(0, rows, BATCH):
        yield batch(start, min(BATCH, rows - start))


schema = batch(0, 1).schema
columns = tuple(
    ColumnDescription(name=field.name, original_name=field.name, type=type_name(field.type))
    for field in schema
)
stream = ResultStream(
    columns=columns,
    schema=schema,
    batches=batches(),
    provenance=Provenance(query="SELECT * FROM stars.main", catalogs=("stars@1.0",)),
)
with Path("/dev/null").open("wb") as sink:
    find_format(name).write(stream, sink, scratch=scratch)
assert stream.rows == rows
status = Path("/proc/self/status").read_text()
print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
'''


def peak_kib(name: str, rows: int, scratch: Path) -> int:
    """Return the peak resident memory of a process that writes so many rows, in KiB."""
    process = subprocess.run(
        [sys.executable, "-c", _WRITE, name, str(rows), str(scratch)],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(process.stdout)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize("name", ["csv", "jsonl", "parquet", "fits", "votable"])
def test_peak_memory_at_8_million_rows_is_that_at_2_million(name: str, tmp_path: Path) -> None:
    small, large = (peak_kib(name, rows, tmp_path) for rows in (2_000_000, 8_000_000))
    assert large < 1.2 * small, f"{small} KiB at 2 million rows, {large} KiB at 8 million"
    print(f"{name}: {small / 1024:.0f} MiB, then {large / 1024:.0f} MiB")

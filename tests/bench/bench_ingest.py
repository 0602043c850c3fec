"""Ingest of mock rows against hats-import, from the same Parquet files."""

import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
from measure import Measurement, clock

from ingest.demo.mock import CHUNK_ROWS, read_rows

ROOT = Path(__file__).resolve().parents[2]
PEER_PYTHON = ROOT / ".venv-peers" / "bin" / "python"
HUB = Path(sys.executable).with_name("hub")
FILES = 8

MUST_BE_TIMES_AS_FAST = 3.0


def write_inputs(folder: Path, rows: int) -> list[Path]:
    """Write a mock survey as Parquet files, in random order on the sky."""
    folder.mkdir()
    per_file = -(-rows // FILES // CHUNK_ROWS) * CHUNK_ROWS
    paths = []
    for number, first in enumerate(range(0, rows, per_file)):
        path = folder / f"mock-{number}.parquet"
        table = read_rows(0, first, min(per_file, rows - first))
        pq.write_table(table, path, row_group_size=500_000)
        paths.append(path)
    return paths


def measure_ingest(home: Path, inputs: list[Path], rows: int) -> Measurement:
    """Ingest twice with the hub, once with hats-import between; leaves mock@1.0 in the home."""
    first = clock(lambda: _ingest(home, "1.0", inputs))
    peer = clock(lambda: _import(home / "peer", inputs))
    shutil.rmtree(home / "peer")
    second = clock(lambda: _ingest(home, "1.1", inputs))
    subprocess.run([HUB, "--home", home, "catalogs", "remove", "mock@1.1"], check=True)
    seconds = (first + second) / 2
    return Measurement(
        what=f"ingest of {rows:,} rows",
        seconds=seconds,
        peer="hats-import",
        peer_seconds=peer,
        bound=f"ratio at least {MUST_BE_TIMES_AS_FAST:g}",
        holds=peer / seconds >= MUST_BE_TIMES_AS_FAST,
    )


def _ingest(home: Path, version: str, inputs: list[Path]) -> None:
    command = [HUB, "--home", home, "ingest", "catalog", "mock", version, *inputs, "--key", "id"]
    subprocess.run(command, check=True)


def _import(output: Path, inputs: list[Path]) -> None:
    script = ROOT / "tests" / "peers" / "import_with_hats.py"
    subprocess.run([PEER_PYTHON, script, output, *inputs], check=True, capture_output=True)

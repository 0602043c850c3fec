"""`hub query` needs no more memory for 8 million rows than for 2 million, in any format."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.stress

HUB = Path(sys.executable).with_name("hub")
FEW, MANY = 2_000_000, 8_000_000
MAY_GROW = 1.2


def hub(home: Path, *words: str) -> int:
    """Run a command; return its peak memory in KiB."""
    process = subprocess.Popen([HUB, "--home", str(home), *words], stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    assert process.stderr is not None
    assert os.waitstatus_to_exitcode(status) == 0, process.stderr.read().decode()
    process.stderr.close()
    process.returncode = 0
    return usage.ru_maxrss


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    hub(folder, "demo", "--no-serve", "--rows", str(MANY))
    return folder


@pytest.mark.parametrize("output_format", ["csv", "fits", "jsonl", "parquet", "votable"])
def test_memory_does_not_grow_with_the_result(
    home: Path, tmp_path: Path, output_format: str
) -> None:
    target = tmp_path / "rows"
    words = ("query", "SELECT * FROM mock.main", "--format", output_format, "-o", str(target))
    few = hub(home, *words, "--max-rows", str(FEW))
    many = hub(home, *words)
    assert target.stat().st_size > 0
    assert many < MAY_GROW * few, f"{few} KiB for {FEW} rows, {many} KiB for {MANY}"

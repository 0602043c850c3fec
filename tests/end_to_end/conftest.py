"""A hub with the demo catalogs of real stars, used as its users do: by its commands."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hub.cli.main import main

HUB = Path(sys.executable).with_name("hub")
MOCK_ROWS = 1_000


@dataclass(frozen=True)
class Answer:
    """What a command said, and its exit status."""

    status: int
    out: str
    err: str


class Hub:
    """The commands of one home."""

    def __init__(self, home: Path, scratch: Path) -> None:
        self.home = home
        self.scratch = scratch
        self._numbers = count()

    def run(self, *arguments: str | Path) -> Answer:
        """Run a command in this process: the same answers, without the start."""
        out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            status = main(["--home", str(self.home), *map(str, arguments)])
        out.flush()
        return Answer(status, out.buffer.getvalue().decode(), err.getvalue())  # type: ignore[attr-defined]

    def run_process(self, *arguments: str | Path) -> Answer:
        """Run a command as a process of its own."""
        done = subprocess.run(
            [HUB, "--home", self.home, *map(str, arguments)],
            env={name: text for name, text in os.environ.items() if not name.startswith("HUB_")},
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    def write(self, *arguments: str | Path, form: str) -> tuple[Path, str]:
        """Run ``hub query`` or ``hub select`` into a file; return it and what was said."""
        path = self.scratch / f"out-{next(self._numbers)}.{form}"
        answer = self.run(*arguments, "--format", form, "-o", path)
        assert answer.status == 0, answer.err
        assert answer.out == ""
        return path, answer.err

    def query(self, sql: str) -> pa.Table:
        """Return the rows of an SQL text."""
        return pq.ParquetFile(self.write("query", sql, form="parquet")[0]).read()

    def select(self, selection: dict[str, object]) -> pa.Table:
        """Return the rows of a selection."""
        return pq.ParquetFile(self.write("select", self.save(selection), form="parquet")[0]).read()

    def save(self, selection: object) -> Path:
        """Write a selection to a file."""
        path = self.scratch / f"selection-{next(self._numbers)}.json"
        path.write_text(json.dumps(selection))
        return path


@pytest.fixture(scope="session", autouse=True)
def no_settings_of_the_user() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("HUB_")]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Hub:
    """A home after ``hub demo``; tests of this folder only read it."""
    hub = Hub(tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("scratch"))
    answer = hub.run_process("demo", "--no-serve", "--rows", str(MOCK_ROWS))
    assert answer.status == 0, answer.err
    return hub


@pytest.fixture
def empty(tmp_path: Path) -> Hub:
    """A home in which nothing has happened yet."""
    for name in ("home", "scratch"):
        (tmp_path / name).mkdir()
    return Hub(tmp_path / "home", tmp_path / "scratch")

"""``hub ingest catalog`` as a user runs it."""

import subprocess
import sys

import pytest

from tests.ingest.skies import sky, write_sky


@pytest.fixture
def run(tmp_path):
    def run(*words):
        return subprocess.run(
            [sys.executable, "-m", "hub.cli.main", "--home", tmp_path / "home", *words],
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_a_table_is_ingested_and_described_on_stderr(run, tmp_path):
    path = write_sky(tmp_path / "s.parquet", sky(500))
    done = run("ingest", "catalog", "stars", "1.0", path, "--key", "id", "--memory", "500MB")
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert "hub: published stars@1.0.main: 500 rows" in done.stderr
    assert "\r" not in done.stderr


@pytest.mark.parametrize(
    ("content", "place"),
    [("ra,dec\n1,2\n3,95\n", "row 2, column dec"), ("ra,dec\n1,2\n3\n", "row 2"), ("", "t.csv")],
)
def test_bad_input_ends_with_2_and_says_where(run, tmp_path, content, place):
    path = tmp_path / "t.csv"
    path.write_text(content)
    done = run("ingest", "catalog", "stars", "1.0", path)
    assert done.returncode == 2
    assert "\nhub: error: " in "\n" + done.stderr
    assert place in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "home" / "warehouse").rglob("*"))


def test_an_unknown_subcommand_ends_with_2(run):
    assert run("ingest", "dl3", "x", "1", "folder").returncode == 2

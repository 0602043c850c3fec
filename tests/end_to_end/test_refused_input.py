"""Bad input: an exit status, one clear error, and a hub that is as it was before."""

import ctypes
import gzip
import os
import resource
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io import fits

from tests.end_to_end.conftest import HUB

PR_CAPBSET_DROP = 24
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
"""From linux/prctl.h and linux/capability.h."""


def good_fits(folder: Path) -> Path:
    path = folder / "stars.fits"
    columns = [
        fits.Column("id", "K", array=np.arange(1000)),
        fits.Column("ra", "D", array=np.linspace(0, 359, 1000)),
        fits.Column("dec", "D", array=np.linspace(-80, 80, 1000)),
    ]
    fits.BinTableHDU.from_columns(columns).writeto(path)
    return path


def text(name: str, content: str) -> Callable[[Path], list[Path]]:
    def make(folder: Path) -> list[Path]:
        (folder / name).write_text(content)
        return [folder / name]

    return make


def truncated_fits(folder: Path) -> list[Path]:
    path = good_fits(folder)
    os.truncate(path, path.stat().st_size - 2880 * 3)
    return [path]


def header_of_fits(folder: Path) -> list[Path]:
    path = good_fits(folder)
    os.truncate(path, 2880 + 400)
    return [path]


def truncated_packed_fits(folder: Path) -> list[Path]:
    packed = gzip.compress(good_fits(folder).read_bytes())
    path = folder / "stars.fits.gz"
    path.write_bytes(packed[:-5000])
    return [path]


def other_columns(folder: Path) -> list[Path]:
    (folder / "a.csv").write_text("id,ra,dec,mag\n1,2,3,4\n")
    (folder / "b.csv").write_text("id,ra,dec\n2,3,4\n")
    return [folder / "a.csv", folder / "b.csv"]


def fits_beyond_the_pole(folder: Path) -> list[Path]:
    path = good_fits(folder)
    with fits.open(path, mode="update") as hdus:
        hdus[1].data["dec"][700] = 95.0
    return [path]


def parquet_beyond_the_pole(folder: Path) -> list[Path]:
    path = folder / "stars.parquet"
    dec = np.zeros(1000)
    dec[42] = -95.0
    pq.write_table(pa.table({"ra": np.zeros(1000), "dec": dec}), path)
    return [path]


REFUSED = {
    "truncated FITS": (truncated_fits, ["stars.fits", "cut off", "row "]),
    "FITS cut in its header": (header_of_fits, ["stars.fits", "cut off"]),
    "truncated FITS, packed": (truncated_packed_fits, ["stars.fits.gz", "cut off"]),
    "missing column": (other_columns, ["b.csv", "column mag"]),
    "short row": (text("t.csv", "ra,dec\n1,2\n3\n"), ["t.csv", "Row 2", "1 field", "2"]),
    "long row": (text("t.csv", "ra,dec\n1,2\n3,4,5\n"), ["t.csv", "Row 2", "3 fields"]),
    "empty file": (text("t.csv", ""), ["t.csv", "is empty"]),
    "empty FITS": (text("t.fits", ""), ["t.fits", "is empty"]),
    "header alone": (text("t.csv", "ra,dec\n"), ["t.csv", "no rows"]),
    "one name twice": (text("t.csv", "ra,dec,ra\n1,2,3\n"), ["t.csv", "Columns 1", "3", "ra"]),
    "names in case": (text("t.csv", "ra,dec,Mag,mAG\n1,2,3,4\n"), ["t.csv", "Mag", "mAG"]),
    "declination": (
        text("t.csv", "id,ra,dec\n1,2,3\n2,3,95\n"),
        ["t.csv", "row 2", "column dec", "95"],
    ),
    "declination, FITS": (fits_beyond_the_pole, ["stars.fits", "row 701", "column dec", "95"]),
    "declination, Parquet": (parquet_beyond_the_pole, ["row 43", "column dec", "-95"]),
    "unknown type": (text("t.xls", "x"), ["t.xls", "Known endings", ".fits", ".csv"]),
    "text as FITS": (text("t.fits", "ra,dec\n1,2\n"), ["t.fits"]),
    "text as Parquet": (text("t.parquet", "ra,dec\n1,2\n"), ["t.parquet"]),
    "unreadable number": (
        text("t.csv", 'ra,dec\n"1 2 3",4\nhere,5\n'),
        ["t.csv", "row 2", "column ra", "here"],
    ),
    "missing file": (lambda folder: [folder / "not-there.csv"], ["not-there.csv"]),
    "empty folder": (lambda folder: [folder], ["no Parquet files"]),
    "half a position": (text("t.csv", "ra,x\n1,2\n"), ["--ra and --dec", "ra"]),
    "blanks between columns": (text("t.txt", "ra dec\n1 2\n"), ["t.txt", "CSV"]),
}


def state(hub) -> tuple[str, list[Path]]:
    """What is published, and every file of the warehouse."""
    listed = hub.run("catalogs", "--format", "json")
    assert listed.status == 0
    return listed.out, sorted((hub.home / "warehouse").rglob("*"))


@pytest.mark.parametrize("case", list(REFUSED))
def test_bad_input_is_refused_and_leaves_nothing(demo, tmp_path, case):
    make, told = REFUSED[case]
    before = state(demo)
    answer = demo.run("ingest", "catalog", "bad", "1.0", *make(tmp_path))
    assert answer.status == 2, answer.err
    assert answer.out == ""
    lines = [line for line in answer.err.splitlines() if not line.startswith("hub: note: ")]
    assert lines[0].startswith("hub: error: ")
    assert all(line.startswith("hint: ") for line in lines[1:])
    for words in told:
        assert words in answer.err
    assert state(demo) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["gaia_bright", "1.0"],
        ["Bad Name", "1.0"],
        ["bad", "1/0"],
        ["bad", "1.0", "--key", "nothing"],
        ["bad", "1.0", "--ra", "ra"],
        ["bad", "1.0", "--frame", "fk4"],
        ["bad", "1.0", "--memory", "1KiB"],
        ["bad", "1.0", "--margin", "-1"],
        ["bad", "1.0", "--describe", "not-there.toml"],
    ],
)
def test_bad_requests_are_refused_and_leave_nothing(demo, tmp_path, arguments):
    before = state(demo)
    name, version, *options = arguments
    answer = demo.run("ingest", "catalog", name, version, good_fits(tmp_path), *options)
    assert answer.status == 2, answer.err
    assert answer.err.splitlines()[0].startswith("hub: error: ")
    assert state(demo) == before


def test_a_full_disk_ends_with_4_and_leaves_nothing(empty, tmp_path):
    rows = 200_000
    source = tmp_path / "large.parquet"
    random = np.random.default_rng(0)
    columns = {"ra": random.uniform(0, 360, rows), "dec": random.uniform(-90, 90, rows)}
    pq.write_table(pa.table(columns), source)
    before = state(empty)

    def refuse_large_files() -> None:
        # What a disk without room answers, without one: writing more than 1 MiB fails.
        resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))

    done = subprocess.run(
        [HUB, "--home", empty.home, "ingest", "catalog", "large", "1.0", source],
        preexec_fn=refuse_large_files,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 4, done.stderr
    assert "hub: error: The disk of " in done.stderr
    assert "hint: Free some space" in done.stderr
    assert state(empty) == before


def obey_permissions() -> None:
    """Give up what lets root read everything, for the program that this process becomes."""
    prctl = ctypes.CDLL(None).prctl
    for right in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        if os.geteuid() == 0 and prctl(PR_CAPBSET_DROP, right, 0, 0, 0) != 0:
            raise PermissionError


@pytest.mark.parametrize("hidden", [".", "deeper"])
def test_a_folder_that_cannot_be_read_is_refused(empty, tmp_path, hidden):
    data = tmp_path / "data"
    folder = data / hidden
    folder.mkdir(parents=True)
    for place in (data / "a.parquet", folder / "b.parquet"):
        pq.write_table(pa.table({"ra": [1.0], "dec": [2.0]}), place)
    before = state(empty)
    folder.chmod(0)
    try:
        done = subprocess.run(
            [HUB, "--home", empty.home, "ingest", "catalog", "bad", "1.0", data],
            preexec_fn=obey_permissions,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except subprocess.SubprocessError:
        pytest.skip("root keeps its rights here")
    finally:
        folder.chmod(0o755)
    assert done.returncode == 2, done.stderr
    assert "hub: error: Cannot read" in done.stderr
    assert str(folder) in done.stderr
    assert state(empty) == before

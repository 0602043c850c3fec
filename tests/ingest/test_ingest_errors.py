"""Bad input: refused with file, row and column; nothing published, nothing left."""

import errno
import fcntl
import os
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hub.access import LOCAL
from hub.errors import ErrorKind, UsageError
from hub.tables.registry import VersionExistsError
from ingest import run as run_module
from ingest import runs, stages
from ingest.columns import ColumnMismatchError
from ingest.describe import notes_from, read_notes
from ingest.names import DuplicateNameError
from ingest.readers import InputError
from ingest.request import IngestRequest
from ingest.run import IngestRunningError
from ingest.stages import NoSpaceError
from tests.ingest.skies import sky, write_sky


def write(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    return path


@pytest.fixture
def good(tmp_path):
    return write_sky(tmp_path / "good.parquet", sky(1000))


@pytest.mark.parametrize("name", ["e.csv", "e.fits", "e.parquet"])
def test_an_empty_file_is_refused(hub, tmp_path, name):
    with pytest.raises(InputError, match="is empty") as caught:
        hub.ingest(write(tmp_path, name, ""))
    assert caught.value.where.endswith(name)
    assert hub.is_empty()


def test_a_table_without_rows_is_refused(hub, tmp_path):
    with pytest.raises(InputError, match="no rows"):
        hub.ingest(write(tmp_path, "h.csv", "ra,dec\n"))
    assert hub.is_empty()


@pytest.mark.parametrize("name", ["t.xls", "t", "t.fits.zip", "t.json"])
def test_an_unknown_file_type_is_refused_with_the_known_ones(hub, tmp_path, name):
    with pytest.raises(InputError, match="Unknown file type") as caught:
        hub.ingest(write(tmp_path, name, "x"))
    assert ".fits" in caught.value.hint
    assert ".csv" in caught.value.hint


@pytest.mark.parametrize("name", ["t.fits", "t.parquet", "t.csv.gz", "t.csv.bz2", "t.fits.gz"])
def test_a_file_that_is_something_else_is_refused(hub, tmp_path, name):
    path = write(tmp_path, name, "this is no table\n" * 400)
    with pytest.raises(InputError, match=name):
        hub.ingest(path)
    assert hub.is_empty()


def test_a_truncated_parquet_file_is_refused(hub, tmp_path, good):
    path = tmp_path / "cut.parquet"
    path.write_bytes(good.read_bytes()[:-3000])
    with pytest.raises(InputError, match=r"cut\.parquet"):
        hub.ingest(path)


def test_damage_inside_a_parquet_file_is_refused(hub, tmp_path, good):
    raw = bytearray(good.read_bytes())
    raw[100:5000] = b"\xff" * 4900
    path = tmp_path / "bad.parquet"
    path.write_bytes(raw)
    with pytest.raises(InputError, match=r"bad\.parquet"):
        hub.ingest(path)
    assert hub.is_empty()


def test_missing_files_and_folders_without_parquet_are_refused(hub, tmp_path):
    with pytest.raises(InputError, match="No such file"):
        hub.ingest(tmp_path / "nothing.csv")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="holds no Parquet files"):
        hub.ingest(tmp_path / "folder")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_refused(hub, good):
    good.chmod(0)
    with pytest.raises(InputError, match="Permission denied"):
        hub.ingest(good)


def test_a_folder_is_read_in_order_of_path(hub, tmp_path):
    table = sky(3000).select(["id", "mag"])
    folder = tmp_path / "parts"
    (folder / "sub").mkdir(parents=True)
    write_sky(folder / "a.parquet", table.slice(0, 1000))
    write_sky(folder / "b.parquet", table.slice(1000, 1000))
    write_sky(folder / "sub" / "c.parquet", table.slice(2000))
    write(folder, "_metadata", "not read")
    assert hub.ingest(folder).column("id") == table.column("id").to_pylist()


@pytest.mark.parametrize(
    ("header", "names"), [("ra,dec,x,x", "x.*x"), ("ra,dec,Mag,mAG", "Mag.*mAG")]
)
def test_duplicate_names_are_refused_also_in_case_only(hub, tmp_path, header, names):
    with pytest.raises(DuplicateNameError, match=names):
        hub.ingest(write(tmp_path, "d.csv", header + "\n1,2,3,4\n"))
    assert hub.is_empty()


def test_files_with_other_columns_are_refused_by_name(hub, tmp_path):
    one = write(tmp_path, "1.csv", "ra,dec,x\n1,2,3\n")
    two = write(tmp_path, "2.csv", "ra,dec\n1,2\n")
    for files in ((one, two), (two, one)):
        with pytest.raises(ColumnMismatchError, match=r"2\.csv has no column x") as caught:
            hub.ingest(*files)
        assert caught.value.where == f"{two}, column x"


def test_files_with_other_types_are_refused_by_name(hub, tmp_path):
    one = write(tmp_path, "1.csv", "ra,dec,x\n1,2,3\n")
    two = write(tmp_path, "2.csv", "ra,dec,x\n1,2,three\n")
    with pytest.raises(ColumnMismatchError, match="x is string") as caught:
        hub.ingest(one, two)
    assert caught.value.where == f"{two}, column x"


def test_numbers_of_several_files_are_widened(hub, tmp_path):
    one = write(tmp_path, "1.csv", "ra,dec,x,y\n1,2,3,\n")
    two = write(tmp_path, "2.csv", "ra,dec,x,y\n1,2,0.5,z\n")
    done = hub.ingest(one, two)
    assert sorted(done.column("x")) == [0.5, 3.0]
    assert set(done.column("y")) == {None, "z"}


def test_a_published_table_is_refused_before_any_work(hub, good, monkeypatch):
    first = hub.ingest(good)
    monkeypatch.setattr(run_module, "STAGES", None)
    with pytest.raises(VersionExistsError, match=r"c@1\.0\.main"):
        hub.ingest(good)
    assert first.rows().num_rows == 1000


def test_a_version_can_get_a_second_table(hub, good):
    hub.ingest(good)
    hub.ingest(good, table="other")
    catalog = hub.registry.catalog("c", "1.0", LOCAL)
    assert [table.name for table in catalog.tables] == ["main", "other"]


def test_what_a_killed_ingest_left_is_cleared(hub, good):
    left = hub.root / "c" / "1.0" / "main" / "data" / "dataset"
    left.mkdir(parents=True)
    (left / "junk.parquet").write_bytes(b"junk")
    done = hub.ingest(good)
    assert not (left / "junk.parquet").exists()
    assert done.rows().num_rows == 1000


def test_two_ingests_of_one_table_do_not_meet(hub, good):
    (hub.root / "c" / "1.0").mkdir(parents=True)
    with (hub.root / "c" / "1.0" / ".main.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(IngestRunningError):
            hub.ingest(good)


def test_a_table_published_while_its_folder_was_waited_for_is_left_alone(hub, good, monkeypatch):
    first = hub.ingest(good)
    looks = []

    def is_late(*arguments):
        looks.append(arguments)
        if len(looks) > 1:
            refuse_existing(*arguments)

    refuse_existing = run_module.refuse_existing
    monkeypatch.setattr(run_module, "refuse_existing", is_late)
    with pytest.raises(VersionExistsError):
        hub.ingest(good)
    assert first.rows().num_rows == 1000


def test_a_lock_whose_file_is_gone_owns_nothing(hub, good, monkeypatch):
    def lock_and_delete(file, how):
        lock(file, how)
        (hub.root / "c" / "1.0" / ".main.lock").unlink()

    lock = fcntl.flock
    monkeypatch.setattr(fcntl, "flock", lock_and_delete)
    with pytest.raises(IngestRunningError):
        hub.ingest(good)


def test_a_disk_that_is_too_small_is_refused_at_the_start(hub, good, monkeypatch):
    usage = shutil.disk_usage(good)
    monkeypatch.setattr(stages.shutil, "disk_usage", lambda _: usage._replace(free=1000))
    with pytest.raises(NoSpaceError, match="MB free") as caught:
        hub.ingest(good)
    assert caught.value.kind is ErrorKind.FATAL
    assert hub.is_empty()


def test_a_disk_that_fills_up_leaves_nothing(hub, good, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(stages, "write_partition", full)
    with pytest.raises(NoSpaceError, match="is full"):
        hub.ingest(good)
    assert hub.is_empty()


def test_an_interrupt_leaves_nothing(hub, good, monkeypatch):
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(stages, "choose_pixels", interrupt)
    with pytest.raises(KeyboardInterrupt):
        hub.ingest(good)
    assert hub.is_empty()


def test_a_table_that_cannot_be_published_leaves_nothing(hub, good, monkeypatch):
    def refuse(_: object) -> None:
        raise VersionExistsError("meanwhile")

    monkeypatch.setattr(hub.registry, "publish", refuse)
    with pytest.raises(VersionExistsError):
        hub.ingest(good)
    assert hub.is_empty()


def test_maps_are_refused_by_name(hub, tmp_path):
    table = pa.table({"m": pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int32()))})
    pq.write_table(table, tmp_path / "m.parquet")
    with pytest.raises(UsageError, match="Column m"):
        hub.ingest(tmp_path / "m.parquet")


@pytest.mark.parametrize(
    "wrong",
    [
        {"catalog": "Bad"},
        {"table": "1st"},
        {"version": "../x"},
        {"ra": "x"},
        {"frame": "fk4"},
        {"margin_arcsec": -1.0},
        {"memory_bytes": 1000},
        {"inputs": ()},
    ],
)
def test_requests_are_checked(tmp_path, wrong):
    with pytest.raises(UsageError):
        IngestRequest(**{"catalog": "c", "version": "1", "inputs": (tmp_path,), **wrong})


@pytest.mark.parametrize("key", ["ra", "nothing"])
def test_a_key_is_a_column_of_whole_numbers_or_texts(hub, good, key):
    with pytest.raises(UsageError, match=key):
        hub.ingest(good, key=key)


def test_a_coordinate_of_whole_degrees_is_no_key(hub, tmp_path):
    with pytest.raises(UsageError, match="Column ra"):
        hub.ingest(write(tmp_path, "k.csv", "ra,dec\n1,2\n"), key="ra")
    assert hub.is_empty()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("titel = 'x'", "titel"),
        ("title = 3", "title"),
        ("[columns.x]\nunits = 'm'", "units"),
        ("[columns.x]\nnull_values = -9", "null_values"),
        ("[columns]\nx = 1", "column x"),
        ("epoch = 'now'", "epoch"),
        ("ra = 'x'", "ra and dec"),
        ("title = ", "not TOML"),
    ],
)
def test_descriptions_are_checked(tmp_path, text, problem):
    with pytest.raises(UsageError, match=problem):
        read_notes(write(tmp_path, "d.toml", text))


@pytest.mark.parametrize(
    "columns",
    [{"rra": {}}, {"mag": {"type": "number"}}, {"mag": {"name": "Mag"}}, {"mag": {"name": "id"}}],
)
def test_descriptions_must_fit_the_columns(hub, good, columns):
    entry = notes_from({"columns": {"id": {"name": "id"}, **columns}})
    with pytest.raises(UsageError):
        hub.ingest(good, notes=entry)


def test_runs_stay_within_memory_and_above_a_floor():
    assert runs.run_rows(72, 2 * 2**30, 2) == runs.MOST_ROWS
    assert runs.run_rows(10_000, 2**29, 2) * 10_000 * 2 * runs.COPIES < 2**29
    assert runs.run_rows(10**9, 2**26, 8) == runs.LEAST_ROWS

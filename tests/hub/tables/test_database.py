"""The database opens safely for many processes, and says why when it cannot."""

import pickle
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from hub.access import LOCAL
from hub.tables.database import (
    Database,
    DatabaseTooNewError,
    DatabaseUnavailableError,
    DatabaseUrlError,
    NetworkDatabaseError,
)
from hub.tables.description import CatalogDescription
from hub.tables.migrate import newest_revision
from hub.tables.mounts import file_system_type
from hub.tables.registry import Registry
from hub.tables.schema import METADATA, REVISION

MOUNTS = """\
21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 21 0:40 / /home rw - nfs4 server:/home rw
31 30 8:2 / /home/ada/local\\040disk rw - xfs /dev/sdb1 rw
32 21 0:41 / /cluster rw - lustre mgs:/fs rw
33 32 0:42 / /cluster rw - tmpfs tmpfs rw
"""


OPEN_AND_PUBLISH = """
import pickle, sys
from hub.tables.registry import Registry, VersionExistsError

print("ready", flush=True)
sys.stdin.readline()
registry = Registry(sys.argv[1])
try:
    registry.publish(pickle.load(open(sys.argv[2], "rb")))
    print("published")
except VersionExistsError:
    print("exists")
"""


def test_processes_that_start_at_once_share_one_fresh_database(
    tmp_path: Path, database_url: str, catalog: Callable[..., CatalogDescription]
) -> None:
    processes = []
    for number in range(4):
        published = tmp_path / f"{number}.pickle"
        published.write_bytes(pickle.dumps(catalog(version=f"{number // 2}")))
        processes.append(
            subprocess.Popen(
                [sys.executable, "-c", OPEN_AND_PUBLISH, database_url, str(published)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    outcomes = [process.communicate(timeout=60)[0].strip() for process in processes]
    assert sorted(outcomes) == ["exists", "exists", "published", "published"]
    registry = Registry(database_url)
    found = registry.catalogs(LOCAL)
    registry.close()
    assert sorted(entry.version for entry in found) == ["0", "1"]
    assert sum(entry.default for entry in found) == 1


def test_the_migrations_make_the_tables_that_the_code_uses(database_url: str) -> None:
    database = Database(database_url)
    with database.reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)
    database.close()
    assert differences == []
    assert newest_revision() == REVISION


def test_a_new_database_has_a_write_ahead_log_and_keeps_its_references(database_url: str) -> None:
    database = Database(database_url)
    with database.reading() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 30_000
    assert database.revision() == REVISION
    database.close()


def test_a_failed_block_leaves_no_change(database_url: str) -> None:
    database = Database(database_url)

    def write_and_fail() -> None:
        with database.writing() as connection:
            connection.execute(text("INSERT INTO catalogs (name, owner) VALUES ('a', 'b')"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM catalogs")).scalar() == 0
    database.close()


def test_a_reader_sees_one_state_while_another_process_publishes(
    registry: Registry, catalog: Callable[..., CatalogDescription], database_url: str
) -> None:
    with registry.database.reading() as connection:
        before = connection.execute(text("SELECT count(*) FROM versions")).scalar()
        other = Registry(database_url)
        other.publish(catalog())
        other.close()
        assert connection.execute(text("SELECT count(*) FROM versions")).scalar() == before
    assert len(registry.catalogs(LOCAL)) == 1


def test_a_database_of_a_newer_hub_is_left_alone(tmp_path: Path, database_url: str) -> None:
    Database(database_url).close()
    with sqlite3.connect(tmp_path / "hub.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(DatabaseTooNewError, match="9999"):
        Database(database_url)


def test_a_file_that_is_no_database_is_named(tmp_path: Path, database_url: str) -> None:
    (tmp_path / "hub.sqlite").write_text("this is no database, but long enough to look at " * 9)
    with pytest.raises(DatabaseUnavailableError, match="not a database"):
        Database(database_url)


@pytest.mark.parametrize(
    "url", ["nonsense", "sqlite://", "sqlite:///:memory:", "mysql://host/hub", "oracel://x/y"]
)
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(DatabaseUrlError):
        Database(url)


@pytest.mark.skipif(find_spec("psycopg") is not None, reason="psycopg is installed")
def test_a_missing_driver_is_named() -> None:
    with pytest.raises(DatabaseUrlError, match="psycopg"):
        Database("postgresql://host/hub")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUrlError, match="file"):
        Database(f"sqlite:///{tmp_path}/file/hub.sqlite")


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/var/lib", "ext4"),
        ("/home/ada", "nfs4"),
        ("/home/ada/local disk/x", "xfs"),
        ("/homestead", "ext4"),
        ("/cluster/a", "tmpfs"),
    ],
)
def test_the_nearest_mount_tells_the_file_system(tmp_path: Path, folder: str, kind: str) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(MOUNTS)
    assert file_system_type(Path(folder), table) == kind


def test_a_system_without_a_mount_table_tells_nothing(tmp_path: Path) -> None:
    assert file_system_type(tmp_path, tmp_path / "missing") is None


def test_sqlite_on_a_network_file_system_is_refused(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(f"1 0 0:1 / / rw - ext4 a rw\n2 1 0:2 / {tmp_path} rw - nfs4 b rw\n")
    monkeypatch.setattr(file_system_type, "__defaults__", (table,))
    with pytest.raises(NetworkDatabaseError, match="nfs4"):
        Database(database_url)
    assert not (tmp_path / "hub.sqlite").exists()


def test_the_migrations_are_part_of_the_installed_package(tmp_path: Path) -> None:
    """Copies the package as a wheel does, without the repository around it."""
    repository = Path(__file__).parents[3]
    shutil.copytree(
        repository / "hub" / "tables",
        tmp_path / "hub" / "tables",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    for module in ("__init__.py", "errors.py", "access.py"):
        shutil.copy(repository / "hub" / module, tmp_path / "hub" / module)
    program = (
        "from hub.tables.database import Database; import hub.tables.migrate as m; "
        "d = Database('sqlite:///new.sqlite'); print(m.__file__, d.revision())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [str(tmp_path / "hub/tables/migrate.py"), REVISION]

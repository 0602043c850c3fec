"""The hub database: opened safely by any number of processes, migrated when it is old.

SQLite by default, with a write-ahead log, foreign keys and a long wait for
locks; PostgreSQL where several machines share a hub.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from hub.errors import FatalError, TransientError, UsageError
from hub.tables.mounts import NETWORK_TYPES, file_system_type
from hub.tables.schema import REVISION

_BUSY_TIMEOUT_MS = 30_000
"""Publishing a table of 10^4 partitions takes a fraction of a second; a queue of them less."""

_ADVISORY_LOCK = 0x68756264
"""PostgreSQL's number of the lock for migrations: the letters ``hubd``."""

_WRITING = "hub_writing"
_VERSION_TABLE = "alembic_version"


class DatabaseUrlError(UsageError):
    """The URL of the hub database cannot be used."""


class NetworkDatabaseError(UsageError):
    """The SQLite file lies on a file system of several machines."""


class DatabaseUnavailableError(TransientError):
    """The hub database cannot be reached, or is busy for too long."""


class DatabaseTooNewError(FatalError):
    """A newer hub has migrated the database."""


class Database:
    """An open hub database at the newest revision.

    Parameters
    ----------
    url
        SQLAlchemy URL; the folder of an SQLite file is made.

    Raises
    ------
    DatabaseUrlError, NetworkDatabaseError, DatabaseUnavailableError, DatabaseTooNewError
    """

    def __init__(self, url: str) -> None:
        self.url = _checked_url(url)
        self.path = sqlite_path(self.url)
        """File of an SQLite database, else null."""

        if self.path is not None:
            _refuse_network(self.path)
            _make_folder(self.path.parent)
        self._engine = _engine(self.url)
        if self.path is not None:
            self._prepare_sqlite(self.path)
        else:
            self._prepare_server()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection in a transaction that sees one state of the database."""
        with _translated(self.url), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection in a transaction that is committed if the block succeeds.

        On SQLite it has the write lock from the start, so that what it has
        read is still so when it writes.
        """
        with (
            _translated(self.url),
            self._engine.connect().execution_options(**{_WRITING: True}) as connection,
            connection.begin(),
        ):
            yield connection

    def revision(self) -> str | None:
        """Return the revision of the schema; null for an empty database."""
        with self.reading() as connection:
            return _revision(connection)

    def close(self) -> None:
        """Close the connections; the database can be used again afterwards."""
        self._engine.dispose()

    def _prepare_sqlite(self, path: Path) -> None:
        # Turning the log on needs the file for oneself, without any waiting of
        # SQLite's own; so even a look at the revision takes the lock, shared.
        with file_lock(path, shared=True):
            if path.exists() and self._is_current():
                return
        with file_lock(path, shared=False):
            self._turn_on_log()
            if not self._is_current():
                with self.writing() as connection:
                    _migrate(connection)

    def _turn_on_log(self) -> None:
        with _translated(self.url), self._engine.connect() as connection:
            # Set below SQLAlchemy, since it cannot be done in a transaction.
            connection.connection.dbapi_connection.execute("PRAGMA journal_mode = WAL")  # type: ignore[union-attr] # sqlite3's own connection

    def _prepare_server(self) -> None:
        if self._is_current():
            return
        with self.writing() as connection:
            connection.execute(
                text("SELECT pg_advisory_xact_lock(:number)"), {"number": _ADVISORY_LOCK}
            )
            if _revision(connection) != REVISION:
                _migrate(connection)

    def _is_current(self) -> bool:
        revision = self.revision()
        if revision is not None and revision > REVISION:
            raise DatabaseTooNewError(
                f"The hub database has revision {revision}, this hub knows {REVISION}.",
                hint="Use the newer hub that has migrated it.",
            )
        return revision == REVISION


def sqlite_path(url: URL) -> Path | None:
    """Return the file of an SQLite URL; null for other databases."""
    if url.get_backend_name() != "sqlite":
        return None
    return Path(url.database or "").absolute()


@contextmanager
def file_lock(path: Path, *, shared: bool) -> Iterator[None]:
    """Hold the lock of a file among the processes of this machine, waiting for it.

    The lock is on a neighbour with the ending ``.lock``, which stays. A process
    that dies lets it go.
    """
    neighbour = path.with_name(path.name + ".lock")
    try:
        with neighbour.open("ab") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
            yield
    except PermissionError as error:
        raise DatabaseUrlError(
            f"The folder of the hub database cannot be written: {neighbour.parent}.",
            hint="Choose another home with HUB_HOME or --home, or mend its rights.",
        ) from error


def _checked_url(text_: str) -> URL:
    try:
        url = make_url(text_)
        url.get_dialect()
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise DatabaseUrlError(
            "HUB_DATABASE is no SQLAlchemy URL of a known database.",
            hint="Write it like sqlite:////data/hub.sqlite or postgresql://user@host/hub.",
        ) from error
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise DatabaseUrlError(
            f"The hub database cannot be {url.get_backend_name()}.",
            hint="Use SQLite, or PostgreSQL for several machines.",
        )
    if url.get_backend_name() == "sqlite" and url.database in {None, "", ":memory:"}:
        raise DatabaseUrlError(
            "The hub database cannot be in memory.",
            hint="Write the URL of a file like sqlite:////data/hub.sqlite.",
        )
    _refuse_without_driver(url)
    return url


def _refuse_without_driver(url: URL) -> None:
    try:
        url.get_dialect().import_dbapi()
    except ImportError as error:
        raise DatabaseUrlError(
            f"The hub database needs a library that is not installed: {error.name}.",
            hint="Install it into the environment of the hub.",
        ) from error


def _refuse_network(path: Path) -> None:
    kind = file_system_type(path.parent)
    if kind in NETWORK_TYPES:
        raise NetworkDatabaseError(
            f"The hub database cannot lie on a network file system ({kind}): {path}.",
            hint="Set HUB_DATABASE to a file on a local disk, or to PostgreSQL.",
        )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUrlError(
            f"The folder of the hub database cannot be made: {error.strerror} ({folder}).",
            hint="Choose another home with HUB_HOME or --home.",
        ) from error


def _engine(url: URL) -> Engine:
    engine = create_engine(url, pool_pre_ping=url.get_backend_name() != "sqlite")
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    # Python's sqlite3 would begin transactions by its own rules, too late for reads.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get(_WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_VERSION_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {_VERSION_TABLE}")).scalar()  # noqa: S608 - a constant


def _migrate(connection: Connection) -> None:
    # Alembic takes a tenth of a second to load, and almost no start needs it.
    import_module("hub.tables.migrate").migrate(connection)


@contextmanager
def _translated(url: URL) -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise  # a fact about the data, which the caller knows to explain
    except DatabaseError as error:
        raise DatabaseUnavailableError(
            f"The hub database {url.render_as_string(hide_password=True)} cannot be used: "
            f"{error.orig}.",
            hint="hub doctor tells more.",
        ) from error

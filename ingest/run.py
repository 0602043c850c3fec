"""`ingest_catalog`: from a request to a published table, all or nothing."""

import errno
import fcntl
import os
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa

from hub.access import LOCAL, User
from hub.errors import FatalError, MissingError, UsageError
from hub.sky import healpix
from hub.tables.description import TableDescription
from hub.tables.layout import table_folder
from hub.tables.registry import Registry, VersionExistsError
from hub.tables.warehouse import Warehouse
from hub.tasks import ThreadRunner
from ingest import statistics
from ingest.progress import Progress
from ingest.publish import describe_catalog, describe_table, write_provenance
from ingest.random_key import random_numbers, text_bits
from ingest.request import IngestRequest
from ingest.stages import STAGES, NoSpaceError
from ingest.work import Work

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_OPEN_FILES = 65_536
_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


class WarehouseAccessError(UsageError):
    """The warehouse cannot be written."""


class IngestRunningError(UsageError):
    """Another process is making the same table."""


class DiskError(FatalError):
    """The disk failed."""


def ingest_catalog(
    request: IngestRequest,
    registry: Registry,
    warehouse: Warehouse,
    progress: Progress,
    *,
    owner: User = LOCAL,
) -> TableDescription:
    """Turn the input files into a table and publish it.

    Nothing is visible before the end; on any failure what was written is removed.

    Raises
    ------
    UsageError
        The input is bad, or the table exists.
    NoSpaceError
        The disk is full.
    """
    refuse_existing(request, registry, owner)
    folder = warehouse.local_path(table_folder(request.catalog, request.version, request.table))
    with _disk_errors(folder), _claimed(folder, warehouse.root):
        # Whoever owned the folder a moment ago may have published it since.
        refuse_existing(request, registry, owner)
        with _made(folder):
            return _ingest(request, registry, warehouse, progress, owner)


def _ingest(
    request: IngestRequest,
    registry: Registry,
    warehouse: Warehouse,
    progress: Progress,
    owner: User,
) -> TableDescription:
    """Run the stages in a folder that is empty and ours, and publish what they made."""
    relative = table_folder(request.catalog, request.version, request.table)
    raise_file_limit()
    warm_up()
    work = Work(
        request=request,
        folder=warehouse.local_path(relative),
        runner=ThreadRunner(request.threads),
        progress=progress,
    )
    try:
        for stage in STAGES:
            stage(work)
        table = describe_table(work, warehouse.url_of(relative))
        write_provenance(work, table)
        registry.publish(describe_catalog(work, table, owner))
    finally:
        progress.end()
    return table


def refuse_existing(request: IngestRequest, registry: Registry, owner: User) -> None:
    """Refuse a table that is published.

    Raises
    ------
    VersionExistsError
    """
    try:
        known = registry.catalog(request.catalog, request.version, owner)
    except MissingError:
        return
    if known.table(request.table) is not None:
        raise VersionExistsError(
            f"{request.catalog}@{request.version}.{request.table} is published already.",
            hint="Published data never change: choose another version, or remove this one.",
        )


def raise_file_limit() -> None:
    """Allow `_OPEN_FILES` open files, or what the system does: each thread maps all runs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def warm_up() -> None:
    """Compile the kernels and let pyarrow import what it needs, before threads start."""
    statistics.warm_up()
    healpix.keys(np.zeros(1), np.zeros(1))
    random_numbers(text_bits(pa.array(["warm"])), 0)


@contextmanager
def _claimed(folder: Path, root: Path) -> Iterator[None]:
    """Keep others from making the same table; empty folders go when the block ends."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock_path = folder.parent / f".{folder.name}.lock"
    with lock_path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Its last owner may have deleted the file between opening and locking.
            is_ours = os.path.samestat(os.fstat(lock.fileno()), lock_path.stat())
        except (BlockingIOError, FileNotFoundError):
            is_ours = False
        if not is_ours:
            raise IngestRunningError(
                "Another process is ingesting this table.", hint="Wait for it to end."
            )
        try:
            yield
        finally:
            lock_path.unlink(missing_ok=True)
            _remove_empty(folder.parent, root)


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """Make an empty folder, from what a killed ingest left too; remove it on failure."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _remove_empty(folder: Path, root: Path) -> None:
    while folder != root and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


@contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    """Say in the hub's words what the disk refused."""
    try:
        yield
    except OSError as error:
        place = error.filename or folder
        if error.errno in _FULL or "No space left" in str(error):
            raise NoSpaceError(
                f"The disk of {folder} is full.",
                hint="Free some space, or set HUB_WAREHOUSE to a larger disk.",
            ) from error
        if error.errno in _REFUSED:
            raise WarehouseAccessError(
                f"{place} cannot be written: {error.strerror}.",
                hint="Check the rights of the folder, or set HUB_WAREHOUSE to another.",
            ) from error
        raise DiskError(f"{error} ({place}).") from error

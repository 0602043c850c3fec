"""Files that appear when they are whole, and not at all otherwise."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from hub.errors import FatalError, UsageError


class OutputError(UsageError):
    """The output cannot be written where the user wants it."""


class NoSpaceError(FatalError):
    """The disk is full."""


@contextmanager
def open_output(path: Path) -> Iterator[BinaryIO]:
    """Give a binary file that becomes ``path`` when the context ends without an error.

    Written aside in the same folder and renamed, so a reader sees the old
    file or the whole new one; after an error nothing is left of the new one.
    A symbolic link keeps pointing where it points. A device or pipe, such as
    ``/dev/null``, is written directly.

    Raises
    ------
    OutputError
        The folder does not exist or cannot be written, or ``path`` is a folder.
    NoSpaceError
        The disk became full.
    """
    with _opening(path):
        is_folder = path.is_dir()
        is_special = path.exists() and not path.is_file()
    if is_folder:
        raise OutputError(f"{path} is a folder.", hint="Name a file in it.")
    if is_special:
        with _opening(path):
            descriptor = os.open(path, os.O_WRONLY)
        with disk_errors(path), os.fdopen(descriptor, "wb") as sink:
            yield sink
        return
    target = path.resolve()
    aside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.part")
    with _opening(path):
        # os.open and not tempfile: the file gets the permissions of any new file.
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with disk_errors(path), os.fdopen(descriptor, "wb") as sink:
            yield sink
            sink.flush()
            os.fsync(sink.fileno())
        with _opening(path):
            aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn the system's word about a full disk into the hub's, naming ``path``.

    Raises
    ------
    NoSpaceError
    """
    try:
        yield
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise NoSpaceError(
            f"No space left on the disk while writing {path}.",
            hint="Free some space, or write somewhere else; nothing was left behind.",
        ) from error


@contextmanager
def _opening(path: Path) -> Iterator[None]:
    """Turn the system's reasons why a file cannot be made into a sentence."""
    reasons = {
        errno.ENOENT: ("its folder does not exist", "Make the folder first."),
        errno.ENOTDIR: ("its folder is a file", "Name a folder that exists."),
        errno.EACCES: ("its folder may not be written", "Check the rights of the folder."),
        errno.EPERM: ("it may not be replaced", "Check the rights of the file."),
        errno.EROFS: ("the disk is read-only", "Write somewhere else."),
        errno.ENAMETOOLONG: ("its name is too long", "Take a shorter one."),
    }
    try:
        with disk_errors(path):
            yield
    except OSError as error:
        if error.errno not in reasons:
            raise
        reason, hint = reasons[error.errno]
        raise OutputError(f"{path} cannot be written: {reason}.", hint=hint) from error

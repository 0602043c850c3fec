"""Files that appear when they are whole, and not at all otherwise."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from hub.errors import FatalError, HubError, UsageError


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
    with disk_errors(path):
        if path.exists() and not path.is_file() and not path.is_dir():
            with path.open("wb") as sink:
                yield sink
            return
        if path.is_dir():
            raise OutputError(f"{path} is a folder.", hint="Name a file in it.")
        target = path.resolve()
        aside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.part")
        # os.open and not tempfile: the file gets the permissions of any new file.
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            with os.fdopen(descriptor, "wb") as sink:
                yield sink
                sink.flush()
                os.fsync(sink.fileno())
            aside.replace(target)
        finally:
            aside.unlink(missing_ok=True)


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn the system's errors about files into the hub's, naming ``path``."""
    try:
        yield
    except HubError:
        raise
    except OSError as error:
        raise _translated(error, path) from error


def _translated(error: OSError, path: Path) -> Exception:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return NoSpaceError(
            f"No space left on the disk while writing {path}.",
            hint="Free some space, or write somewhere else; nothing was left behind.",
        )
    if error.errno in {errno.ENOENT, errno.ENOTDIR}:
        return OutputError(f"The folder of {path} does not exist.", hint="Make it first.")
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return OutputError(f"{path} may not be written.", hint="Check the rights of its folder.")
    if error.errno == errno.ENAMETOOLONG:
        return OutputError(f"The name of {path} is too long.")
    return error

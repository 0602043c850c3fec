"""`Warehouse`: where the files of tables lie."""

import os
import shutil
from pathlib import Path, PurePath
from urllib.parse import unquote, urlsplit

from hub.errors import FatalError, UsageError


class WarehouseUrlError(UsageError):
    """The URL of the warehouse, or of a table, is of a kind that this hub cannot reach."""


class OutsideWarehouseError(UsageError):
    """A path leads out of the warehouse."""


class WarehouseError(FatalError):
    """Files of the warehouse could not be changed."""


class Warehouse:
    """A folder of tables, named by a ``file:`` URL.

    Parameters
    ----------
    url
        Such as ``file:///data/warehouse``; the folder need not exist yet.

    Raises
    ------
    WarehouseUrlError
        The URL has another scheme.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.root = _local(url)

    def local_path(self, relative: str | PurePath) -> Path:
        """Return the path of something in the warehouse.

        Raises
        ------
        OutsideWarehouseError
            The relative path is absolute or goes up.
        """
        path = Path(os.path.normpath(self.root / relative))
        if path == self.root or not path.is_relative_to(self.root):
            raise OutsideWarehouseError(f"{str(relative)!r} is no path inside the warehouse.")
        return path

    def url_of(self, relative: str | PurePath) -> str:
        """Return the URL of something in the warehouse, without a slash at the end."""
        return self.local_path(relative).as_uri()

    def local_of_url(self, url: str) -> Path:
        """Return the local path of a table's location, or of something below it.

        Raises
        ------
        WarehouseUrlError
            The URL has another scheme than ``file``.
        """
        return _local(url)

    def delete(self, relative: str | PurePath) -> None:
        """Delete a folder with all that is in it; nothing happens if there is none.

        Raises
        ------
        WarehouseError
            Something could not be deleted; says what.
        """
        path = self.local_path(relative)
        try:
            shutil.rmtree(path)
        except FileNotFoundError:
            return
        except OSError as error:
            raise WarehouseError(
                f"{error.strerror} ({error.filename or path}).", hint=f"Delete {path} by hand."
            ) from error


def _local(url: str) -> Path:
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc not in {"", "localhost"}:
        raise WarehouseUrlError(
            f"Tables cannot lie at {url}.", hint="This hub reads file: URLs of this machine."
        )
    return Path(os.path.normpath(unquote(parts.path)))

"""Batches kept aside in a file, for formats that must know all rows before they write one."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa

from hub.results.atomic import disk_errors


class Spool:
    """A temporary file of Arrow batches, written once and read as often as wanted.

    The file has no name, so nothing is left of it even after a killed
    process. It is read by plain reads and not mapped into memory: mapped
    pages would count as memory of the process.

    Parameters
    ----------
    scratch
        Folder for the file, with room for the batches uncompressed.
    schema
        Schema of every batch.
    """

    def __init__(self, scratch: Path, schema: pa.Schema) -> None:
        self._scratch = scratch
        self._schema = schema
        self._file = tempfile.TemporaryFile(dir=scratch)  # noqa: SIM115
        self._writer = pa.ipc.new_stream(self._file, schema)

    def append(self, columns: Sequence[pa.Array]) -> None:
        """Keep one more batch.

        Raises
        ------
        NoSpaceError
            The scratch folder is full.
        """
        with disk_errors(self._scratch):
            self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._schema))

    def finish(self) -> None:
        """End the writing; `read` may be called from here on."""
        with disk_errors(self._scratch):
            self._writer.close()
            self._file.flush()

    def read(self) -> Iterator[pa.RecordBatch]:
        """Yield all batches, in order; one reading at a time."""
        self._file.seek(0)
        yield from pa.ipc.open_stream(self._file)

    def close(self) -> None:
        """Remove the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

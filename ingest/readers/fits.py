"""Reader of FITS binary tables: the first table of a file, also compressed by gzip."""

import gzip
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
import pyarrow as pa
from astropy.io import fits
from astropy.utils.exceptions import AstropyWarning

from ingest.readers import InputError, Piece, ReadOptions, SourceColumn
from ingest.readers.fits_columns import Bytes, FitsColumn, decode, read_columns, source_columns

_BLOCK_BYTES = 2880
"""FITS files are made of blocks of this size."""

_DAMAGE = (OSError, EOFError, zlib.error)


@dataclass(frozen=True, kw_only=True)
class FitsSource:
    """An opened binary table."""

    path: Path
    columns: tuple[SourceColumn, ...]
    rows: int
    row_bytes: float
    layout: tuple[FitsColumn, ...]
    row_width: int
    """Bytes of a row in the file."""

    data_start: int
    """First byte of the rows in the (unpacked) file."""

    notes: tuple[str, ...]

    def pieces(self, file: int, rows: int) -> Iterator[Piece]:
        """Yield ranges of rows; a compressed file is unpacked in order, ahead of the tasks."""
        starts = range(0, self.rows, rows)
        if not _is_packed(self.path):
            for start in starts:
                count = min(rows, self.rows - start)
                yield self._piece(file, start, count, partial(self._read, start, count))
            return
        with _open(self.path) as stream:
            self._skip(stream)
            for start in starts:
                count = min(rows, self.rows - start)
                raw = self._read_rows(stream, start, count)
                yield self._piece(file, start, count, partial(self._decode, raw))

    def _piece(self, file: int, start: int, count: int, read: "partial[pa.Table]") -> Piece:
        return Piece(file=file, path=self.path, first_row=start, rows=count, read=read)

    def _skip(self, stream: BinaryIO) -> None:
        try:
            stream.seek(self.data_start)
        except _DAMAGE as error:
            raise self._cut(0) from error

    def _read(self, start: int, count: int) -> pa.Table:
        with _open(self.path) as stream:
            stream.seek(self.data_start + start * self.row_width)
            return self._decode(self._read_rows(stream, start, count))

    def _read_rows(self, stream: BinaryIO, start: int, count: int) -> Bytes:
        raw = np.empty((count, self.row_width), np.uint8)
        view = raw.reshape(-1).data
        done = 0
        try:
            while done < len(view):
                step = cast("Any", stream).readinto(view[done:])
                if not step:
                    raise self._cut(start + done // self.row_width)
                done += step
        except _DAMAGE as error:
            raise self._cut(start + done // self.row_width) from error
        return raw

    def _cut(self, row: int) -> InputError:
        return InputError(
            f"The FITS file {self.path} is cut off: it should hold {self.rows} rows "
            f"but ends in row {row + 1}.",
            hint="Copy or download it again.",
            where=f"{self.path}, row {row + 1}",
        )

    def _decode(self, raw: Bytes) -> pa.Table:
        arrays = [array for column in self.layout for array in decode(column, raw)]
        return pa.Table.from_arrays(arrays, names=[column.name for column in self.columns])


def _is_packed(path: Path) -> bool:
    return path.name.lower().endswith(".gz")


def _open(path: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path)) if _is_packed(path) else path.open("rb")


@dataclass(frozen=True, kw_only=True)
class FitsReader:
    """Opens FITS files."""

    name: str = "fits"
    suffixes: tuple[str, ...] = (".fits", ".fit", ".fits.gz", ".fit.gz")

    def open(self, path: Path, options: ReadOptions) -> FitsSource:  # noqa: ARG002
        """Read the headers up to the first binary table."""
        header, data_start, notes = _find_table(path)
        layout = read_columns(header, str(path))
        source = FitsSource(
            path=path,
            columns=tuple(made for column in layout for made in source_columns(column)),
            rows=int(header["NAXIS2"]),
            row_bytes=_memory_width(layout),
            layout=layout,
            row_width=int(header["NAXIS1"]),
            data_start=data_start,
            notes=notes,
        )
        if not _is_packed(path):
            _check_length(source)
        return source


def _find_table(path: Path) -> tuple[fits.Header, int, tuple[str, ...]]:
    with warnings.catch_warnings():
        # Astropy warns of cards outside the standard; what matters is checked here.
        warnings.simplefilter("ignore", AstropyWarning)
        try:
            with fits.open(path, memmap=False, lazy_load_hdus=True) as hdus:
                for number, hdu in enumerate(hdus):
                    if type(hdu) is fits.BinTableHDU:
                        others = f"{path}: table {hdu.name or number} is read"
                        notes = (others,) if _has_more_tables(hdus, number) else ()
                        return hdu.header.copy(), int(hdu.fileinfo()["datLoc"]), notes
        except (*_DAMAGE, ValueError, KeyError, TypeError, fits.VerifyError) as error:
            raise InputError(
                f"Cannot read the FITS file {path}: {error}.",
                hint="The file may be cut off or damaged; copy it again.",
                where=str(path),
            ) from error
    if _is_cut(path):
        raise InputError(
            f"The FITS file {path} is cut off before its first binary table.",
            hint="Copy or download it again.",
            where=str(path),
        )
    raise InputError(f"The FITS file {path} holds no binary table.", where=str(path))


def _is_cut(path: Path) -> bool:
    """Tell whether a file ends inside a block; astropy takes one for the end of the file."""
    size = 0
    with _open(path) as stream:
        try:
            while part := stream.read(2**20):
                size += len(part)
        except _DAMAGE:
            return True
    return size % _BLOCK_BYTES != 0


def _has_more_tables(hdus: fits.HDUList, number: int) -> bool:
    # Only headers that are loaded by now or follow at once: to look for all of
    # them would unpack a compressed file twice.
    try:
        following = hdus[number + 1]
    except (IndexError, *_DAMAGE):
        return False
    return type(following) is fits.BinTableHDU


def _check_length(source: FitsSource) -> None:
    expected = source.data_start + source.rows * source.row_width
    actual = source.path.stat().st_size
    if actual < expected:
        whole = max(actual - source.data_start, 0) // source.row_width
        raise InputError(
            f"The FITS file {source.path} is cut off: {source.rows} rows need {expected} bytes, "
            f"it has {actual}.",
            hint="Copy or download it again.",
            where=f"{source.path}, row {whole + 1}",
        )


def _memory_width(layout: tuple[FitsColumn, ...]) -> float:
    # Texts need an offset, scaled integers become float64.
    return float(sum(column.width + (4 if column.code == "A" else 0) for column in layout) + 8)


FITS = FitsReader()

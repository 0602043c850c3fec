"""`SkyDensity`: rows per HEALPix pixel, and its copy on disk."""

import math
import secrets
import zipfile
from dataclasses import dataclass
from pathlib import Path

import cdshealpix.nested as cdshealpix
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from hub.explore import kernels
from hub.explore.arrays import numbers
from hub.sky.healpix import KEY_ORDER
from hub.tables.description import KEY_COLUMN

_MOST_PIXELS = 1 << 22
"""Pixels counted at once: 32 MiB."""

_HIGHEST_ORDER = 13
_WHOLE_SKY_DEG2 = 129_600 / math.pi


@dataclass(frozen=True, kw_only=True)
class SkyDensity:
    """Rows per pixel, nested, ICRS; only pixels with rows are listed."""

    order: int
    pixels: npt.NDArray[np.int64]
    """Ascending."""

    counts: npt.NDArray[np.int64]
    rows_total: int
    """Rows of the table, those without a position included."""

    @property
    def rows_placed(self) -> int:
        """Rows with a position."""
        return int(self.counts.sum())

    @property
    def pixel_deg2(self) -> float:
        """Area of a pixel in square degrees."""
        return _WHOLE_SKY_DEG2 / (12 << 2 * self.order)

    @property
    def covered_deg2(self) -> float:
        """Area of the pixels with rows, in square degrees."""
        return self.pixels.size * self.pixel_deg2

    def positions(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return right ascension and declination of the pixels' centres in degrees."""
        ra, dec = cdshealpix.healpix_to_lonlat(self.pixels.astype(np.uint64), self.order)
        return ra.to_value("deg"), dec.to_value("deg")

    def at_order(self, order: int) -> "SkyDensity":
        """Return the same rows in larger pixels.

        Nested numbering: going up one order drops the two lowest bits.
        """
        if order >= self.order:
            return self
        parents = self.pixels >> 2 * (self.order - order)
        pixels, first = np.unique(parents, return_index=True)
        counts = np.add.reduceat(self.counts, first) if pixels.size else self.counts
        return SkyDensity(order=order, pixels=pixels, counts=counts, rows_total=self.rows_total)

    def filled_at_least(self, rows: float) -> "SkyDensity":
        """Return the finest order at which a pixel with rows has so many on average."""
        density = self
        while density.order > 3 and density.rows_placed < rows * density.pixels.size:
            density = density.at_order(density.order - 1)
        return density


class DensityCounter:
    """Counts rows by the pixel of their order-29 key.

    Parameters
    ----------
    key_min, key_max
        Where the keys lie: a small survey is counted in smaller pixels.
    """

    def __init__(self, key_min: int, key_max: int) -> None:
        self._shift = 2 * (KEY_ORDER - _HIGHEST_ORDER)
        while (key_max >> self._shift) - (key_min >> self._shift) >= _MOST_PIXELS:
            self._shift += 2
        self._first = key_min >> self._shift
        self._counts = np.zeros((key_max >> self._shift) - self._first + 1, np.int64)

    def add(self, batch: pa.RecordBatch) -> None:
        """Count the rows of a batch whose one column is the key; null ones are left out."""
        keys = numbers(batch.column(0), KEY_COLUMN)
        codes = np.zeros(batch.num_rows, np.int32)
        if keys.bitmap is not None:
            kernels.mark_nulls(keys.bitmap, keys.offset, codes)
        kernels.count_pixels(keys.values, codes, self._shift, self._first, self._counts)

    def finish(self, rows_total: int) -> SkyDensity:
        """Return the density of the rows so far."""
        filled = np.flatnonzero(self._counts)
        return SkyDensity(
            order=KEY_ORDER - self._shift // 2,
            pixels=filled + self._first,
            counts=self._counts[filled],
            rows_total=rows_total,
        )


def save_density(density: SkyDensity, path: Path) -> None:
    """Write a density aside and put it in place when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Processes may write the same density at once: each into a file of its own.
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with aside.open("xb") as sink:
            np.savez_compressed(
                sink,
                order=density.order,
                pixels=density.pixels,
                counts=density.counts,
                rows_total=density.rows_total,
            )
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def load_density(path: Path) -> SkyDensity | None:
    """Return a saved density; null when there is none, or none that can be read."""
    try:
        with np.load(path) as saved:
            return SkyDensity(
                order=int(saved["order"]),
                pixels=saved["pixels"],
                counts=saved["counts"],
                rows_total=int(saved["rows_total"]),
            )
    except (FileNotFoundError, zipfile.BadZipFile, KeyError, ValueError):
        # It is a copy: whatever is wrong with it, the table can be counted again.
        return None

"""Grids to pixels: Datashader gives each cell its colour, sharp squares fill the box."""

import datashader.transfer_functions as tf
import numpy as np
import numpy.typing as npt
import xarray as xr

from hub.explore.colours import colour_map

Pixels = npt.NDArray[np.uint8]


def shade(places: npt.NDArray[np.float64], colours: str, theme: str) -> Pixels:
    """Return the colours of places on a map, shape (rows, columns, 4); NaN is transparent.

    Row 0 of the grid stays row 0.
    """
    colour_names = list(colour_map(colours, theme))
    if np.isnan(places).all():
        return np.zeros((*places.shape, 4), np.uint8)
    image = tf.shade(xr.DataArray(places), cmap=colour_names, how="linear", span=(0.0, 1.0))
    return np.ascontiguousarray(image.data).view(np.uint8).reshape(*places.shape, 4)


def nearest(cells: Pixels, width: int, height: int) -> Pixels:
    """Return cells as sharp rectangles that fill width × height device pixels."""
    rows, columns = cells.shape[:2]
    x = np.minimum(((np.arange(width) + 0.5) * columns / width).astype(int), columns - 1)
    y = np.minimum(((np.arange(height) + 0.5) * rows / height).astype(int), rows - 1)
    return np.ascontiguousarray(cells[y[:, None], x[None, :]])


def on_ground(pixels: Pixels, ground: tuple[int, int, int, int]) -> Pixels:
    """Return pixels with the ground where they are transparent."""
    return np.where(pixels[..., 3:] == 0, np.array(ground, np.uint8), pixels)

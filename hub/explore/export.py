"""Plots as numbers: ``.npz`` for programs, ``.csv`` for tables; nothing lost in rounding."""

import csv
import io
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from hub.explore.plot import BinnedPlot

_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
"""Date of the members, so that the same plot gives the same bytes."""


def write_npz(plot: BinnedPlot, sink: BinaryIO) -> None:
    """Write ``grid``, ``x_edges``, ``y_edges``, ``error`` and ``meta`` for `numpy.load`.

    ``y_edges`` has no elements for a histogram; ``meta`` is JSON in a text
    array without dimensions.
    """
    members: dict[str, npt.NDArray[Any]] = {
        "grid": plot.grid,
        "x_edges": plot.x_edges,
        "y_edges": plot.y_edges,
        "error": plot.error,
        "meta": np.array(plot.meta_text),
    }
    with zipfile.ZipFile(sink, "w") as archive:
        for name, array in members.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, np.asanyarray(array), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=_ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content.getvalue(), compresslevel=1)


def write_csv(plot: BinnedPlot, sink: BinaryIO) -> None:
    """Write a line per cell: its edges, its value and the value's standard error.

    Header ``x_low,x_high,value,error`` or ``x_low,x_high,y_low,y_high,value,error``;
    x runs fastest. Numbers are in their shortest exact form; a cell without a
    mean, minimum, maximum or deviation says ``nan``.
    """
    text = io.TextIOWrapper(sink, encoding="utf-8", newline="")
    writer = csv.writer(text, lineterminator="\n")
    axes = ["x_low", "x_high"] if plot.y is None else ["x_low", "x_high", "y_low", "y_high"]
    writer.writerow([*axes, "value", "error"])
    if plot.y is None:
        writer.writerows(_line(plot, plot.grid, plot.error, []))
    else:
        edges = plot.y_edges.tolist()
        for row, ends in enumerate(pairwise(edges)):
            writer.writerows(_line(plot, plot.grid[row], plot.error[row], list(ends)))
    text.flush()
    text.detach()


def _line(
    plot: BinnedPlot,
    values: npt.NDArray[Any],
    errors: npt.NDArray[np.float64],
    y_ends: list[float],
) -> Iterator[list[float]]:
    edges = plot.x_edges.tolist()
    cells = zip(edges[:-1], edges[1:], values.tolist(), errors.tolist(), strict=True)
    for low, high, value, error in cells:
        yield [low, high, *y_ends, value, error]

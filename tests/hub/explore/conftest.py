"""A small plot with a row of every fate."""

import numpy as np
import pyarrow as pa
import pytest

from hub.explore.axes import Axis
from hub.explore.binning import Binner
from hub.explore.plot import BinnedPlot, Origin
from hub.explore.statistic import Statistic


@pytest.fixture
def make_plot():
    """Return a function that bins columns (x[, y][, of]) into a whole plot."""

    def make(
        x, y, columns, statistic=Statistic.COUNT, of="", of_unit="", sample="", rows_total=None
    ):
        binner = Binner(x, y, statistic)
        arrays = [pa.array(column, pa.float64()) for column in columns]
        binner.add(pa.RecordBatch.from_arrays(arrays, names=[f"c{i}" for i in range(len(arrays))]))
        binned = binner.finish()
        rows = len(arrays[0])
        return BinnedPlot(
            x=x,
            y=y,
            statistic=statistic,
            of=of,
            of_unit=of_unit,
            grid=binned.grid,
            filled=binned.filled,
            error=np.zeros(binned.grid.shape),
            counts=binned.counts,
            of_null=binned.of_null,
            of_nan=binned.of_nan,
            rows_total=rows_total or rows,
            rows_read=rows,
            fraction=1.0,
            exact=True,
            sample=sample,
            origin=Origin(
                table="stars@1.0.main",
                selection='{"catalog":"stars","version":"1.0"}',
                selection_id="0" * 64,
                engine="duckdb",
                created="2026-11-21T00:00:00+00:00",
                software="exploration-hub",
            ),
        )

    return make


@pytest.fixture
def fates(make_plot):
    """Return a heat map with a known number of rows of every class."""
    nan, inf = float("nan"), float("inf")
    x = [1.0] * 1200 + [None] * 3 + [nan] * 2 + [inf] + [-1.0] * 4 + [0.01] * 5 + [999.0] * 6
    y = [0.5] * 1200 + [0.5] * 21
    x += [1.0] * 7 + [1.0] * 8
    y += [-3.0] * 7 + [3.0] * 8
    return make_plot(
        Axis(expression="flux", low=0.1, high=100.0, bins=30, log=True, unit="Jy"),
        Axis(expression="colour", low=0.0, high=1.0, bins=40),
        [x, y],
    )

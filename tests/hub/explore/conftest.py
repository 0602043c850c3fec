"""A small plot with a row of every fate."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hub.cli.main import main
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


STARS = 6000


@pytest.fixture(scope="session")
def stars():
    """Return columns in which every fate of a value occurs, as masked arrays (masked = null)."""
    generator = np.random.default_rng(7)
    mag = generator.normal(12.0, 2.0, STARS)
    mag[:30] = np.nan
    mag[30:35] = np.inf
    mag[35:37] = -np.inf
    flux = 10.0 ** (-0.4 * (generator.normal(12.0, 2.0, STARS) - 20.0))
    flux[40:60] = 0.0
    flux[60:65] = -1.0
    row = np.arange(STARS)
    return {
        "id": np.ma.masked_array(row + 2**60),
        "ra": np.ma.masked_array(generator.uniform(0, 360, STARS)),
        "dec": np.ma.masked_array(np.degrees(np.arcsin(generator.uniform(-1, 1, STARS)))),
        "g_mag": np.ma.masked_array(mag, mask=row % 100 == 7),
        "flux": np.ma.masked_array(flux.astype(np.float32), mask=row % 200 == 9),
        "kind": np.ma.masked_array(
            generator.integers(0, 9, STARS).astype(np.int16), mask=row % 50 == 3
        ),
        "name": np.ma.masked_array(np.array([f"s{number}" for number in row])),
    }


@pytest.fixture(scope="session")
def stars_home(stars, tmp_path_factory):
    """Return the home of a hub that holds the catalog ``stars``."""
    folder = tmp_path_factory.mktemp("stars")
    arrays = {
        name: pa.array(column.data, mask=np.ma.getmaskarray(column))
        for name, column in stars.items()
    }
    pq.write_table(pa.table(arrays), folder / "stars.parquet")
    home = folder / "home"
    file = str(folder / "stars.parquet")
    assert main(["--home", str(home), "ingest", "catalog", "stars", "1.0", file]) == 0
    return home

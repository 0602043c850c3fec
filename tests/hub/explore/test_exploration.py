"""Plots of a real table through planner and engine equal numpy on the same rows."""

import json

import numpy as np
import pytest

from hub.access import LOCAL
from hub.assemble import assemble
from hub.errors import ErrorKind, HubError, UsageError
from hub.explore.axes import AxisError
from hub.explore.request import AxisRequest, PlotRequest, parse_bins, parse_range
from hub.explore.statistic import Statistic
from hub.query.selection import Selection
from hub.services.exploration import Exploration
from hub.settings import Settings


@pytest.fixture(scope="session")
def services(stars_home):
    return assemble(Settings.load({}, stars_home))


@pytest.fixture
def draw(services):
    """Plot expressions of the catalog, or of another selection of it."""

    def plot(x, y=None, selection=None, **more):
        document = {"catalog": "stars", **(selection or {})}
        return services.exploration.plot(
            PlotRequest(
                selection=Selection.parse(document),
                x=x if isinstance(x, AxisRequest) else AxisRequest(expression=x),
                y=AxisRequest(expression=y) if isinstance(y, str) else y,
                **more,
            ),
            LOCAL,
        )

    return plot


def finite(column):
    values = column.compressed().astype(float)
    return values[np.isfinite(values)]


def test_range_is_the_finite_minimum_and_maximum_of_the_column(draw, stars):
    for name in ("ra", "g_mag", "flux", "kind", "id"):
        plot = draw(name, bins=(20, None))
        values = finite(stars[name])
        assert (plot.x_edges[0], plot.x_edges[-1]) == (values.min(), values.max())
        expected, _ = np.histogram(values, bins=plot.x_edges)
        assert plot.grid.tolist() == expected.tolist()
        assert plot.counts.selected == len(stars[name])


def test_a_log_axis_begins_at_the_least_positive_value(draw, stars):
    plot = draw(AxisRequest(expression="flux", log=True))
    values = finite(stars["flux"])
    positive = values[values > 0]
    assert (plot.x_edges[0], plot.x_edges[-1]) == (positive.min(), positive.max())
    assert plot.counts.nonpositive == (values <= 0).sum()
    assert plot.counts.null == stars["flux"].mask.sum()


def test_every_row_has_one_fate(draw, stars):
    x = AxisRequest(expression="flux", log=True, range=(100.0, 1e4))
    y = AxisRequest(expression="g_mag", range=(10.0, 14.0))
    plot = draw(x, y, bins=(30, 20))
    flux, mag = stars["flux"].data.astype(float), stars["g_mag"].data
    null = stars["flux"].mask | stars["g_mag"].mask
    nan = ~null & np.isnan(mag)
    infinite = ~null & ~nan & np.isinf(mag)
    left = ~null & ~nan & ~infinite
    nonpositive = left & (flux <= 0)
    left &= ~nonpositive
    x_below, x_above = left & (flux < 100), left & (flux > 1e4)
    left &= ~x_below & ~x_above
    y_below, y_above = left & (mag < 10), left & (mag > 14)
    left &= ~y_below & ~y_above
    meta = plot.meta
    expected = {
        "null": null, "nan": nan, "infinite": infinite, "nonpositive": nonpositive,
        "x_below": x_below, "x_above": x_above, "y_below": y_below, "y_above": y_above,
        "in_view": left,
    }  # fmt: skip
    assert {name: meta[name] for name in expected} == {
        name: int(rows.sum()) for name, rows in expected.items()
    }
    grid, _, _ = np.histogram2d(mag[left], flux[left], bins=[plot.y_edges, plot.x_edges])
    assert np.array_equal(plot.grid, grid)
    assert meta["rows_selected"] == meta["rows_total"] == meta["rows_read"] == len(flux)
    assert meta["exact"] is True
    assert meta["fraction"] == 1
    assert meta["engine"] == "duckdb"
    assert meta["selection"] == {"catalog": "stars", "version": "1.0"}


@pytest.mark.parametrize("statistic", ["mean", "sum", "min", "max", "std"])
def test_statistics_of_an_expression(draw, stars, statistic):
    x = AxisRequest(expression="ra", range=(0.0, 360.0))
    plot = draw(x, bins=(8, None), statistic=Statistic(statistic), of="g_mag - 2 * kind")
    ra, mag, kind = stars["ra"].data, stars["g_mag"], stars["kind"]
    null = mag.mask | kind.mask
    values = mag.data - 2.0 * kind.data
    nan = ~null & np.isnan(values)
    assert (plot.of_null, plot.of_nan) == (null.sum(), nan.sum())
    cell = np.searchsorted(plot.x_edges, ra, side="right") - 1
    function = getattr(np, statistic)
    with np.errstate(invalid="ignore"):
        expected = [function(values[~null & ~nan & (cell == number)]) for number in range(8)]
    np.testing.assert_allclose(plot.grid, expected, rtol=1e-11)


def test_region_filters_sample_and_limit_are_kept(draw, stars):
    ra, dec = stars["ra"].data, stars["dec"].data
    box = {
        "kind": "box",
        "ra_min_deg": 300.0,
        "ra_max_deg": 40.0,
        "dec_min_deg": -30.0,
        "dec_max_deg": 60.0,
    }
    filters = {"column": "kind", "op": ">=", "value": 3}
    inside = ((ra >= 300) | (ra <= 40)) & (dec >= -30) & (dec <= 60)
    inside &= stars["kind"].filled(-1) >= 3
    plot = draw("dec", selection={"region": box, "filters": filters})
    assert plot.counts.selected == inside.sum()
    assert plot.rows_total == len(ra)
    limited = draw(
        AxisRequest(expression="colour", range=(0.0, 1000.0)),
        selection={
            "columns": [{"name": "colour", "expression": "ra + 100"}],
            "order_by": [{"column": "colour"}],
            "limit": 50,
        },
        bins=(1000, None),
    )
    assert limited.counts.selected == 50
    low = np.sort(ra)[:50] + 100
    assert np.array_equal(limited.grid, np.histogram(low, bins=limited.x_edges)[0])
    sampled = draw("ra", selection={"sample": {"log2": 2}})
    assert 0 < sampled.counts.selected < len(ra) / 2
    assert sampled.meta["sample"] == "1/4 sample"


def test_ranges_of_expressions_and_fits_are_those_of_the_selected_rows(draw, stars):
    filters = {"column": "ra", "op": "between", "low": 100, "high": 120}
    inside = (stars["ra"].data >= 100) & (stars["ra"].data <= 120)
    ra = stars["ra"].data[inside]
    fitted = draw("ra", selection={"filters": filters}, fit=True)
    assert (fitted.x_edges[0], fitted.x_edges[-1]) == (ra.min(), ra.max())
    twice = draw("2 * ra", selection={"filters": filters})
    assert (twice.x_edges[0], twice.x_edges[-1]) == (2 * ra.min(), 2 * ra.max())
    whole = draw("ra", selection={"filters": filters})
    assert whole.x_edges[-1] == stars["ra"].data.max()


def test_one_value_and_no_value_still_make_a_plot(draw):
    one = draw("kind", selection={"filters": {"column": "kind", "op": "=", "value": 4}}, fit=True)
    assert one.grid.sum() == one.counts.selected > 0
    assert one.x_edges[0] < 4 < one.x_edges[-1]
    none = draw("kind + 0", selection={"filters": {"column": "kind", "op": ">", "value": 100}})
    assert none.counts.selected == 0
    assert (none.x_edges[0], none.x_edges[-1]) == (0, 1)


def test_axes_know_frame_and_direction(draw):
    plot = draw("ra", "dec", bins=(36, 18))
    assert (plot.x.frame, plot.y.frame) == ("icrs", "icrs")
    assert plot.x.ucd.startswith("pos.eq.ra")
    assert plot.grid.shape == (18, 36)


def test_differences_keep_the_unit_that_their_columns_share(draw):
    assert draw("ra - dec").x.unit == draw("ra").x.unit == "deg"
    assert draw("ra - kind").x.unit == ""
    assert draw("ra * dec").x.unit == ""


def test_wrong_requests_are_refused_with_a_reason(draw):
    with pytest.raises(UsageError, match="varchar"):
        draw("name")
    with pytest.raises(HubError, match="gmag") as failure:
        draw("ra", "gmag")
    assert failure.value.kind in (ErrorKind.USAGE, ErrorKind.MISSING)
    assert "expression 2 of the plot" in failure.value.where
    assert "g_mag" in failure.value.hint
    with pytest.raises(AxisError, match="empty"):
        draw(AxisRequest(expression="ra", range=(5.0, 5.0)))
    with pytest.raises(UsageError, match="cells"):
        draw("ra", "dec", bins=(10_000, 10_000))
    with pytest.raises(UsageError, match="bins"):
        draw("ra", bins=(0, None))
    with pytest.raises(UsageError, match="needs"):
        draw("ra", statistic=Statistic.MEAN)
    with pytest.raises(UsageError, match="Counts"):
        draw("ra", of="dec")


def test_texts_of_bins_and_ranges():
    assert parse_bins("100") == (100, None)
    assert parse_bins("400x300") == (400, 300)
    assert parse_range("-0.5:1e3", "x") == (-0.5, 1000.0)
    for wrong in ("", "x3", "1x2x3", "-4", "1.5"):
        with pytest.raises(UsageError, match="bins"):
            parse_bins(wrong)
    for wrong in ("5", "a:b", "1:2:3", ":"):
        with pytest.raises(UsageError, match="range"):
            parse_range(wrong, "x")


def test_sky_density_counts_the_placed_rows_and_is_kept(services, stars, tmp_path):
    exploration = Exploration(services.queries, tmp_path)
    density = exploration.sky_density("stars", None, "main", LOCAL)
    assert density.rows_placed == density.rows_total == len(stars["ra"])
    (kept,) = (tmp_path / "sky").iterdir()
    assert kept.name.startswith("stars@1.0.main-")
    again = exploration.sky_density("stars", "1.0", "main", LOCAL)
    assert np.array_equal(again.counts, density.counts)


def test_meta_is_json_with_unicode(draw):
    assert json.loads(draw("ra").meta_text)["table"] == "stars@1.0.main"

"""Every row lands in exactly the bin, or the class, that the returned edges say."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.explore.arrays import NotNumericError, numbers
from hub.explore.axes import Axis, AxisError, widened
from hub.explore.binning import Binner
from hub.explore.statistic import Statistic

NUMBERS = st.one_of(
    st.none(),
    st.sampled_from(
        [0.0, -0.0, 1.0, 2.0, 3.0, 0.1, 0.3, float("nan"), float("inf"), -float("inf")]
    ),
    st.floats(-5, 5),
    st.floats(),
    st.floats(width=32),
)


@st.composite
def axes(draw, log=None):
    log = draw(st.booleans()) if log is None else log
    low = draw(st.sampled_from([1e-3, 0.1, 1.0, 7.3])) if log else draw(st.floats(-10, 10))
    high = low * draw(st.floats(1.5, 1e6)) if log else low + draw(st.floats(1e-3, 100))
    return Axis(expression="v", low=low, high=high, bins=draw(st.integers(1, 40)), log=log)


def reference_class(value, axis):
    """Return the class or bin of one value in the plainest way."""
    if value is None:
        return "null"
    if np.isnan(value):
        return "nan"
    if np.isinf(value):
        return "infinite"
    if axis.log and value <= 0:
        return "nonpositive"
    if value < axis.edges[0]:
        return "below"
    if value > axis.edges[-1]:
        return "above"
    place = int(np.searchsorted(axis.edges, value, side="right")) - 1
    return min(place, axis.bins - 1)


def reference(rows, x, y):
    """Return grid (ny, nx) or (nx,) and counts of rows, one at a time."""
    grid = np.zeros((y.bins, x.bins) if y else x.bins, np.int64)
    names = ["null", "nan", "infinite", "nonpositive"]
    counts = dict.fromkeys([*names, "x_below", "x_above", "y_below", "y_above", "in_view"], 0)
    for row in rows:
        classes = [reference_class(value, axis) for value, axis in zip(row, (x, y), strict=False)]
        kind = next((name for name in names if name in classes), None)
        if kind is None:
            for letter, one in zip("xy", classes, strict=False):
                if isinstance(one, str):
                    kind = f"{letter}_{one}"
                    break
        if kind is None:
            kind = "in_view"
            grid[tuple(reversed(classes))] += 1
        counts[kind] += 1
    return grid, counts


def batch_of(*columns, types=None):
    types = types or [pa.float64()] * len(columns)
    arrays = [pa.array(column, type=kind) for column, kind in zip(columns, types, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, names=[f"c{i}" for i in range(len(arrays))])


def counts_of(binned):
    return {name: getattr(binned.counts, name) for name in reference([], *AXES_1D)[1]}


AXES_1D = (Axis(expression="v", low=0, high=1, bins=1), None)


@given(rows=st.lists(st.tuples(NUMBERS, NUMBERS), max_size=60), x=axes(), y=axes())
@settings(max_examples=200, deadline=None)
def test_two_axes_agree_with_a_search_in_the_edges(rows, x, y):
    binner = Binner(x, y, Statistic.COUNT)
    binner.add(batch_of([row[0] for row in rows], [row[1] for row in rows]))
    binned = binner.finish()
    grid, counts = reference(rows, x, y)
    assert np.array_equal(binned.grid, grid)
    assert counts_of(binned) == counts
    assert binned.counts.selected == len(rows)
    assert binned.grid.dtype == np.int64


@given(values=st.lists(NUMBERS, max_size=60), x=axes())
@settings(max_examples=150, deadline=None)
def test_one_axis_agrees_with_a_search_in_the_edges(values, x):
    binner = Binner(x, None, Statistic.COUNT)
    binner.add(batch_of(values))
    grid, counts = reference([(value,) for value in values], x, None)
    assert np.array_equal(binner.finish().grid, grid)
    assert counts_of(binner.finish()) == counts


@given(axis=axes(), dtype=st.sampled_from([np.float64, np.float32]))
@settings(max_examples=150, deadline=None)
def test_values_on_edges_and_next_to_them(axis, dtype):
    edges = axis.edges.astype(dtype)
    values = np.concatenate(
        [edges, np.nextafter(edges, dtype(np.inf)), np.nextafter(edges, dtype(-np.inf))]
    )
    binner = Binner(axis, None, Statistic.COUNT)
    binner.add(pa.RecordBatch.from_arrays([pa.array(values)], names=["x"]))
    grid, counts = reference([(float(value),) for value in values], axis, None)
    assert np.array_equal(binner.finish().grid, grid)
    assert counts_of(binner.finish()) == counts


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("bins", [1, 3, 10, 512, 4096])
def test_many_random_values_agree_with_numpy(log, bins):
    generator = np.random.default_rng(bins)
    values = generator.lognormal(0, 2, 200_000)
    axis = Axis(expression="v", low=0.02, high=31.7, bins=bins, log=log)
    binner = Binner(axis, None, Statistic.COUNT)
    binner.add(pa.RecordBatch.from_arrays([pa.array(values)], names=["x"]))
    expected, _ = np.histogram(values, bins=axis.edges)
    assert np.array_equal(binner.finish().grid, expected)


@pytest.mark.parametrize(
    ("low", "high"),
    [(1e15, 1e15 + 8), (2.0**60, 2.0**60 + 4096), (-1.7e308, 1.7e308), (5e-324, 1e-320)],
)
def test_ranges_at_the_end_of_double_precision(low, high):
    axis = Axis(expression="v", low=low, high=high, bins=8)
    values = np.concatenate([axis.edges, np.nextafter(axis.edges, np.inf), axis.centres])
    values = values[np.isfinite(values)]
    binner = Binner(axis, None, Statistic.COUNT)
    binner.add(pa.RecordBatch.from_arrays([pa.array(values)], names=["x"]))
    grid, counts = reference([(value,) for value in values], axis, None)
    assert np.array_equal(binner.finish().grid, grid)
    assert counts_of(binner.finish()) == counts


def test_integers_beyond_2_53_count_as_the_nearest_doubles():
    low = 2**53 - 20
    values = np.arange(low, low + 60, dtype=np.int64)
    axis = Axis(expression="id", low=float(low), high=float(low + 50), bins=7)
    binner = Binner(axis, None, Statistic.COUNT)
    binner.add(pa.RecordBatch.from_arrays([pa.array(values)], names=["x"]))
    grid, counts = reference([(float(value),) for value in values], axis, None)
    assert np.array_equal(binner.finish().grid, grid)
    assert counts_of(binner.finish()) == counts


@pytest.mark.parametrize(
    "kind", [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.float32(), pa.decimal128(20, 0)]
)
def test_nulls_in_slices_of_every_type(kind):
    values = [None if i % 7 == 0 else i % 50 for i in range(40_000)]
    batch = batch_of(values, types=[kind])
    axis = Axis(expression="v", low=10, high=40, bins=6)
    for start, stop in [(0, 40_000), (1, 39_999), (13, 20_000), (20_000, 20_000), (17, 18)]:
        binner = Binner(axis, None, Statistic.COUNT)
        binner.add(batch.slice(start, stop - start))
        grid, counts = reference([(value,) for value in values[start:stop]], axis, None)
        assert np.array_equal(binner.finish().grid, grid)
        assert counts_of(binner.finish()) == counts


def test_booleans_and_columns_of_nothing():
    axis = Axis(expression="flag", low=0, high=1, bins=2)
    binner = Binner(axis, None, Statistic.COUNT)
    binner.add(batch_of([True, False, None, True], types=[pa.bool_()]))
    binner.add(batch_of([None, None], types=[pa.null()]))
    assert binner.finish().grid.tolist() == [1, 2]
    assert binner.finish().counts.null == 3


def test_text_is_no_axis():
    with pytest.raises(NotNumericError, match="string"):
        numbers(pa.array(["a"]), "name")


def test_floats_are_not_copied():
    array = pa.array(np.arange(10.0))
    view = numbers(array.slice(3), "x").values
    assert view.base is not None
    assert view.__array_interface__["data"][0] == array.buffers()[1].address + 3 * 8


@st.composite
def weighted_rows(draw):
    size = draw(st.integers(0, 80))
    x = draw(st.lists(st.one_of(st.none(), st.floats(-1, 6)), min_size=size, max_size=size))
    of = draw(
        st.lists(
            st.one_of(st.none(), st.just(float("nan")), st.floats(-1e6, 1e6)),
            min_size=size,
            max_size=size,
        )
    )
    return x, of


@given(rows=weighted_rows(), parts=st.integers(1, 5), statistic=st.sampled_from(Statistic))
@settings(max_examples=250, deadline=None)
def test_statistics_agree_with_numpy_in_any_parts_and_order(rows, parts, statistic):
    x_values, of_values = rows
    axis = Axis(expression="x", low=0, high=5, bins=4)
    batch = batch_of(x_values, of_values)
    binners = [Binner(axis, None, statistic) for _ in range(parts)]
    for number, binner in enumerate(binners):
        size = len(x_values) // parts + 1
        binner.add(batch.slice(number * size, size))
    total = binners[-1]
    for binner in binners[:-1]:
        total.merge(binner)
    binned = total.finish()
    cells = [[] for _ in range(4)]
    nulls = nans = 0
    for value, of in zip(x_values, of_values, strict=True):
        place = reference_class(value, axis)
        if isinstance(place, str):
            continue
        if statistic is Statistic.COUNT:
            cells[place].append(0.0)
        elif of is None:
            nulls += 1
        elif np.isnan(of):
            nans += 1
        else:
            cells[place].append(of)
    functions = {"count": len, "sum": np.sum, "mean": np.mean, "min": np.min, "max": np.max}
    function = functions.get(statistic.value, np.std)
    empty = 0 if statistic in (Statistic.COUNT, Statistic.SUM) else np.nan
    expected = [function(cell) if cell else empty for cell in cells]
    np.testing.assert_allclose(binned.grid, expected, rtol=1e-9, atol=1e-7)
    assert (binned.of_null, binned.of_nan) == (nulls, nans)
    assert binned.counts.selected == len(x_values)


def test_sums_keep_twelve_digits_where_plain_ones_lose_all():
    values = np.tile([1.0, 1e16, -1e16], 30_000)
    axis = Axis(expression="x", low=0, high=1, bins=1)
    halves = [Binner(axis, None, Statistic.SUM) for _ in range(2)]
    for half, part in zip(halves, np.split(values, 2), strict=True):
        half.add(batch_of(np.zeros(part.size), part))
    halves[0].merge(halves[1])
    assert halves[0].finish().grid[0] == pytest.approx(30_000, rel=1e-12)


def test_spread_far_from_zero_is_stable():
    values = 1e9 + np.random.default_rng(1).normal(size=100_000)
    axis = Axis(expression="x", low=0, high=1, bins=1)
    halves = [Binner(axis, None, Statistic.STD) for _ in range(2)]
    for half, part in zip(halves, np.split(values, 2), strict=True):
        half.add(batch_of(np.zeros(part.size), part))
    halves[0].merge(halves[1])
    assert halves[0].finish().grid[0] == pytest.approx(values.std(), rel=1e-9)


def test_infinite_values_enter_sums_and_extremes():
    axis = Axis(expression="x", low=0, high=1, bins=1)
    for statistic, expected in [("sum", np.inf), ("mean", np.inf), ("max", np.inf), ("min", 1.0)]:
        binner = Binner(axis, None, Statistic(statistic))
        binner.add(batch_of([0.5, 0.5, 0.5], [1.0, np.inf, 2.0]))
        assert binner.finish().grid[0] == expected


@pytest.mark.parametrize(
    ("low", "high", "log", "message"),
    [
        (1, 1, False, "empty"),
        (2, 1, False, "empty"),
        (0, float("inf"), False, "not finite"),
        (0, 1, True, "logarithmic"),
        (1.0, 1.0 + 1e-15, False, "too narrow"),
    ],
)
def test_ranges_that_make_no_axis_are_refused(low, high, log, message):
    with pytest.raises(AxisError, match=message):
        Axis(expression="v", low=low, high=high, bins=10, log=log)


@given(value=st.floats(-1e300, 1e300), bins=st.integers(1, 500))
def test_a_range_of_one_value_is_widened_around_it(value, bins):
    low, high = widened(value, value, bins, log=False)
    axis = Axis(expression="v", low=low, high=high, bins=bins)
    assert axis.edges[0] < value < axis.edges[-1]


def test_edges_of_decades_are_powers_of_ten():
    axis = Axis(expression="v", low=0.001, high=1000, bins=6, log=True)
    assert axis.edges.tolist() == [0.001, 0.01, 0.1, 1, 10, 100, 1000]

"""Exported numbers are the plot's own, to the last bit."""

import csv
import io
import json

import numpy as np

from hub.explore.axes import Axis
from hub.explore.export import write_csv, write_npz
from hub.explore.statistic import Statistic

KEYS = {
    "rows_total", "rows_read", "rows_selected", "in_view", "x_below", "x_above", "y_below",
    "y_above", "null", "nan", "infinite", "nonpositive", "fraction", "exact", "selection", "engine",
}  # fmt: skip


def npz_of(plot):
    sink = io.BytesIO()
    write_npz(plot, sink)
    return sink.getvalue()


def test_npz_of_a_heat_map(fates):
    saved = np.load(io.BytesIO(npz_of(fates)))
    assert sorted(saved) == ["error", "grid", "meta", "x_edges", "y_edges"]
    assert saved["grid"].shape == (40, 30)
    assert saved["grid"].dtype == np.int64
    assert saved["x_edges"].shape == (31,)
    assert (saved["x_edges"][0], saved["x_edges"][-1]) == (0.1, 100.0)
    assert not saved["error"].any()
    assert saved["meta"].shape == ()
    meta = json.loads(str(saved["meta"]))
    assert meta.keys() >= KEYS
    outside = sum(
        meta[name]
        for name in KEYS
        & {"x_below", "x_above", "y_below", "y_above", "null", "nan", "infinite", "nonpositive"}
    )
    assert meta["in_view"] + outside == meta["rows_selected"] == 1236
    assert meta["in_view"] == saved["grid"].sum()


def test_the_same_plot_gives_the_same_bytes(fates):
    assert npz_of(fates) == npz_of(fates)


def test_csv_has_a_line_per_cell(make_plot):
    x = Axis(expression="a", low=0, high=0.3, bins=3)
    y = Axis(expression="b", low=0, high=1, bins=2)
    plot = make_plot(
        x, y, [[0.05, 0.25, 0.25], [0.1, 0.9, 0.9], [1.5, 0.1, 0.2]], Statistic.SUM, "c"
    )
    sink = io.BytesIO()
    write_csv(plot, sink)
    lines = list(csv.DictReader(io.StringIO(sink.getvalue().decode())))
    assert len(lines) == 6
    values = np.array([float(line["value"]) for line in lines]).reshape(2, 3)
    assert np.array_equal(values, plot.grid)
    assert [float(line["x_high"]) for line in lines[:3]] == plot.x_edges[1:].tolist()
    assert {line["y_low"] for line in lines[3:]} == {"0.5"}


def test_csv_of_a_histogram(make_plot):
    plot = make_plot(Axis(expression="a", low=0, high=2, bins=2), None, [[0.5, 2.0, 1.0]])
    sink = io.BytesIO()
    write_csv(plot, sink)
    assert sink.getvalue().decode() == ("x_low,x_high,value,error\n0.0,1.0,1,0.0\n1.0,2.0,2,0.0\n")

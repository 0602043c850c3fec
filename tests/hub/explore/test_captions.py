"""A caption says exactly the numbers of the plot, and only those that are not zero."""

from hub.explore.axes import Axis
from hub.explore.captions import caption
from hub.explore.statistic import Statistic


def plain(text):
    return text.replace("\u00a0", " ")


def test_every_fate_of_a_row_is_told_with_its_number(fates):
    assert plain(caption(fates).text) == (
        "Objects per cell (0.1 dex × 0.025, unit unknown), log scale, all 1 236 rows. "
        "In view 1 200. Outside: 5 below and 6 above flux, 7 below and 8 above colour. "
        "Without a place: 3 null, 2 NaN, 1 infinite, 4 zero or negative on a log axis. "
        "Lower edges belong to a bin, the last upper one too."
    )


def test_the_quantity_is_bold_and_numbers_are_grouped_by_no_break_spaces(fates):
    said = caption(fates)
    assert said.parts[0].text == "Objects per cell"
    assert [part.bold for part in said.parts].count(True) == 1
    assert "1\u00a0236" in said.text


def test_nothing_outside_is_not_mentioned(make_plot):
    axis = Axis(expression="g_mag", low=0, high=10, bins=5, unit="mag")
    said = plain(caption(make_plot(axis, None, [[1, 2, 3]])).text)
    assert said == (
        "Objects per bin (2 mag wide), all 3 rows. All in view. "
        "Lower edges belong to a bin, the last upper one too."
    )


def test_samples_and_selections_are_told(make_plot):
    axis = Axis(expression="g_mag", low=-1e-9, high=1e-9, bins=5, unit="mag")
    plot = make_plot(axis, None, [[0, 0]], sample="1/64 sample", rows_total=1_000_000)
    said = plain(caption(plot).text)
    assert "2 of 1 000 000 rows selected (1/64 sample)" in said
    assert "(4 × 10^−10 mag wide)" in said


def test_rows_in_view_without_a_value_are_told(make_plot):
    axis = Axis(expression="x", low=0, high=1, bins=1)
    columns = [[0.5] * 6, [1.0, 2.0, None, None, None, float("nan")]]
    plot = make_plot(axis, None, columns, Statistic.MEAN, "z_phot")
    said = plain(caption(plot).text)
    assert said.startswith("Mean of z_phot per bin [unit unknown] (1, unit unknown wide)")
    assert "All in view. In view without a value of z_phot: 3 null, 1 NaN." in said


def test_cells_beyond_the_colours_are_counted(make_plot):
    x = Axis(expression="x", low=0, high=1000, bins=1000)
    y = Axis(expression="y", low=0, high=1, bins=1)
    values = [float(number % 10) for number in range(999)] + [1e6]
    columns = [[number + 0.5 for number in range(1000)], [0.5] * 1000, values]
    plot = make_plot(x, y, columns, Statistic.MEAN, "z")
    said = plain(caption(plot).text)
    assert "linear scale" in said
    assert "Colours end at 0 and 9; cells beyond: 1 above." in said

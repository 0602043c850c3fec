"""Pictures have the asked size, the theme's ground, and the data where they belong."""

import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from hub.errors import UsageError
from hub.explore.axes import Axis
from hub.explore.colours import COLOUR_MAPS, DARK, LIGHT, THEMES, colour_map, rgba
from hub.explore.density import DensityCounter, load_density, save_density
from hub.explore.draw import WIDTHS, draw_png
from hub.explore.scales import ScaleKind, colour_scale
from hub.explore.sky_map import density_caption, sky_density_png
from hub.explore.statistic import Statistic
from hub.explore.thumbnail import HEIGHT, WIDTH, thumbnail_png
from hub.sky.healpix import keys


def opened(png):
    image = Image.open(io.BytesIO(png))
    image.load()
    return image


def colours_of(image):
    return {
        tuple(colour) for colour in np.unique(np.asarray(image).reshape(-1, 3), axis=0).tolist()
    }


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scale", [1, 2])
def test_pictures_have_the_size_asked_for(fates, width, scale):
    image = opened(draw_png(fates, width_px=width, height_px=300, scale=scale))
    assert image.size == (width * scale, 300 * scale)


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_grounds_and_cells_have_the_colours_of_the_theme(fates, theme):
    image = opened(draw_png(fates, theme=theme.name))
    found = colours_of(image)
    assert image.getpixel((1, 1)) == rgba(theme.panel)[:3]
    assert {rgba(theme.plot)[:3], rgba(theme.ink_3)[:3]} <= found
    assert len(found) > 50


def test_metadata_carry_caption_and_numbers(fates):
    image = opened(draw_png(fates))
    assert "Objects per cell" in image.text["Description"]
    assert '"in_view": 1200' in image.text["hub:meta"]
    assert image.text["Source"] == "stars@1.0.main"


def centre_of_data(png, colours):
    """Return where the cells lie, as shares of the picture from left and from top."""
    pixels = np.asarray(opened(png)).astype(int)
    wanted = np.array([rgba(colour)[:3] for colour in colours])
    hit = (np.abs(pixels[:, :-90, None, :] - wanted).sum(axis=-1) == 0).any(axis=-1)
    rows, columns = np.nonzero(hit)
    return columns.mean() / pixels.shape[1], rows.mean() / pixels.shape[0]


@pytest.mark.parametrize(
    ("x_ucd", "y_ucd", "left", "top"),
    [
        ("", "", True, False),
        ("pos.eq.ra;meta.main", "pos.eq.dec", False, False),
        ("", "phot.mag;em.opt.V", True, True),
    ],
)
def test_ra_grows_to_the_left_and_magnitudes_downwards(make_plot, x_ucd, y_ucd, left, top):
    x = Axis(expression="a", low=0, high=10, bins=10, unit="deg", ucd=x_ucd, column="a")
    y = Axis(expression="b", low=0, high=10, bins=10, unit="deg", ucd=y_ucd, column="b")
    plot = make_plot(x, y, [[1.5] * 3, [1.5] * 3])
    png = draw_png(plot, width_px=600, height_px=400)
    across, down = centre_of_data(png, [colour_map("tide", "light")[0]])
    assert bool(across < 0.5) is left
    assert bool(down < 0.5) is top


def test_bars_start_at_zero_and_fill_the_ground_with_their_colour(make_plot):
    plot = make_plot(Axis(expression="a", low=0, high=4, bins=4), None, [[0.5, 1.5, 1.6, 3.2]])
    image = opened(draw_png(plot, width_px=600, theme="dark"))
    assert rgba(DARK.bar)[:3] in colours_of(image)
    assert image.height == pytest.approx(0.5 * 560, abs=60)


@pytest.mark.parametrize("statistic", list(Statistic))
def test_every_statistic_is_drawn_also_without_rows(make_plot, statistic):
    axis = Axis(expression="a", low=0, high=4, bins=4)
    columns = [[], [], []][: 2 if statistic is Statistic.COUNT else 3]
    opened(draw_png(make_plot(axis, axis, columns, statistic, "z")))
    opened(draw_png(make_plot(axis, None, columns[1:], statistic, "z")))


@pytest.mark.parametrize("kind", list(ScaleKind))
def test_colour_scales_are_monotonic_and_reach_both_ends(kind):
    values = np.array([1, 1, 1, 2, 3, 10, 500])
    scale = colour_scale(kind, values)
    places = scale.place(values)
    assert places[0] == 0
    assert places[-1] == 1
    assert (np.diff(places) >= 0).all()
    ticks = scale.ticks().major
    assert len(ticks) >= 3
    assert all(0 <= place <= 1 for place in scale.place(np.array([tick.value for tick in ticks])))


def test_what_cannot_be_drawn_is_refused(fates, make_plot):
    with pytest.raises(UsageError, match="theme"):
        draw_png(fates, theme="sepia")
    with pytest.raises(UsageError, match="colour map"):
        draw_png(fates, colours="jet")
    with pytest.raises(UsageError, match="pixels"):
        draw_png(fates, width_px=10)
    axis = Axis(expression="a", low=0, high=4, bins=4)
    negative = make_plot(axis, axis, [[1], [1], [-5]], Statistic.MEAN, "z")
    with pytest.raises(UsageError, match="logarithmic"):
        draw_png(negative, colour_scale=ScaleKind.LOG)


@pytest.mark.parametrize("name", COLOUR_MAPS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colour_maps_keep_their_anchors(name, theme):
    colours = colour_map(name, theme)
    assert len(colours) == 256
    ends = {"tide": ("#d1f2d7", "#211d57"), "ember": ("#f8e8c8", "#3a122f")}
    if theme == "light" and name in ends:
        assert (colours[0], colours[-1]) == ends[name]


def density_of(ra, dec, rows_total=None):
    order_29 = np.sort(keys(np.asarray(ra), np.asarray(dec)))
    counter = DensityCounter(int(order_29[0]), int(order_29[-1]))
    counter.add(pa.RecordBatch.from_arrays([pa.array([*order_29.tolist(), None])], names=["k"]))
    return counter.finish(rows_total or len(order_29) + 1)


def sky(rows):
    generator = np.random.default_rng(3)
    ra = generator.uniform(0, 360, rows)
    return ra, np.degrees(np.arcsin(generator.uniform(-1, 1, rows)))


def test_density_counts_every_row_once_at_every_order():
    density = density_of(*sky(20_000))
    assert density.rows_placed == 20_000
    for order in range(density.order):
        assert density.at_order(order).rows_placed == 20_000
    assert density.at_order(0).pixels.tolist() == list(range(12))


def test_density_of_an_even_sky_is_even():
    coarse = density_of(*sky(200_000)).at_order(1)
    assert coarse.counts / coarse.pixel_deg2 == pytest.approx(200_000 / 41253, rel=0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_whole_skies_and_fields_are_drawn(theme):
    generator = np.random.default_rng(4)
    field = density_of((generator.normal(0, 2, 5000)) % 360, generator.normal(-30, 2, 5000))
    for density, words in [(density_of(*sky(5000)), "Mollweide"), (field, "true to scale")]:
        image = opened(sky_density_png(density, theme=theme.name, width_px=600))
        assert image.size[0] == 600
        assert rgba(theme.plot)[:3] in colours_of(image)
        text = density_caption(density).text.replace("\u00a0", " ")
        assert words in text
        assert "all 5 001 rows, 1 of them without a position" in text


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
@pytest.mark.parametrize("scale", [1, 2])
def test_a_thumbnail_is_density_alone(theme, scale):
    generator = np.random.default_rng(8)
    field = density_of(generator.uniform(340, 380, 20_000) % 360, generator.uniform(10, 50, 20_000))
    for density in (density_of(*sky(20_000)), field):
        image = opened(thumbnail_png(density, theme=theme.name, scale=scale))
        assert image.size == (WIDTH * scale, HEIGHT * scale)
        found = colours_of(image)
        # No axes and no text: only the ground, the map's colours, and the edge of the sky.
        assert rgba(theme.plot)[:3] in found
        assert {rgba(theme.ink_2)[:3], rgba(theme.ink_3)[:3]}.isdisjoint(found)
        pixels = np.asarray(image).reshape(-1, 3)
        assert (pixels != rgba(theme.plot)[:3]).any(axis=1).mean() > 0.3


def test_the_thumbnail_of_a_survey_is_zoomed_to_it_across_ra_0():
    generator = np.random.default_rng(9)
    # True to scale: 20 by 10 degrees on the equator leave a little room above and below.
    density = density_of(generator.uniform(-10, 10, 50_000) % 360, generator.uniform(-5, 5, 50_000))
    filled = (np.asarray(opened(thumbnail_png(density))) != 255).any(axis=-1)
    rows, columns = filled.any(axis=1), filled.any(axis=0)
    assert columns.sum() > 0.9 * WIDTH
    assert rows.sum() == pytest.approx(columns.sum() / 2, rel=0.06)


def test_thumbnails_of_nothing_and_of_a_pole_are_drawn():
    empty = DensityCounter(0, (12 << 58) - 1).finish(0)
    generator = np.random.default_rng(10)
    pole = density_of(generator.uniform(0, 360, 500), generator.uniform(89, 90, 500))
    for density in (empty, pole, density_of(np.array([1.0]), np.array([2.0]))):
        assert opened(thumbnail_png(density)).size == (WIDTH, HEIGHT)
    with pytest.raises(UsageError):
        thumbnail_png(empty, scale=3)


def test_many_may_keep_the_same_density_at_once(tmp_path):
    density, path = density_of(*sky(20_000)), tmp_path / "sky" / "stars.npz"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: save_density(density, path), range(40)))
    assert np.array_equal(load_density(path).counts, density.counts)
    assert list(path.parent.iterdir()) == [path]


def test_a_kept_density_is_the_same(tmp_path):
    density = density_of(*sky(1000))
    path = tmp_path / "sky" / "stars@1.0.main.npz"
    assert load_density(path) is None
    save_density(density, path)
    kept = load_density(path)
    assert np.array_equal(kept.counts, density.counts)
    assert (kept.order, kept.rows_total) == (density.order, density.rows_total)
    path.write_bytes(b"broken")
    assert load_density(path) is None

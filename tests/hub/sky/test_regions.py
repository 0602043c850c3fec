"""Regions: what they hold, against astropy and mocpy; what is no region."""

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from hypothesis import assume, given
from hypothesis import strategies as st
from mocpy import MOC

from hub.sky.errors import MocError, PolygonError, RegionError
from hub.sky.regions import (
    MAX_TARGETS,
    MAX_VERTICES,
    AllSky,
    Box,
    Cone,
    MocRegion,
    Polygon,
    Targets,
)

LON = st.floats(0, 360, exclude_max=True)
LAT = st.floats(-90, 90)


def random_positions(count=20_000, seed=5):
    random = np.random.default_rng(seed)
    return random.uniform(0, 360, count), np.degrees(np.arcsin(random.uniform(-1, 1, count)))


@given(LON, LAT, st.floats(1e-9, 179), st.floats(0, 360), st.floats(-1e-6, 1e-6))
def test_a_cone_ends_at_its_radius(lon, lat, radius, angle, step):
    assume(abs(step) > 1e-9)
    centre = SkyCoord(lon * u.deg, lat * u.deg)
    other = centre.directional_offset_by(angle * u.deg, radius * (1 + step) * u.deg)
    assert Cone(lon, lat, radius).contains(other.ra.deg, other.dec.deg) == (step < 0) or (
        # Positions in degrees have no digits left to be this close.
        abs(step) * radius < 1e-11
    )


@given(st.integers(-80, 80), st.integers(1, 900), st.sampled_from([-1, 1]))
def test_the_border_of_a_cone_belongs_to_it(dec, tenths, sign):
    radius = tenths / 10
    assume(abs(dec + sign * radius) <= 90)
    assert Cone(40.0, dec, radius).contains(40.0, dec + sign * radius)


def test_a_cone_of_no_radius_holds_its_centre():
    assert Cone(83.63, 22.01, 0).contains(83.63, 22.01)
    assert not Cone(83.63, 22.01, 0).contains(83.63, 22.01 + 1e-9)


def test_a_cone_of_180_degrees_holds_everything():
    ra, dec = random_positions()
    cone = Cone(10, 20, 180)
    assert cone.contains(ra, dec).all()
    assert cone.contains(190, -20)


def test_regions_never_hold_a_nan():
    unknown = np.array([np.nan, 5.0, np.nan]), np.array([1.0, np.nan, np.nan])
    triangle = ((0, 0), (10, 0), (5, 8))
    for region in (
        Cone(0, 0, 180),
        Cone(0, 0, 100),
        Cone(0, 0, 5),
        Box(0, 360, -90, 90),
        Box(0, 300, -90, 90, "galactic"),
        Polygon(triangle),
        Polygon(((0, -80), (120, -80), (240, -80))),
        Polygon(((0, 80), (120, 80), (240, 80))),
        MocRegion("0/0-11"),
        Targets(((0.0, 0.0),), 600_000),
    ):
        assert not region.contains(*unknown).any()


def test_the_whole_sky_holds_what_has_no_position():
    assert AllSky().contains([np.nan, 1.0], [1.0, 2.0]).all()


@given(LON, LON, LAT, LAT)
def test_corners_of_a_box_belong_to_it(lon_min, lon_max, lat_min, lat_max):
    lat_min, lat_max = sorted((lat_min, lat_max))
    box = Box(lon_min, lon_max, lat_min, lat_max)
    assert box.contains([lon_min, lon_max] * 2, [lat_min] * 2 + [lat_max] * 2).all()


def test_longitudes_of_a_box_may_go_around():
    ra = np.array([0.0, 9.0, 10.0, 11.0, 349.0, 350.0, 359.9])
    expected = [True, True, True, False, False, True, True]
    for west, east in ((350, 10), (-10, 10), (-10, -350), (350, -350)):
        assert Box(west, east, -1, 1).contains(ra, 0 * ra).tolist() == expected
    assert Box(350, 360, -1, 1).contains([0.0, 355.0, 1.0], [0, 0, 0]).tolist() == [1, 1, 0]
    for west, east in ((0, 360), (-180, 180), (-360, 0)):
        assert Box(west, east, -1, 1).contains(ra, 0 * ra).all()


def contains_by_mocpy(vertices, ra, dec):
    """Return mocpy's answer and whether it is sure: cells on the border say nothing."""
    corners = SkyCoord(vertices * u.deg)
    moc = MOC.from_polygon_skycoord(corners, max_depth=10)
    position = SkyCoord(ra * u.deg, dec * u.deg)
    held = moc.contains_skycoords(position)
    inner = MOC.from_string(moc.to_string()).remove_neighbours().contains_skycoords(position)
    near = moc.add_neighbours().contains_skycoords(position)
    return held, inner | ~near


@pytest.mark.parametrize(
    "vertices",
    [
        [[0, 0], [20, 0], [20, 20], [0, 20]],
        [[350, -10], [20, -5], [10, 0], [15, 30]],
        [[0, 70], [120, 75], [240, 80]],
        [[0, -60], [90, -85], [180, -60], [270, -85]],
        [[100, 10], [140, 10], [140, 12], [102, 12], [102, 40], [100, 40]],
    ],
)
def test_a_polygon_holds_what_mocpy_holds(vertices):
    ra, dec = random_positions(60_000)
    held, sure = contains_by_mocpy(vertices, ra, dec)
    found = Polygon(tuple(map(tuple, vertices))).contains(ra, dec)
    assert held.sum() > 50
    np.testing.assert_array_equal(found[sure], held[sure])


@given(st.lists(st.tuples(LON, LAT), min_size=3, max_size=3, unique=True), LON, LAT)
def test_a_triangle_holds_the_points_left_or_right_of_all_sides(vertices, lon, lat):
    a, b, c = (SkyCoord(*vertex, unit="deg").cartesian.xyz.value for vertex in vertices)
    point = SkyCoord(lon, lat, unit="deg").cartesian.xyz.value
    volume = np.linalg.det([a, b, c])
    assume(abs(volume) > 1e-9)
    sides = [np.linalg.det([point, *pair]) for pair in ((a, b), (b, c), (c, a))]
    assume(min(map(abs, sides)) > 1e-12)
    expected = all(side > 0 for side in sides) if volume > 0 else all(side < 0 for side in sides)
    assert Polygon(tuple(vertices)).contains(lon, lat) == expected


def test_corners_and_sides_of_a_polygon_belong_to_it():
    vertices = ((0.0, 0.0), (20.0, 0.0), (20.0, 20.0), (0.0, 30.0))
    polygon = Polygon(vertices)
    assert polygon.contains(*np.transpose(vertices)).all()
    assert polygon.contains(np.linspace(0, 20, 101), 0.0).all()
    assert polygon.contains(0.0, np.linspace(0, 30, 101)).all()
    assert not polygon.contains(np.linspace(0, 20, 101), -1e-9).any()


def test_direction_first_vertex_and_closing_of_a_polygon_do_not_count():
    vertices = ((350, -10), (20, -5), (10, 0), (15, 30))
    ra, dec = random_positions(5_000)
    expected = Polygon(vertices).contains(ra, dec)
    for same in (vertices[::-1], vertices[2:] + vertices[:2], (*vertices, vertices[0])):
        np.testing.assert_array_equal(Polygon(same).contains(ra, dec), expected)


def test_the_smaller_side_of_a_polygon_is_inside():
    cap = Polygon(tuple((float(lon), 10.0) for lon in range(0, 360, 10)))
    assert cap.contains(5, 80)
    assert not cap.contains(5, -80)
    other = Polygon(tuple((float(lon), -10.0) for lon in range(0, 360, 10)))
    assert other.contains(5, -80)
    assert not other.contains(5, 80)


def test_a_tiny_polygon_is_exact():
    side = 1e-7
    polygon = Polygon(((83.0, 22.0), (83.0 + side, 22.0), (83.0 + side, 22.0 + side)))
    assert polygon.contains(83.0 + 0.9 * side, 22.0 + 0.5 * side)
    assert not polygon.contains(83.0 + 0.4 * side, 22.0 + 0.5 * side)


@pytest.mark.parametrize("frame", ["icrs", "galactic"])
def test_galactic_regions_are_those_of_astropy(frame):
    ra, dec = random_positions()
    position = SkyCoord(ra * u.deg, dec * u.deg)
    lon, lat = position.galactic.l.deg, position.galactic.b.deg
    centre = SkyCoord(l=30 * u.deg, b=60 * u.deg, frame="galactic")
    if frame == "icrs":
        cone = Cone(centre.icrs.ra.deg, centre.icrs.dec.deg, 20)
    else:
        cone = Cone(30, 60, 20, "galactic")
    np.testing.assert_array_equal(
        cone.contains(ra, dec), position.separation(centre.icrs).deg <= 20
    )
    box = Box(300, 40, 40, 90, "galactic")
    np.testing.assert_array_equal(box.contains(ra, dec), ((lon >= 300) | (lon <= 40)) & (lat >= 40))


@pytest.mark.parametrize("moc", ["3/34-40 52 6/1-20 4000", "0/0-11", "0/3 2/ 29/", "s2/5,6 7"])
def test_a_moc_holds_what_mocpy_holds(moc):
    ra, dec = random_positions()
    plain = moc.removeprefix("s").replace(",", " ").replace(" 2/ 29/", "")
    expected = MOC.from_string(plain).contains_lonlat(ra * u.deg, dec * u.deg)
    np.testing.assert_array_equal(MocRegion(moc).contains(ra, dec), expected)


def test_overlapping_cells_of_a_moc_are_united():
    assert MocRegion("0/1 1/4 5 5").ranges.tolist() == MocRegion("0/1").ranges.tolist()


@pytest.mark.parametrize(
    ("moc", "message"),
    [
        ("", "no cells"),
        ("  ", "no cells"),
        ("3/", "no cells"),
        ("5 6", "without an order"),
        ("3/768", "not at order 3"),
        ("3/9-5", "not at order 3"),
        ("30/1", "29 is the highest"),
        ("3/x", "no part"),
        ("3/-1", "no part"),
        ("3/1 t61/5", "no part"),
        ("3/" + "9" * 5000, "not at order 3"),
    ],
)
def test_what_is_no_moc_is_refused(moc, message):
    with pytest.raises(MocError, match=message):
        MocRegion(moc)


def test_targets_hold_what_one_of_their_cones_holds():
    ra, dec = random_positions(5_000)
    targets = Targets(((10.0, 20.0), (0.0, 90.0), (359.9, 0.0)), 5 * 3600)
    cones = [Cone(lon, lat, 5) for lon, lat in targets.positions_deg]
    expected = np.logical_or.reduce([cone.contains(ra, dec) for cone in cones])
    np.testing.assert_array_equal(targets.contains(ra, dec), expected)


WRONG = [
    (lambda: Cone(0, 90.1, 1), "latitude is 90.1"),
    (lambda: Cone(361, 0, 1), "longitude is 361"),
    (lambda: Cone(float("nan"), 0, 1), "longitude is nan"),
    (lambda: Cone(0, 0, float("inf")), "must be from 0 to 180"),
    (lambda: Cone(0, 0, -1e-9), "must be from 0 to 180"),
    (lambda: Box(0, 1, 5, 4), "below it"),
    (lambda: Box(0, 1, -91, 4), "must be from -90 to 90"),
    (lambda: Box(0, 721, 0, 4), "must be from -360 to 360"),
    (lambda: Targets((), 1), "empty"),
    (lambda: Targets(((0.0, 91.0),), 1), "latitude is 91"),
    (lambda: Targets(((0.0, 1.0),) * (MAX_TARGETS + 1), 1), "100000 are possible"),
    (lambda: Targets(((0.0, 1.0),), 180 * 3600 + 1), "must be from 0 to 648000"),
    (lambda: Polygon(((0, 0), (1, 1))), "3 vertices or more, not 2"),
    (lambda: Polygon(((0, 0), (1, 1), (0, 0))), "3 vertices or more, not 2"),
    (lambda: Polygon(((0.0, 0.0),) * (MAX_VERTICES + 2)), "500 are possible"),
]


@pytest.mark.parametrize(("make", "message"), WRONG)
def test_what_is_no_region_is_refused_at_birth(make, message):
    with pytest.raises(RegionError, match=message):
        make()


@pytest.mark.parametrize(
    ("vertices", "message"),
    [
        (((0, 0), (0, 0), (5, 5)), "same place"),
        (((0, 0), (180, 0), (5, 5)), "opposite"),
        (((0, 90), (50, 90), (5, 5)), "same place"),
        (((0, 0), (5, 0), (10, 0)), "no area"),
        (((0, 0), (0, 10), (0, 5)), "no area"),
        (((0, 0), (120, 0), (240, 0)), "halves the sky"),
        (((0, 0), (10, 10), (10, 0), (0, 10)), "cross"),
    ],
)
def test_a_polygon_without_an_inside_is_refused(vertices, message):
    with pytest.raises(PolygonError, match=message):
        Polygon(vertices)

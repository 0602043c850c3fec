"""Covers: no position of a region is missed, and few others are read."""

from time import perf_counter

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.sky.cover import cover, join_nearest
from hub.sky.discs import cells_of_discs
from hub.sky.healpix import keys
from hub.sky.pixels import LAST_KEY, pixels
from hub.sky.regions import AllSky, Box, Cone, MocRegion, Polygon, Targets

LON = st.one_of(st.floats(0, 360), st.sampled_from([0.0, 45.0, 90.0, 359.9999999]))
LAT = st.one_of(st.floats(-90, 90), st.sampled_from([-90.0, 90.0, 0.0, 41.8103149, 89.9999999]))
FRAMES = st.sampled_from(["icrs", "galactic"])
SIZES = st.one_of(st.floats(0, 180), st.floats(-9, 0).map(lambda power: 10.0**power), st.just(0.0))


def is_in(ranges, key):
    place = np.searchsorted(ranges[:, 0], key, side="right") - 1
    return (place >= 0) & (key <= ranges[np.maximum(place, 0), 1])


def check(region, ra, dec):
    """Assert the laws of a cover for some positions."""
    found = cover(region)
    key, held = keys(ra, dec), region.contains(ra, dec)
    assert len(found) <= 64
    assert (np.diff(found.ravel()) >= 0).all()
    assert is_in(found, key)[held].all()


def around(lon, lat, size, seed):
    """Return positions of all sizes around a place, many close to its edge."""
    random = np.random.default_rng(seed)
    distance = np.concatenate(
        [size * random.random(40), size * (1 + random.normal(0, 1e-6, 60)), [0.0, size]]
    )
    centre = SkyCoord(lon * u.deg, lat * u.deg)
    angle = random.uniform(0, 360, distance.size)
    other = centre.directional_offset_by(angle * u.deg, np.clip(distance, 0, 180) * u.deg)
    return np.append(other.ra.deg, lon % 360), np.append(other.dec.deg, lat)


@settings(max_examples=150, deadline=None)
@given(LON, LAT, SIZES, FRAMES, st.integers(0, 2**32))
def test_no_position_of_a_cone_is_missed(lon, lat, size, frame, seed):
    cone = Cone(lon, lat, size, frame)
    check(cone, *around(*cone.centre_deg, size, seed))


@settings(max_examples=150, deadline=None)
@given(LON, SIZES, LAT, SIZES, FRAMES, st.integers(0, 2**32))
def test_no_position_of_a_box_is_missed(lon, width, lat, height, frame, seed):
    random = np.random.default_rng(seed)
    high = min(lat + height, 90.0)
    box = Box(lon, (lon + 2 * width) % 360, lat, high, frame)
    edge = np.array([0.0, 1.0, 0.5])
    inner = np.concatenate([random.random(60), random.choice(edge, 60)])
    along = lon + box.width_deg * inner
    up = lat + (high - lat) * random.permutation(inner)
    position = SkyCoord(along, np.clip(up, -90, 90), unit="deg", frame=frame).icrs
    ra, dec = position.ra.deg % 360, position.dec.deg
    check(box, np.where(ra >= 360, 0, ra), dec)


@settings(max_examples=60, deadline=None)
@given(LON, LAT, st.floats(1e-5, 60), st.integers(3, 8), st.integers(0, 2**32))
def test_no_position_of_a_polygon_is_missed(lon, lat, size, count, seed):
    random = np.random.default_rng(seed)
    centre = SkyCoord(lon * u.deg, lat * u.deg)
    angles = np.arange(count) * 360 / count + random.uniform(0, 100 / count, count)
    corners = centre.directional_offset_by(
        angles * u.deg, size * random.uniform(0.5, 1, count) * u.deg
    )
    polygon = Polygon(tuple(zip(corners.ra.deg, corners.dec.deg, strict=True)))
    ra, dec = around(lon, lat, size * 0.8, seed)
    check(polygon, np.append(ra, corners.ra.deg), np.append(dec, corners.dec.deg))


@pytest.mark.parametrize("radius", [0.0, 1e-3, 1.0, 600.0, 36_000.0, 300_000.0])
@pytest.mark.parametrize("count", [3, 400])
def test_no_position_near_a_target_is_missed(radius, count):
    random = np.random.default_rng(count)
    ra, dec = random.uniform(0, 360, count), np.degrees(np.arcsin(random.uniform(-1, 1, count)))
    ra[:3], dec[:3] = [0, 45, 359.99999], [90, -90, 0]
    centres = SkyCoord(ra * u.deg, dec * u.deg)
    ranges = cover(Targets(tuple(zip(ra, dec, strict=True)), radius))
    discs, order, cells = cells_of_discs(ra, dec, radius / 3600)
    pairs = set(zip(discs.tolist(), cells.tolist(), strict=True))
    for _ in range(20):
        reach = radius * random.choice([0.0, 0.5, 0.999999, 1.0], count)
        near = centres.directional_offset_by(
            random.uniform(0, 360, count) * u.deg, reach * u.arcsec
        )
        assert is_in(ranges, keys(near.ra.deg, near.dec.deg)).all()
        found = pixels(near.ra.deg, near.dec.deg, order)
        assert set(enumerate(found.tolist())) <= pairs


def test_covers_of_the_whole_sky():
    for whole in (AllSky(), Cone(5, 5, 180), Box(0, 360, -90, 90)):
        assert cover(whole).tolist() == [[0, LAST_KEY]]


def test_the_cover_of_a_moc_is_the_moc_where_it_may_be():
    moc = MocRegion("3/5 7 9")
    assert cover(moc).tolist() == moc.ranges.tolist()
    assert len(cover(MocRegion("9/" + " ".join(map(str, range(0, 4000, 2)))))) == 64


@given(st.lists(st.integers(1, 10**6), min_size=2, max_size=200), st.integers(2, 80))
def test_joining_ranges_loses_no_key(steps, most):
    bounds = np.cumsum(np.array(steps[: len(steps) // 2 * 2], dtype=np.int64) + 1)
    ranges = bounds.reshape(-1, 2)
    joined = join_nearest(ranges, most)
    assert len(joined) == min(len(ranges), most)
    assert is_in(joined, ranges[:, 0]).all()
    assert is_in(joined, ranges[:, 1]).all()
    assert joined[0, 0] == ranges[0, 0]
    assert joined[-1, 1] == ranges[-1, 1]


@pytest.mark.parametrize("radius", [0.01, 1.0, 10.0, 60.0])
def test_a_cover_is_tight(radius):
    share = sum(high - low + 1 for low, high in cover(Cone(83, 22, radius))) / (LAST_KEY + 1)
    assert share < 1.6 * (1 - np.cos(np.radians(radius))) / 2


def test_a_cone_is_covered_in_a_moment():
    cone = Cone(83.63, 22.01, 1.0)
    cover(cone)
    times = []
    for _ in range(20):
        start = perf_counter()
        cover(cone)
        times.append(perf_counter() - start)
    assert min(times) < 0.005  # 1 ms on an idle machine

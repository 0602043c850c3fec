"""The key kernel against cdshealpix, the library that the other HATS programs use."""

import itertools
import threading

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import Latitude, Longitude
from cdshealpix.nested import lonlat_to_healpix

from hub.sky.healpix import KEY_ORDER, key_range, keys, pixels_of_keys


def cdshealpix_keys(ra_deg, dec_deg, order=KEY_ORDER):
    ra, dec = Longitude(ra_deg, u.deg), Latitude(dec_deg, u.deg)
    return lonlat_to_healpix(ra, dec, order).astype(np.int64)


def test_random_positions_get_the_keys_of_cdshealpix():
    random = np.random.default_rng(1)
    ra = random.uniform(0, 360, 200_000)
    dec = np.degrees(np.arcsin(random.uniform(-1, 1, ra.size)))
    np.testing.assert_array_equal(keys(ra, dec), cdshealpix_keys(ra, dec))


def test_positions_close_to_the_poles_get_the_keys_of_cdshealpix():
    random = np.random.default_rng(2)
    distance = 10.0 ** random.uniform(-12, -3, 100_000)
    dec = np.where(random.random(distance.size) < 0.5, 90 - distance, distance - 90)
    ra = random.uniform(0, 360, distance.size)
    np.testing.assert_array_equal(keys(ra, dec), cdshealpix_keys(ra, dec))


def test_borders_of_pixels_get_the_keys_of_cdshealpix():
    corners = np.degrees(np.arcsin([0, 1 / 3, 0.5, 2 / 3, 1]))
    decs = np.unique(np.concatenate([corners, -corners, [19.47, 41.8103, -19.47, -41.8103]]))
    ra, dec = (grid.ravel() for grid in np.meshgrid(np.arange(0, 360, 7.5), decs))
    np.testing.assert_array_equal(keys(ra, dec), cdshealpix_keys(ra, dec))
    for neighbour in (np.nextafter(dec, 0), np.clip(np.nextafter(dec, 99), -90, 90)):
        np.testing.assert_array_equal(keys(ra, neighbour), cdshealpix_keys(ra, neighbour))


@pytest.mark.parametrize("ra", [-1e-15, 360.0, 720.0, -360.0])
def test_right_ascension_goes_around(ra):
    assert keys([ra], [12.5])[0] == keys([0.0], [12.5])[0]


def test_right_ascension_counts_at_a_pole():
    assert len(set(keys([45.0, 135.0, 225.0, 315.0], [-90.0] * 4))) == 4


def test_pixels_of_lower_orders_are_those_of_cdshealpix():
    random = np.random.default_rng(3)
    ra, dec = random.uniform(0, 360, 10_000), random.uniform(-90, 90, 10_000)
    for order in (0, 5, 12, 28):
        expected = cdshealpix_keys(ra, dec, order)
        np.testing.assert_array_equal(pixels_of_keys(keys(ra, dec), order), expected)


def test_key_ranges_of_base_pixels_fill_the_sky_without_a_gap():
    ranges = [key_range(0, pixel) for pixel in range(12)]
    assert ranges[0][0] == 0
    assert ranges[-1][1] == 12 * 4**KEY_ORDER - 1
    for (_, last), (first, _) in itertools.pairwise(ranges):
        assert first == last + 1


def test_a_key_is_its_own_range_at_the_key_order():
    assert key_range(KEY_ORDER, 123) == (123, 123)


def test_no_rows_give_no_keys():
    assert keys([], []).shape == (0,)


def test_threads_give_the_same_keys():
    random = np.random.default_rng(4)
    ra, dec = random.uniform(0, 360, 50_000), random.uniform(-90, 90, 50_000)
    found = []
    threads = [threading.Thread(target=lambda: found.append(keys(ra, dec))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(np.array_equal(found[0], other) for other in found)

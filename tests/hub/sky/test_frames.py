"""Frames and pixels of small sets, against astropy and the key kernel."""

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord

from hub.sky.frames import angles, galactic_of, icrs_of, unit_vectors
from hub.sky.healpix import keys
from hub.sky.pixels import centres, face_neighbours, pixels, pixels_of_keys, radius


def positions(count=50_000):
    random = np.random.default_rng(3)
    ra = random.uniform(0, 360, count)
    dec = np.degrees(np.arcsin(random.uniform(-1, 1, count)))
    near = 10.0 ** random.uniform(-9, 0, 5_000)
    dec[:5_000] = np.where(random.random(5_000) < 0.5, 90 - near, near - 90)
    return ra, dec


def test_galactic_coordinates_are_those_of_astropy():
    ra, dec = positions()
    expected = SkyCoord(ra * u.deg, dec * u.deg).galactic
    lon, lat = galactic_of(ra, dec)
    assert np.abs(lat - expected.b.deg).max() < 1e-11
    along = np.abs((lon - expected.l.deg + 180) % 360 - 180) * np.cos(np.radians(lat))
    assert along.max() < 1e-11


def test_there_and_back_again():
    ra, dec = positions()
    back_ra, back_dec = icrs_of(*galactic_of(ra, dec), "galactic")
    apart = np.linalg.norm(unit_vectors(back_ra, back_dec) - unit_vectors(ra, dec), axis=1)
    assert apart.max() < 1e-14


def test_icrs_positions_stay_as_they_are():
    ra, dec = icrs_of(-0.1, 0.3, "icrs")
    assert (float(ra), float(dec)) == (-0.1, 0.3)


@pytest.mark.parametrize("order", [0, 1, 5, 13, 21, 29])
def test_pixels_in_numpy_are_those_of_the_kernel(order):
    ra, dec = positions()
    expected = pixels_of_keys(keys(ra, dec), order)
    differ = pixels(ra, dec, order) != expected
    # The last bit of numpy's sine may differ from that of the C library.
    assert differ.sum() <= (2 if order > 25 else 0)


@pytest.mark.parametrize("order", [0, 1, 2, 5, 13, 21, 29])
def test_positions_are_near_the_centre_of_their_pixel(order):
    ra, dec = positions()
    pixel = pixels(ra, dec, order)
    middle = centres(order, pixel)
    np.testing.assert_array_equal(pixels(*angles(middle), order), pixel)
    apart = 2 * np.arcsin(np.linalg.norm(middle - unit_vectors(ra, dec), axis=1) / 2)
    assert 0.7 * radius(order) < apart.max() < radius(order)


def test_neighbours_inside_a_base_pixel_are_close():
    ra, dec = (axis[5_000:] for axis in positions())
    pixel = pixels(ra, dec, 10)
    around, whole = face_neighbours(10, pixel)
    assert whole.mean() > 0.98
    apart = (
        centres(10, around[whole].ravel()).reshape(-1, 9, 3) - centres(10, pixel[whole])[:, None]
    )
    assert np.linalg.norm(apart, axis=2).max() < 4 * radius(10)
    assert all(len(set(row)) == 9 for row in around[whole][:100].tolist())

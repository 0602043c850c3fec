"""Regions on the stars of Hipparcos and Gaia hold the rows that astropy puts there."""

import astropy.units as u
import numpy as np
import numpy.typing as npt
import pytest
from astropy.coordinates import SkyCoord

Flags = npt.NDArray[np.bool_]

KEYS = {"hipparcos": "hip", "gaia_bright": "source_id"}
ROWS = {"hipparcos": 117_955, "gaia_bright": 482_176}


class Stars:
    """All stars of a catalog as its own tables give them, and its answers about them."""

    def __init__(self, hub, catalog: str) -> None:
        self._hub, self._catalog, self._key = hub, catalog, KEYS[catalog]
        rows = hub.query(f'SELECT "{self._key}", ra, dec FROM {catalog}.main')
        self.ids, ra, dec = (column.to_numpy() for column in rows.columns)
        self.sky = SkyCoord(ra, dec, unit="deg", frame="icrs")
        self.unit_vectors = self.sky.cartesian.xyz.value.T

    def in_region(self, region: dict[str, object]) -> npt.NDArray[np.int64]:
        rows = self._hub.select(
            {"catalog": self._catalog, "columns": [self._key], "region": region}
        )
        return np.sort(rows.column(0).to_numpy())

    def check(self, region: dict[str, object], expected: Flags) -> None:
        np.testing.assert_array_equal(
            self.in_region(region), np.sort(self.ids[expected]), err_msg=str(region)
        )


@pytest.fixture(scope="module", params=list(KEYS))
def stars(demo, request) -> Stars:
    return Stars(demo, request.param)


@pytest.mark.parametrize("catalog", list(ROWS))
def test_the_count_is_printed(demo, catalog):
    answer = demo.run_process("query", f"SELECT count(*) FROM {catalog}.main")
    assert answer.out.splitlines()[1:] == [str(ROWS[catalog])]
    assert (answer.status, answer.err) == (0, "")


CONES = [
    (0.0, 0.0, 3.0),
    (359.999, 12.5, 1.0),
    (0.3, -45.0, 10.0),
    (123.4, 90.0, 2.0),
    (0.0, -90.0, 2.5),
    (200.0, 89.5, 1.0),
    (20.0, -88.7, 5.0),
    (83.633, 22.0145, 2.0),
    (266.417, -29.008, 0.05),
    (10.0, 20.0, 95.0),
    (180.0, 0.0, 179.9),
    (45.0, 45.0, 180.0),
    (300.0, -60.0, 0.0),
]
_RANDOM = np.random.default_rng(20)
CONES += [
    (float(ra), float(dec), float(radius))
    for ra, dec, radius in zip(
        _RANDOM.uniform(0, 360, 8),
        np.degrees(np.arcsin(_RANDOM.uniform(-1, 1, 8))),
        10 ** _RANDOM.uniform(-1, 1.5, 8),
        strict=True,
    )
]


@pytest.mark.parametrize(("ra", "dec", "radius"), CONES)
def test_a_cone_holds_what_is_no_further_than_its_radius(stars, ra, dec, radius):
    separation = SkyCoord(ra, dec, unit="deg").separation(stars.sky).deg
    region = {"kind": "cone", "ra_deg": ra, "dec_deg": dec, "radius_deg": radius}
    stars.check(region, separation <= radius)


def test_a_cone_without_a_radius_holds_the_star_in_its_centre(stars):
    at = int(np.argmax(stars.sky.dec.deg))
    region = {
        "kind": "cone",
        "ra_deg": stars.sky.ra.deg[at],
        "dec_deg": stars.sky.dec.deg[at],
        "radius_deg": 0,
    }
    assert stars.ids[at] in stars.in_region(region)


@pytest.mark.parametrize(
    ("lon", "lat", "radius"),
    [
        (0.0, 0.0, 2.0),
        (359.9, -0.4, 1.5),
        (77.0, 90.0, 6.0),
        (12.0, -90.0, 4.0),
        (122.9, 27.1, 3.0),
    ],
)
def test_a_galactic_cone_is_that_of_astropys_frame(stars, lon, lat, radius):
    centre = SkyCoord(lon, lat, unit="deg", frame="galactic")
    region = {
        "kind": "cone",
        "lon_deg": lon,
        "lat_deg": lat,
        "radius_deg": radius,
        "frame": "galactic",
    }
    stars.check(region, stars.sky.separation(centre.icrs).deg <= radius)


BOXES = [
    (10.0, 40.0, -5.0, 5.0),
    (350.0, 10.0, -20.0, 15.0),
    (359.5, 0.5, 60.0, 90.0),
    (100.0, 280.0, -90.0, -80.0),
    (0.0, 360.0, 85.0, 90.0),
    (5.0, 1.0, 30.0, 31.0),
]


def _in_box(lon, lat, box) -> Flags:
    lon_min, lon_max, lat_min, lat_max = box
    inside = (lon >= lon_min) & (lon <= lon_max)
    if lon_min > lon_max:
        inside = (lon >= lon_min) | (lon <= lon_max)
    return inside & (lat >= lat_min) & (lat <= lat_max)


@pytest.mark.parametrize("box", BOXES)
def test_a_box_holds_what_lies_between_its_borders(stars, box):
    names = ("ra_min_deg", "ra_max_deg", "dec_min_deg", "dec_max_deg")
    region = {"kind": "box", **dict(zip(names, box, strict=True))}
    stars.check(region, _in_box(stars.sky.ra.deg, stars.sky.dec.deg, box))


@pytest.mark.parametrize("box", [(350.0, 10.0, -2.0, 2.0), (120.0, 124.0, 80.0, 90.0)])
def test_a_galactic_box_is_one_of_galactic_coordinates(stars, box):
    names = ("lon_min_deg", "lon_max_deg", "lat_min_deg", "lat_max_deg")
    region = {"kind": "box", "frame": "galactic", **dict(zip(names, box, strict=True))}
    galactic = stars.sky.galactic
    stars.check(region, _in_box(galactic.l.deg, galactic.b.deg, box))


CONVEX = [
    [(10, 10), (20, 10), (15, 25)],
    [(355, -5), (5, -5), (6, 8), (354, 7)],
    [(0, 80), (90, 80), (180, 80), (270, 80)],
    [(0, -85), (120, -85), (240, -85)],
    [(80, 20), (140, -30), (200, 10), (150, 50)],
]


def _in_convex(stars: Stars, corners) -> Flags:
    """Mark stars on the inner side of each great circle through two corners."""
    vectors = SkyCoord(*np.transpose(corners), unit="deg").cartesian.xyz.value.T
    normals = np.cross(vectors, np.roll(vectors, -1, axis=0))
    normals *= np.sign(normals @ vectors.sum(axis=0))[:, np.newaxis]
    return (stars.unit_vectors @ normals.T >= 0).all(axis=1)


@pytest.mark.parametrize("corners", CONVEX)
@pytest.mark.parametrize("step", [1, -1])
def test_a_polygon_holds_what_its_great_circles_enclose(stars, corners, step):
    region = {"kind": "polygon", "vertices_deg": corners[::step]}
    stars.check(region, _in_convex(stars, corners))


def test_a_polygon_with_a_notch_is_the_union_of_its_parts(stars):
    corners = [(40, 0), (60, 0), (60, 20), (50, 5), (40, 20)]
    parts = (
        [(40, 0), (60, 0), (50, 5)],
        [(60, 0), (60, 20), (50, 5)],
        [(40, 0), (50, 5), (40, 20)],
    )
    expected = np.any([_in_convex(stars, part) for part in parts], axis=0)
    stars.check({"kind": "polygon", "vertices_deg": corners}, expected)


@pytest.mark.parametrize("radius_arcsec", [0.5, 60.0, 3600.0])
def test_a_list_of_targets_holds_what_is_near_one_of_them(stars, radius_arcsec):
    random = np.random.default_rng(4)
    chosen = random.choice(stars.ids.size, 200, replace=False)
    ra = np.append(stars.sky.ra.deg[chosen], [0.0, 360.0, 5.0, 5.0]) % 360
    dec = np.append(stars.sky.dec.deg[chosen], [0.0, 10.0, 90.0, -90.0])
    targets = SkyCoord(ra, dec, unit="deg")
    near = targets.search_around_sky(stars.sky, radius_arcsec * u.arcsec)[0]
    expected = np.zeros(stars.ids.size, bool)
    expected[near] = True
    region = {
        "kind": "targets",
        "positions_deg": np.stack([ra, dec], axis=1).tolist(),
        "radius_arcsec": radius_arcsec,
    }
    stars.check(region, expected)
    assert expected.sum() >= 200

"""Rows that the trees of regions give, against astropy and against `Region.contains`."""

from dataclasses import replace

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from mocpy import MOC
from sqlglot import exp

from hub.errors import UsageError
from hub.query.compose import compose
from hub.query.region_condition import cells_of_ranges
from hub.query.selection import Selection
from hub.sky.pixels import key_range


@pytest.fixture(scope="module")
def coordinates(sky):
    placed = sky.rows.filter(sky.rows["_healpix_29"].is_valid())
    return SkyCoord(placed["ra"].to_numpy() * u.deg, placed["dec"].to_numpy() * u.deg)


CONES = [
    (83.63, 22.01, 5.0),
    (0.0, 90.0, 1.0),
    (123.0, -90.0, 0.001),
    (200.0, 89.9, 0.5),
    (0.0, 0.0, 3.0),
    (359.9, -0.1, 2.0),
    (10.0, 20.0, 90.0),
    (120.0, -70.0, 150.0),
    (40.0, 40.0, 179.9),
    (40.0, 40.0, 180.0),
    (90.0, 90.0, 0.0),
]


@pytest.mark.parametrize(("ra", "dec", "radius"), CONES)
def test_a_cone_gives_the_rows_that_astropy_gives(sky, coordinates, ra, dec, radius):
    separation = coordinates.separation(SkyCoord(ra * u.deg, dec * u.deg)).deg
    expected = np.flatnonzero(separation <= radius).tolist()
    region = {"kind": "cone", "ra_deg": ra, "dec_deg": dec, "radius_deg": radius}
    assert sky.ids(region=region) == expected


@pytest.mark.parametrize(("lon", "lat", "radius"), CONES)
def test_a_galactic_cone_gives_the_rows_that_astropy_gives(sky, coordinates, lon, lat, radius):
    centre = SkyCoord(l=lon * u.deg, b=lat * u.deg, frame="galactic")
    separation = coordinates.galactic.separation(centre).deg
    expected = np.flatnonzero(separation <= radius + 1e-12 * (radius == 180)).tolist()
    region = {"kind": "cone", "frame": "galactic", "lon_deg": lon, "lat_deg": lat}
    assert sky.ids(region=region | {"radius_deg": radius}) == expected


BOXES = [
    (10.0, 50.0, -20.0, 30.0),
    (350.0, 10.0, -5.0, 5.0),
    (0.0, 360.0, 89.0, 90.0),
    (0.0, 360.0, -90.0, 90.0),
    (200.0, 100.0, -90.0, -60.0),
    (20.0, 330.0, 44.0, 90.0),
    (170.0, 190.0, -90.0, 90.0),
    (270.0, 270.0, -1.0, 1.0),
]


def in_box(lon, lat, lon_min, lon_max, lat_min, lat_max):
    along = (lon >= lon_min) & (lon <= lon_max)
    if lon_min > lon_max:
        along = (lon >= lon_min) | (lon <= lon_max)
    return along & (lat >= lat_min) & (lat <= lat_max)


@pytest.mark.parametrize("box", BOXES)
def test_a_box_gives_the_rows_between_its_sides(sky, coordinates, box):
    keys = ("ra_min_deg", "ra_max_deg", "dec_min_deg", "dec_max_deg")
    expected = np.flatnonzero(in_box(coordinates.ra.deg, coordinates.dec.deg, *box)).tolist()
    assert sky.ids(region={"kind": "box"} | dict(zip(keys, box, strict=True))) == expected


@pytest.mark.parametrize("box", BOXES[:7])
def test_a_galactic_box_gives_the_rows_that_astropy_gives(sky, coordinates, box):
    keys = ("lon_min_deg", "lon_max_deg", "lat_min_deg", "lat_max_deg")
    galactic = coordinates.galactic
    expected = np.flatnonzero(in_box(galactic.l.deg, galactic.b.deg, *box)).tolist()
    region = {"kind": "box", "frame": "galactic"} | dict(zip(keys, box, strict=True))
    assert sky.ids(region=region) == expected


def test_positions_on_the_border_of_a_box_belong_to_it(sky):
    region = {"kind": "box", "ra_min_deg": 0, "ra_max_deg": 0, "dec_min_deg": 0, "dec_max_deg": 0}
    [row] = sky.ids(region=region)
    assert sky.rows["ra"][row].as_py() == sky.rows["dec"][row].as_py() == 0.0


POLYGONS = [
    [[350, -10], [20, -5], [10, 0], [15, 30]],
    [[0, 80], [120, 80], [240, 80]],
    [[0, -70], [90, -85], [180, -70], [270, -85]],
    [[0, 0], [10, 0], [10, 10], [0, 10]],
    [[5, 5], [5, 10], [350, 10]],
    [[lon, -10] for lon in range(0, 300, 30)] + [[lon, 10] for lon in range(270, -1, -30)],
]


@pytest.mark.parametrize("frame", ["icrs", "galactic"])
@pytest.mark.parametrize("vertices", POLYGONS)
def test_sql_of_a_polygon_gives_what_numpy_gives(sky, vertices, frame):
    region = {"kind": "polygon", "vertices_deg": vertices, "frame": frame}
    assert sky.ids(region=region) == numpy_ids(sky, region)


def numpy_ids(sky, region):
    shape = Selection.parse({"catalog": "stars", "region": region}).region.shape()
    ra, dec = (sky.rows[name].to_numpy(zero_copy_only=False) for name in ("ra", "dec"))
    placed = sky.rows["_healpix_29"].is_valid().to_numpy(zero_copy_only=False)
    return sky.where(shape.contains(ra, dec) & placed)


MOCS = [
    "3/1-4 100 7/3-200 1281",
    "0/0-11",
    "0/11 29/0",
    "8/" + " ".join(str(cell) for cell in range(0, 90_000, 3)),
]


@pytest.mark.parametrize("moc", MOCS)
def test_a_moc_gives_the_rows_that_mocpy_gives(sky, coordinates, moc):
    inside = MOC.from_string(moc).contains_lonlat(coordinates.ra, coordinates.dec)
    assert sky.ids(region={"kind": "moc", "moc": moc}) == np.flatnonzero(inside).tolist()


def test_cells_of_ranges_fill_them_exactly():
    ranges = np.array([[3, 3], [5, 1_000_003], [4**20 + 1, 4**21]])
    spans = sorted(
        key_range(order, cell)
        for order, cells in cells_of_ranges(ranges).items()
        for cell in cells.tolist()
    )
    filled = []
    for low, high in spans:
        if filled and filled[-1][1] + 1 == low:
            filled[-1][1] = high
        else:
            filled.append([low, high])
    assert filled == ranges.tolist()


@pytest.mark.parametrize("count", [3, 20, 21, 400])
@pytest.mark.parametrize("radius", [0.0, 30.0, 7200.0])
def test_targets_give_each_row_near_one_of_them_once(sky, coordinates, count, radius):
    centres = coordinates[:: len(coordinates) // count][:count]
    positions = [[ra, dec] for ra, dec in zip(centres.ra.deg, centres.dec.deg, strict=True)]
    region = {"kind": "targets", "positions_deg": positions, "radius_arcsec": radius}
    near = coordinates[:, np.newaxis].separation(centres).arcsec.min(axis=1)
    assert sky.ids(region=region) == np.flatnonzero(near <= radius).tolist()


def test_galactic_targets_and_named_ones_give_the_same_rows(sky, coordinates):
    centres = coordinates[:3000:100]
    icrs = [
        {"name": f"T{number}", "ra_deg": ra, "dec_deg": dec}
        for number, (ra, dec) in enumerate(
            zip(centres.ra.deg.tolist(), centres.dec.deg.tolist(), strict=True)
        )
    ]
    galactic = [
        [lon, lat] for lon, lat in zip(centres.galactic.l.deg, centres.galactic.b.deg, strict=True)
    ]
    kind = {"kind": "targets", "radius_arcsec": 600.0}
    rows = sky.ids(region=kind | {"positions_deg": icrs})
    assert rows
    assert sky.ids(region=kind | {"positions_deg": galactic, "frame": "galactic"}) == rows


def test_a_huge_target_radius_still_gives_the_right_rows(sky, coordinates):
    positions = [[ra, 10.0] for ra in range(0, 360, 15)]
    region = {"kind": "targets", "positions_deg": positions, "radius_arcsec": 80 * 3600}
    centres = SkyCoord(positions * u.deg)
    near = coordinates[:, np.newaxis].separation(centres).deg.min(axis=1)
    assert sky.ids(region=region) == np.flatnonzero(near <= 80).tolist()


def test_rows_without_a_position_are_in_no_region_but_in_all(sky):
    everywhere = {"kind": "cone", "ra_deg": 0, "dec_deg": 0, "radius_deg": 180}
    assert len(sky.ids()) == len(sky.ids(region={"kind": "all"})) == sky.rows.num_rows
    assert len(sky.ids(region=everywhere)) == sky.rows.num_rows - 2


def test_a_region_needs_a_table_with_positions(stars):
    selection = Selection.parse(
        {"catalog": "stars", "region": {"kind": "moc", "moc": "0/1"}},
    )
    with pytest.raises(UsageError, match="no positions"):
        compose(selection, replace(stars.description, position=None))


def test_the_first_conditions_of_a_region_are_ranges_of_the_key(sky):
    region = {"kind": "cone", "ra_deg": 5, "dec_deg": 5, "radius_deg": 1}
    tree = compose(Selection.parse({"catalog": "stars", "region": region}), sky.description).tree
    ranges = list(next(tree.args["where"].this.flatten()).find_all(exp.Between))
    assert 1 <= len(ranges) <= 64
    assert all(node.this.name == "_healpix_29" for node in ranges)

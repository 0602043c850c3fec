"""Facts of the Gaia table: the labels of the package against its data."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord

from ingest.demo.gaia import read_gaia_bright
from ingest.demo.hipparcos import read_hipparcos


@pytest.fixture(scope="module")
def stars() -> pa.Table:
    return read_gaia_bright()


@pytest.fixture(scope="module")
def hipparcos() -> dict[str, np.ndarray]:
    table = read_hipparcos().select(["HIP", "ra", "dec", "pmRA", "pmDE", "V-I", "Hpmag"])
    return {name: table[name].to_numpy() for name in table.column_names}


def moved(stars: dict[str, np.ndarray], rows: np.ndarray, epoch: float) -> SkyCoord:
    """Hipparcos stars at another epoch; in a straight line is enough over 25 years."""
    years = epoch - 1991.25
    dec = stars["dec"][rows]
    ra = stars["ra"][rows] + years * stars["pmRA"][rows] / 3.6e6 / np.cos(np.radians(dec))
    return SkyCoord(ra * u.deg, (dec + years * stars["pmDE"][rows] / 3.6e6) * u.deg)


def test_every_star_is_there_once(stars):
    assert stars.num_rows == 482_176
    assert pc.count_distinct(stars["source_id"]).as_py() == 482_176


def test_the_epoch_is_2016(stars, hipparcos):
    gaia = stars.filter(pc.greater(stars["source_id"], 0))
    sky = SkyCoord(gaia["ra"].to_numpy() * u.deg, gaia["dec"].to_numpy() * u.deg)
    fast = np.argsort(-np.hypot(hipparcos["pmRA"], hipparcos["pmDE"]))[:600]

    def median_distance(epoch: float) -> float:
        _, distance, _ = moved(hipparcos, fast, epoch).match_to_catalog_sky(sky)
        return float(np.median(distance.arcsec))

    distances = {epoch: median_distance(epoch) for epoch in (1991.25, 2000.0, 2015.5, 2016.0)}
    assert distances[2016.0] < 0.15
    assert min(distances, key=distances.get) == 2016.0
    assert distances[2015.5] > 0.4


def test_negative_identifiers_are_hipparcos_stars_at_the_same_epoch(stars, hipparcos):
    negative = stars.filter(pc.less(stars["source_id"], 0))
    assert negative.num_rows == 70
    assert pc.max(negative["bp_mag"]).as_py() == pc.max(negative["rp_mag"]).as_py() == 0
    row_of = {hip: row for row, hip in enumerate(hipparcos["HIP"].tolist())}
    rows = np.array([row_of[-source] for source in negative["source_id"].to_pylist()])
    sky = SkyCoord(negative["ra"].to_numpy() * u.deg, negative["dec"].to_numpy() * u.deg)
    distance = moved(hipparcos, rows, 2016.0).separation(sky).arcsec
    assert np.median(distance) < 0.001
    # Alpha Centauri and other near stars do not move in straight lines.
    assert distance.max() < 1.2


def test_the_last_two_columns_are_magnitudes_and_zero_means_missing(stars):
    g, bp, rp = (stars[name].to_numpy() for name in ("g_mag", "bp_mag", "rp_mag"))
    assert (bp >= 0).all()
    assert (rp >= 0).all()
    assert ((bp == 0).sum(), (rp == 0).sum()) == (363, 359)
    both = (bp > 0) & (rp > 0)
    colour = (bp - rp)[both]
    assert 0.7 < np.median(colour) < 1.5
    assert colour.min() > -1.0
    # G lies between the two, as a band that covers both does.
    between = (g[both] < bp[both] + 0.1) & (g[both] > rp[both] - 0.1)
    assert between.mean() > 0.98


def test_colours_agree_with_those_of_hipparcos(stars, hipparcos):
    measured = stars.filter(pc.and_(pc.greater(stars["bp_mag"], 0), pc.greater(stars["rp_mag"], 0)))
    sky = SkyCoord(measured["ra"].to_numpy() * u.deg, measured["dec"].to_numpy() * u.deg)
    rows = np.flatnonzero((hipparcos["Hpmag"] < 8.5) & np.isfinite(hipparcos["V-I"]))[::20]
    partner, distance, _ = moved(hipparcos, rows, 2016.0).match_to_catalog_sky(sky)
    close = distance.arcsec < 1.0
    colour = measured["bp_mag"].to_numpy() - measured["rp_mag"].to_numpy()
    assert close.sum() > 1000
    assert np.corrcoef(colour[partner[close]], hipparcos["V-I"][rows[close]])[0, 1] > 0.95

"""The mock survey: the same for a seed, whatever way it is made, and shaped like a survey."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from hub.errors import UsageError
from hub.tasks import ThreadRunner
from ingest.demo import mock, mock_sky
from ingest.demo.mock_galaxies import FLAG_DROP_OUT, FLAG_NEAR_STAR, FLAG_SATURATED
from ingest.readers import ReadOptions

SEED = 7


@pytest.fixture(scope="module")
def chunk() -> pa.Table:
    return mock.make_chunk(SEED, 0)


def column(table: pa.Table, name: str) -> np.ndarray:
    """Values as doubles, NaN for null."""
    return table[name].cast(pa.float64()).to_numpy()


def test_the_same_seed_gives_the_same_rows_and_another_seed_others(chunk):
    assert mock.make_chunk(SEED, 0).equals(chunk)
    assert not mock.make_chunk(SEED + 1, 0)["ra"].equals(chunk["ra"])


def test_a_chunk_does_not_depend_on_what_was_made_before(chunk):
    mock.make_chunk(SEED, 5)
    later = mock.make_chunk(SEED, 3)
    assert mock.make_chunk(SEED, 3).equals(later)
    assert not later["ra"].equals(chunk["ra"])


def test_a_longer_survey_begins_with_a_shorter_one(chunk):
    assert mock.make_chunk(SEED, 0, 1234).equals(chunk.slice(0, 1234))
    whole = mock.read_rows(SEED, 0, mock.CHUNK_ROWS + 10)
    assert whole.slice(0, mock.CHUNK_ROWS).equals(chunk)
    assert whole["id"].to_pylist()[-1] == mock.CHUNK_ROWS + 10


def test_pieces_of_any_size_give_every_row_once(tmp_path: Path):
    path = tmp_path / "survey.mock.json"
    mock.write_recipe(path, rows=mock.CHUNK_ROWS + 77, seed=SEED)
    source = mock.MOCK.open(path, ReadOptions(runner=ThreadRunner(2)))
    for rows in (1000, 10 * mock.CHUNK_ROWS):
        pieces = list(source.pieces(0, rows))
        ids = np.concatenate([piece.read()["id"].to_numpy() for piece in pieces])
        assert np.array_equal(ids, np.arange(1, mock.CHUNK_ROWS + 78))
        assert [piece.first_row for piece in pieces] == [
            sum(piece.rows for piece in pieces[:place]) for place in range(len(pieces))
        ]


@pytest.mark.parametrize(
    "recipe",
    [
        "",
        "[]",
        "{}",
        '{"rows": 0}',
        '{"rows": 2000000000}',
        '{"rows": 5, "seed": -1}',
        '{"rows":"5"}',
    ],
)
def test_a_recipe_that_makes_no_sense_is_refused(tmp_path: Path, recipe: str):
    path = tmp_path / "survey.mock.json"
    path.write_text(recipe)
    with pytest.raises(UsageError, match=r"survey"):
        mock.MOCK.open(path, ReadOptions(runner=ThreadRunner(1)))


def test_a_recipe_is_small_and_readable(tmp_path: Path):
    path = tmp_path / "survey.mock.json"
    mock.write_recipe(path, rows=10, seed=3)
    assert json.loads(path.read_text()) == {"rows": 10, "seed": 3}


def test_positions_stay_inside_the_footprint_on_both_sides_of_ra_zero(chunk):
    ra, dec = column(chunk, "ra"), column(chunk, "dec")
    assert ((ra >= 300) | (ra <= 60)).all()
    assert ((ra >= 0) & (ra < 360)).all()
    assert (np.abs(dec - 17) <= 22).all()
    assert 0.3 < np.mean(ra < 60) < 0.7


def test_discs_around_bright_stars_are_empty_and_their_halos_are_flagged(chunk):
    stars = mock_sky.make_sky(SEED).stars
    ra, dec = np.radians(column(chunk, "ra")), np.radians(column(chunk, "dec"))
    points = np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)], axis=1)
    flagged = column(chunk, "flags").astype(int) & FLAG_NEAR_STAR > 0
    for star in np.argsort(-stars.radius_deg)[:20]:
        distance = np.degrees(np.arccos(np.clip(points @ stars.vectors[star], -1, 1)))
        assert distance.min() >= stars.radius_deg[star] - 1e-6
        halo = distance < 1.49 * stars.radius_deg[star]
        assert flagged[halo].all()
    assert 0.001 < flagged.mean() < 0.1


def test_galaxies_cluster_on_the_sky(chunk):
    cells = mock_sky.cells_of(column(chunk, "ra"), column(chunk, "dec"))
    # Blocks of 16 x 16 cells, about 1.7 square degrees, 87 galaxies in the mean.
    row, place = np.divmod(cells, 1440)
    counts = np.bincount((row // 16) * 90 + place // 16, minlength=32 * 90)
    assert counts.var() > 10 * counts.mean()


def test_counts_rise_with_magnitude_at_the_slope_that_was_set(chunk):
    mag = column(chunk, "mag_i")
    counts, _ = np.histogram(mag, bins=np.arange(18.0, 24.1, 1.0))
    slope = np.polyfit(np.arange(6), np.log10(counts), 1)[0]
    assert slope == pytest.approx(0.38, abs=0.02)


def test_photometric_redshift_goes_with_colour(chunk):
    red, z_phot = column(chunk, "mag_r") - column(chunk, "mag_i"), column(chunk, "z_phot")
    usable = np.isfinite(red) & np.isfinite(z_phot) & (z_phot < 0.7)
    assert np.corrcoef(red[usable], z_phot[usable])[0, 1] > 0.35
    bright = usable & (column(chunk, "mag_i") < 20)
    assert np.nanmedian(z_phot[bright]) < 0.7 * np.nanmedian(z_phot[np.isfinite(z_phot)])


def test_missing_magnitudes_are_nulls_that_grow_towards_blue_and_red_ends(chunk):
    nulls = {name: chunk[name].null_count / chunk.num_rows for name in chunk.column_names}
    assert nulls["id"] == nulls["ra"] == nulls["dec"] == nulls["flags"] == nulls["size"] == 0
    assert 0.1 < nulls["mag_u"] < 0.5
    assert nulls["mag_u"] > nulls["mag_g"] > nulls["mag_r"]
    assert nulls["mag_y"] > nulls["mag_z"]
    assert 0 < nulls["z_phot"] < 0.2
    for name in mock.SCHEMA.names[3:]:
        assert not pc.any(pc.is_nan(pc.drop_null(chunk[name]).cast(pa.float64()))).as_py()


def test_flags_say_what_the_columns_show(chunk):
    flags = column(chunk, "flags").astype(int)
    dropped = flags & FLAG_DROP_OUT > 0
    assert 0.001 < dropped.mean() < 0.3
    assert np.isnan(column(chunk, "mag_u")[dropped]).all()
    saturated = flags & FLAG_SATURATED > 0
    assert column(chunk, "mag_i")[saturated].max() < 16.2


@pytest.mark.parametrize("seed", range(4))
def test_no_cell_has_more_stars_near_than_it_can_hold(seed):
    stars = mock_sky.make_sky(seed).stars
    assert (stars.of_cell[:, -1] == -1).all()

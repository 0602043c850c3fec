"""LSDB and hats, from the environment of the peers, read the collections that ingest wrote."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord, search_around_sky

from hub.access import LOCAL
from hub.assemble import Services, assemble
from hub.query.selection import Selection
from hub.settings import Settings
from ingest.demo.make import make_demo
from ingest.progress import Progress

ROOT = Path(__file__).resolve().parents[2]
PEER_PYTHON = ROOT / ".venv-peers" / "bin" / "python"
MOCK_ROWS = 3_000_000
KEYS = {"hipparcos": "hip", "gaia_bright": "source_id", "mock": "id"}

pytestmark = pytest.mark.stress


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    home = tmp_path_factory.mktemp("home")
    services = assemble(Settings.load({}, home))
    make_demo(services, MOCK_ROWS, Progress(sys.stderr))
    return services


@pytest.fixture(scope="module")
def ask(services: Services) -> Callable[..., Any]:
    """Ask LSDB in its own environment."""
    if not PEER_PYTHON.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("The environment of the peers is missing: run make stress-test.")
        pytest.skip("The environment of the peers is made by make stress-test.")
    script = ROOT / "tests" / "peers" / "read_with_lsdb.py"

    def run(question: str, *words: object) -> Any:
        answer = subprocess.run(
            [PEER_PYTHON, "-W", "ignore", script, question, *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer.returncode == 0, answer.stderr
        return json.loads(answer.stdout)

    return run


def collection(services: Services, catalog: str) -> Path:
    table = services.catalogs.table(catalog, None, "main", LOCAL)
    return services.warehouse.local_of_url(table.location)


def rows(services: Services, selection: dict[str, Any]) -> dict[str, np.ndarray]:
    plan = services.queries.plan_selection(Selection.parse(selection), LOCAL)
    with services.queries.stream(plan) as stream:
        table = stream.read_all()
    return {name: table[name].to_numpy() for name in table.column_names}


@pytest.mark.parametrize("catalog", ["hipparcos", "gaia_bright", "openngc", "mock"])
def test_hats_finds_nothing_wrong(services, ask, catalog):
    assert ask("validate", collection(services, catalog)) is True


ACROSS_ZERO = (0.02, 10.0, 1.5)
BELOW_THE_EQUATOR = (359.9, -4.0, 2.0)
AT_THE_NORTH_POLE = (120.0, 89.5, 2.0)
AT_THE_SOUTH_POLE = (10.0, -90.0, 3.0)
IN_TAURUS = (83.6, 22.0, 3.0)


@pytest.mark.parametrize(
    ("catalog", "cone"),
    [
        *product(
            ("hipparcos", "gaia_bright"),
            (ACROSS_ZERO, BELOW_THE_EQUATOR, AT_THE_NORTH_POLE, AT_THE_SOUTH_POLE, IN_TAURUS),
        ),
        # The mock survey has no poles.
        *product(("mock",), (ACROSS_ZERO, BELOW_THE_EQUATOR)),
    ],
)
def test_cones_hold_the_same_rows(services, ask, catalog, cone):
    key = KEYS[catalog]
    ra, dec, radius_deg = cone
    region = {"kind": "cone", "ra_deg": ra, "dec_deg": dec, "radius_deg": radius_deg}
    ours = rows(services, {"catalog": catalog, "columns": [key], "region": region})[key]
    theirs = ask("cone", collection(services, catalog), key, ra, dec, radius_deg * 3600)
    assert sorted(ours.tolist()) == theirs
    assert theirs


def test_matches_are_those_of_astropy_on_our_rows(services, ask):
    radius_arcsec = 8.0
    theirs = ask(
        "match",
        collection(services, "hipparcos"),
        collection(services, "gaia_bright"),
        "hip",
        "source_id",
        radius_arcsec,
    )
    stars, gaia = (
        rows(services, {"catalog": catalog, "columns": [KEYS[catalog], "ra", "dec"]})
        for catalog in ("hipparcos", "gaia_bright")
    )
    left, right, distance, _ = search_around_sky(
        SkyCoord(stars["ra"] * u.deg, stars["dec"] * u.deg),
        SkyCoord(gaia["ra"] * u.deg, gaia["dec"] * u.deg),
        radius_arcsec * u.arcsec,
    )
    nearest: dict[int, tuple[float, int]] = {}
    for star, partner, arcsec in zip(
        stars["hip"][left].tolist(),
        gaia["source_id"][right].tolist(),
        distance.arcsec.tolist(),
        strict=True,
    ):
        nearest[star] = min(nearest.get(star, (np.inf, 0)), (arcsec, partner))
    ours = sorted([star, partner] for star, (_, partner) in nearest.items())
    assert [pair[:2] for pair in theirs] == ours
    assert len(ours) > 80_000
    arcsec = np.array([nearest[star][0] for star, _ in ours])
    # LSDB takes chords, which at 8 arcsec are shorter by 2e-10 of their length.
    assert np.allclose([pair[2] for pair in theirs], arcsec, atol=1e-5)

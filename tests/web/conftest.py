"""A small hub with one real, awkward catalogue, and its pages."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.access import ANONYMOUS
from hub.assemble import Services, assemble
from hub.cli.main import main
from hub.settings import Settings
from hub.tables.description import TableDescription
from web.app import create_app

ROWS = 2_000

DESCRIPTION = """
title = "Stars <b>&amp; more</b>"
description = "Made for tests."
citation = "Tester et al. 2026, doi 10.1234/abcd.5"
licence = "CC0"
epoch = 2016.0

[columns.g_mag]
unit = "mag"
ucd = "phot.mag;em.opt"
description = "Magnitude <script>alert(1)</script>"
"""


def make_table() -> pa.Table:
    """Return rows with nulls, NaN, commas, quotes, and every kind of type."""
    random = np.random.default_rng(5)
    g_mag = random.normal(10, 2, ROWS)
    return pa.table(
        {
            "id": pa.array(np.arange(ROWS) + 2**60, pa.int64()),
            "ra": random.uniform(0, 360, ROWS),
            "dec": np.degrees(np.arcsin(random.uniform(-1, 1, ROWS))),
            "g_mag": pa.array(g_mag, mask=random.random(ROWS) < 0.1),
            "bp_mag": pa.array(g_mag + random.normal(0.5, 0.2, ROWS), pa.float32()),
            "flags": pa.array(random.integers(0, 16, ROWS), pa.int32()),
            "is_star": pa.array(random.random(ROWS) < 0.5),
            "name": pa.array([f'star, "{number}"' for number in range(ROWS)]),
            "seen": pa.array(
                [datetime(2026, 1, 1 + number % 28, tzinfo=UTC) for number in range(ROWS)],
                pa.timestamp("us", tz="UTC"),
            ),
        }
    )


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home: Path = tmp_path_factory.mktemp("web-hub")
    source, notes = home / "stars.parquet", home / "stars.toml"
    pq.write_table(make_table(), source)
    notes.write_text(DESCRIPTION)
    arguments = ["ingest", "catalog", "stars", "1.0", str(source), "--describe", str(notes)]
    assert main(["--home", str(home), *arguments]) == 0
    return Settings(home=home)


@pytest.fixture(scope="session")
def services(settings: Settings) -> Services:
    return assemble(settings)


@pytest.fixture(scope="session")
def app(settings: Settings, services: Services) -> Flask:
    return create_app(settings, services)


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client


@pytest.fixture(scope="session")
def stars(services: Services) -> TableDescription:
    return services.catalogs.table("stars", "1.0", "main", ANONYMOUS)

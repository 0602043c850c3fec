"""The real ``hub``, run as a process in a home of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.cli.main import main
from hub.settings import Settings
from hub.tables.description import (
    CatalogDescription,
    ColumnDescription,
    Partition,
    PositionDescription,
    TableDescription,
)
from hub.tables.registry import Registry
from hub.tables.warehouse import Warehouse

HUB = Path(sys.executable).with_name("hub")

RunHub = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def hub(home: Path, tmp_path: Path) -> RunHub:
    """Run ``hub`` with arguments; keywords are entries of the environment."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        outer = {name: text for name, text in os.environ.items() if not name.startswith("HUB_")}
        return subprocess.run(
            [HUB, *arguments],
            env=outer | {"HUB_HOME": str(home)} | environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def hub_here(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> RunHub:
    """Run the entry point of ``hub`` in this process: the same answers, without the start."""
    for name in [name for name in os.environ if name.startswith("HUB_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HUB_HOME", str(home))

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        capsys.readouterr()
        status = main(arguments)
        out, err = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, status, out, err)

    return run


COLUMNS = (
    ColumnDescription(
        name="source_id",
        original_name="Source ID",
        type="bigint",
        ucd="meta.id;meta.main",
        description="Number of the star",
        nulls=0,
        minimum=-5,
        maximum=2**60 + 1,
    ),
    ColumnDescription(
        name="ra",
        original_name="ra",
        type="double",
        unit="deg",
        ucd="pos.eq.ra;meta.main",
        nulls=0,
        nans=0,
        minimum=0.25,
        maximum=359.5,
    ),
    ColumnDescription(name="dec", original_name="dec", type="double", unit="deg"),
    ColumnDescription(
        name="flux", original_name="flux", type="float", nulls=12, maximum=float("inf")
    ),
    ColumnDescription(name="_healpix_29", original_name="_healpix_29", type="bigint"),
    ColumnDescription(name="_random", original_name="_random", type="integer"),
)


@pytest.fixture
def publish(home: Path) -> Callable[..., Path]:
    """Publish a version of two tables, and return the folder of its files."""

    def make(name: str = "stars", version: str = "1.0") -> Path:
        settings = Settings.load({}, home)
        warehouse = Warehouse(settings.warehouse)
        tables = []
        for table in ("main", "spectra"):
            folder = warehouse.local_path(f"{name}/{version}/{table}")
            folder.mkdir(parents=True)
            (folder / "provenance.json").write_text("{}")
            tables.append(
                TableDescription(
                    catalog=name,
                    version=version,
                    name=table,
                    rows=1_234_567,
                    bytes=98_765_432,
                    location=folder.as_uri(),
                    key="source_id",
                    position=PositionDescription(ra="ra", dec="dec", epoch=2016.0),
                    order_key=("_healpix_29", "_random"),
                    columns=COLUMNS,
                    partitions=(Partition(path="data/x", rows=5, bytes=6, key_min=0, key_max=9),),
                    sample_levels={9: 200_000},
                )
            )
        registry = Registry(settings.database)
        registry.publish(
            CatalogDescription(
                catalog=name,
                version=version,
                default=False,
                title="Bright stars",
                description="Stars.\nBright ones.",
                citation="Somebody 2020",
                licence="CC BY 4.0",
                owner="local",
                created=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
                tables=tuple(tables),
            )
        )
        registry.close()
        return warehouse.local_path(f"{name}/{version}")

    return make

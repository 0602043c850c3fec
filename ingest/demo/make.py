"""Making the demo catalogs: those that are not there yet."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from hub.access import LOCAL
from hub.assemble import Services
from hub.errors import UsageError
from hub.tables.description import CatalogDescription
from ingest.demo import gaia, hipparcos, mock, openngc
from ingest.describe import read_notes
from ingest.progress import Progress
from ingest.request import IngestRequest
from ingest.run import ingest_catalog

VERSION = "1.0"
MOCK = "mock"

_MARGIN_ARCSEC = 10.0
"""Margin of the two star catalogs: LSDB needs one to match them without losses."""


class DifferentMockError(UsageError):
    """The mock survey that is there has another number of rows than asked for."""


@dataclass(frozen=True, kw_only=True)
class DemoCatalog:
    """One demo catalog: its name and how its input file is written."""

    name: str
    write_input: Callable[[Path], Path]
    """Writes the input into a folder and returns its path."""

    margin_arcsec: float | None = None


def demo_catalogs(mock_rows: int) -> tuple[DemoCatalog, ...]:
    """Return the demo catalogs, small ones first."""
    return (
        DemoCatalog(name="openngc", write_input=partial(_write, "openngc", openngc.read_openngc)),
        DemoCatalog(
            name="hipparcos",
            write_input=partial(_write, "hipparcos", hipparcos.read_hipparcos),
            margin_arcsec=_MARGIN_ARCSEC,
        ),
        DemoCatalog(
            name="gaia_bright",
            write_input=partial(_write, "gaia_bright", gaia.read_gaia_bright),
            margin_arcsec=_MARGIN_ARCSEC,
        ),
        DemoCatalog(name=MOCK, write_input=partial(_write_recipe, mock_rows)),
    )


def make_demo(services: Services, mock_rows: int | None, progress: Progress) -> tuple[str, ...]:
    """Make the demo catalogs that are not there, and return their names.

    A call that was interrupted is continued by the next one: a catalog is there
    when it is published, and not before.

    Parameters
    ----------
    services
        The hub to make them in.
    mock_rows
        Rows of the mock survey; null means that any number will do.
    progress
        Told what is being made.

    Raises
    ------
    DifferentMockError
        There is a mock survey, and it has not ``mock_rows`` rows.
    """
    there = {
        catalog.catalog: catalog
        for catalog in services.catalogs.catalogs(LOCAL)
        if catalog.version == VERSION
    }
    if mock_rows is not None and MOCK in there:
        _check_rows(there[MOCK], mock_rows)
    wanted = demo_catalogs(mock.DEFAULT_ROWS if mock_rows is None else mock_rows)
    missing = [catalog for catalog in wanted if catalog.name not in there]
    for catalog in missing:
        progress.note(f"making the catalog {catalog.name}")
        _make(catalog, services, progress)
    return tuple(catalog.name for catalog in missing)


def _check_rows(there: CatalogDescription, rows: int) -> None:
    has = sum(table.rows for table in there.tables)
    if has != rows:
        raise DifferentMockError(
            f"The mock survey is there already, with {has} rows instead of {rows}.",
            hint=f"hub catalogs remove {MOCK}@{VERSION} makes room for another.",
        )


def _make(catalog: DemoCatalog, services: Services, progress: Progress) -> None:
    settings = services.settings
    description = files("ingest.demo") / f"{catalog.name}.toml"
    with tempfile.TemporaryDirectory(prefix="hub-demo-") as folder, as_file(description) as notes:
        request = IngestRequest(
            catalog=catalog.name,
            version=VERSION,
            inputs=(catalog.write_input(Path(folder)),),
            margin_arcsec=catalog.margin_arcsec,
            memory_bytes=settings.memory_bytes,
            threads=settings.threads,
            seed=settings.random_seed,
            notes=read_notes(notes),
        )
        ingest_catalog(request, services.registry, services.warehouse, progress)


def _write(name: str, read: Callable[[], pa.Table], folder: Path) -> Path:
    path = folder / f"{name}.parquet"
    pq.write_table(read(), path)
    return path


def _write_recipe(rows: int, folder: Path) -> Path:
    path = folder / f"{MOCK}.mock.json"
    mock.write_recipe(path, rows=rows)
    return path

"""Ingest into a hub of its own, and read back what was written."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hub.access import LOCAL
from hub.tables.description import TableDescription
from hub.tables.registry import Registry
from hub.tables.warehouse import Warehouse
from ingest.progress import Progress
from ingest.request import IngestRequest
from ingest.run import ingest_catalog


@dataclass(frozen=True)
class Ingested:
    """A published table, its folder, and what was said."""

    table: TableDescription
    folder: Path
    said: str

    @property
    def files(self) -> list[Path]:
        parts = [*self.table.partitions]
        if self.table.unplaced is not None:
            parts.append(self.table.unplaced)
        return [self.folder / part.path for part in parts]

    def rows(self) -> pa.Table:
        """All rows, in the table's order."""
        with_metadata = [pq.ParquetFile(path).read() for path in self.files]
        return pa.concat_tables(with_metadata)

    def column(self, name: str) -> list[object]:
        return self.rows().column(name).to_pylist()


@dataclass
class Hub:
    """A registry and a warehouse in a folder."""

    registry: Registry
    warehouse: Warehouse
    root: Path

    def ingest(self, *inputs: Path, **options: object) -> Ingested:
        said = io.StringIO()
        options = {"catalog": "c", "version": "1.0", **options}
        request = IngestRequest(inputs=tuple(inputs), **options)  # type: ignore[arg-type]
        ingest_catalog(request, self.registry, self.warehouse, Progress(said))
        table = self.registry.table(request.catalog, request.version, request.table, LOCAL)
        return Ingested(table, self.warehouse.local_of_url(table.location), said.getvalue())

    def is_empty(self) -> bool:
        """Tell whether nothing is published and no file was left."""
        left = [path for path in self.root.rglob("*") if path.is_file()]
        return not self.registry.catalogs(LOCAL) and not left


@pytest.fixture
def new_hub(tmp_path: Path) -> Iterator[Callable[[str], Hub]]:
    """Make hubs, by name of a folder."""
    made: list[Hub] = []

    def make(name: str) -> Hub:
        folder = tmp_path / name
        folder.mkdir()
        registry = Registry(f"sqlite:///{folder / 'hub.sqlite'}")
        root = folder / "warehouse"
        made.append(Hub(registry, Warehouse(root.as_uri()), root))
        return made[-1]

    yield make
    for hub in made:
        hub.registry.close()


@pytest.fixture
def hub(new_hub: Callable[[str], Hub]) -> Hub:
    return new_hub("hub")

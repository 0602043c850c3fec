"""`Work`: an ingest that is under way.

A later journal can skip a stage whose results it holds: every result stands here,
is a value, and depends only on the plan and the results before it.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from hub.tasks import TaskRunner
from ingest.choose_partitions import PartitionTask
from ingest.encodings import ColumnEncoding
from ingest.plan import TablePlan
from ingest.progress import Progress
from ingest.readers import Source
from ingest.request import IngestRequest
from ingest.runs import Run
from ingest.statistics import ColumnStatistics
from ingest.write_partitions import FileLayout, WrittenPartition


@dataclass(frozen=True, kw_only=True, order=True)
class InputFile:
    """An input file as provenance keeps it."""

    number: int
    path: str
    bytes: int
    rows: int
    sha256: str


@dataclass(kw_only=True)
class Work:
    """What is known so far; each stage adds its part."""

    request: IngestRequest
    folder: Path
    """The table's folder; what is written before publishing lies here too."""

    runner: TaskRunner
    progress: Progress
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    files: list[InputFile] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    encodings: dict[str, ColumnEncoding] = field(default_factory=dict)
    tasks: list[PartitionTask] = field(default_factory=list)
    written: list[WrittenPartition] = field(default_factory=list)
    statistics: dict[str, ColumnStatistics] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    margin: str = ""
    """Folder of the margin; empty when there is none."""

    schema: pa.Schema = None
    _plan: TablePlan | None = None
    _layout: FileLayout | None = None

    @property
    def plan(self) -> TablePlan:
        """Return the plan; only after the stage that makes it."""
        if self._plan is None:
            raise RuntimeError("the table is not planned yet")
        return self._plan

    @plan.setter
    def plan(self, plan: TablePlan) -> None:
        self._plan = plan

    @property
    def layout(self) -> FileLayout:
        """Return the layout of files; only after the stage that makes it."""
        if self._layout is None:
            raise RuntimeError("encodings are not chosen yet")
        return self._layout

    @layout.setter
    def layout(self, layout: FileLayout) -> None:
        self._layout = layout

    @property
    def collection_name(self) -> str:
        """Return the name of the HATS collection."""
        return f"{self.request.catalog}_{self.request.version}_{self.request.table}"

    @property
    def rows(self) -> int:
        """Return the rows of all files."""
        return sum(source.rows for source in self.sources)

    @property
    def row_bytes(self) -> float:
        """Return the estimated bytes of a row in memory, hub columns included."""
        return max(source.row_bytes for source in self.sources) + 12

    def note(self, text: str) -> None:
        """Tell the user something, and keep it for the provenance."""
        self.notes.append(text)
        self.progress.note(text)

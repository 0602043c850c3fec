"""`IngestRequest`: what was asked for, checked at birth."""

from dataclasses import dataclass, field
from pathlib import Path

from hub.errors import UsageError
from hub.tables.names import check_name, check_version
from ingest.describe import TableNotes

FRAMES = ("icrs", "galactic")

MINIMUM_MEMORY = 64 * 2**20
"""The least that may be asked for; runs of the smallest size are made with it."""


@dataclass(frozen=True, kw_only=True)
class IngestRequest:
    """Turn ``inputs`` into the table ``catalog@version.table``.

    What is not named here is taken from ``notes``, then looked for in the files.
    """

    catalog: str
    version: str
    inputs: tuple[Path, ...]
    """Files, or folders of Parquet files; their order is the order of rows."""

    table: str = "main"
    key: str | None = None
    ra: str | None = None
    dec: str | None = None
    frame: str | None = None
    """``icrs`` or ``galactic``; with the latter ``ra`` and ``dec`` name l and b."""

    epoch: float | None = None
    """Julian year of the positions."""

    margin_arcsec: float | None = None
    memory_bytes: int = 2 * 2**30
    """Bounds the rows that are read, converted and sorted at once. Two things lie outside:
    the interpreter with its libraries, and the keys of the partitions being written."""

    threads: int = 2
    compact: bool = False
    """Floats as BYTE_STREAM_SPLIT with zstd: 28 % less disk, scans half as fast."""

    seed: int = 0
    """Seed of ``_random``, one for the whole hub."""

    notes: TableNotes = field(default_factory=TableNotes)

    def __post_init__(self) -> None:
        check_name(self.catalog, what="catalog")
        check_name(self.table, what="table")
        check_version(self.version)
        if not self.inputs:
            raise UsageError("No input files were named.")
        if self.frame is not None and self.frame not in FRAMES:
            raise UsageError(f"Unknown frame {self.frame!r}.", hint="Known: icrs, galactic.")
        if (self.ra is None) != (self.dec is None):
            raise UsageError("--ra and --dec go together.", hint="Name both columns, or neither.")
        if self.margin_arcsec is not None and not 0 < self.margin_arcsec <= 3600:
            raise UsageError(
                f"A margin of {self.margin_arcsec:g} arcsec is not possible.",
                hint="Use more than 0 and at most 3600 arcsec.",
            )
        if self.memory_bytes < MINIMUM_MEMORY:
            raise UsageError(
                f"{self.memory_bytes} bytes of memory are too few.",
                hint=f"Give at least {MINIMUM_MEMORY // 2**20} MiB.",
            )

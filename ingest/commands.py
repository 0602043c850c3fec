"""``hub ingest``: its arguments, and what it says."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from hub.cli.command import Command
from hub.settings import Settings, parse_size
from hub.tables.registry import Registry
from hub.tables.warehouse import Warehouse
from ingest.describe import TableNotes, read_notes
from ingest.progress import Progress
from ingest.request import IngestRequest
from ingest.run import ingest_catalog


def configure(parser: ArgumentParser) -> None:
    """Add the sub-commands."""
    commands = parser.add_subparsers(dest="what", required=True, metavar="catalog")
    catalog = commands.add_parser(
        "catalog", help="ingest FITS, CSV or Parquet files as a table of a catalog"
    )
    add = catalog.add_argument
    add("name", metavar="NAME", help="name of the catalog: a-z, 0-9 and _")
    add("version", metavar="VERSION", help="version, such as 1.0")
    add("files", metavar="FILE", nargs="+", type=Path, help="input files, or folders of Parquet")
    add("--table", default="main", metavar="T", help="name of the table (default: main)")
    add("--key", metavar="COL", help="primary key: whole numbers or texts")
    add("--ra", metavar="COL", help="column of the right ascension (or Galactic longitude)")
    add("--dec", metavar="COL", help="column of the declination (or Galactic latitude)")
    add("--frame", choices=("icrs", "galactic"), help="frame of the positions (default: icrs)")
    add("--epoch", type=float, metavar="YEAR", help="epoch of the positions, Julian year")
    add("--describe", type=Path, metavar="FILE.toml", help="titles, units, UCDs, null values")
    add("--margin", type=float, metavar="ARCSEC", help="also write a HATS margin")
    add(
        "--memory",
        type=parse_size,
        metavar="SIZE",
        help="memory for reading and sorting, such as 2GiB (the default, HUB_MEMORY); at least "
        "64MiB, though the program takes 300MiB in any case",
    )
    add("--compact", action="store_true", help="smaller files, slower scans")


def run(options: Namespace, settings: Settings) -> int:
    """Ingest the files and tell what was published."""
    notes = TableNotes() if options.describe is None else read_notes(options.describe)
    request = IngestRequest(
        catalog=options.name,
        version=options.version,
        inputs=tuple(options.files),
        table=options.table,
        key=options.key,
        ra=options.ra,
        dec=options.dec,
        frame=options.frame,
        epoch=options.epoch,
        margin_arcsec=options.margin,
        memory_bytes=settings.memory_bytes if options.memory is None else options.memory,
        threads=settings.threads,
        compact=options.compact,
        seed=settings.random_seed,
        notes=notes,
    )
    registry = Registry(settings.database)
    try:
        table = ingest_catalog(
            request, registry, Warehouse(settings.warehouse), Progress(sys.stderr)
        )
    finally:
        registry.close()
    sys.stderr.write(
        f"hub: published {table.full_name}: {table.rows} rows, {len(table.visible_columns)} "
        f"columns, {table.bytes} bytes in {len(table.partitions)} partitions\n"
    )
    return 0


ingest = Command(help="ingest catalogue files as tables of the hub", configure=configure, run=run)

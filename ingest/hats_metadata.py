"""Files that make a table's folder a HATS collection (IVOA note HATS 1.0).

Written from our own values: importing hats costs more time than small ingests
take. Tests open the result with hats and run its validation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from cdshealpix.skymap import SkymapExplicit, SkymapImplicit
from mocpy import MOC

from hub import __version__
from hub.tables.description import Partition
from hub.tables.layout import COLLECTION_PROPERTIES, DATA
from ingest.plan import HEALPIX
from ingest.write_partitions import MAP_ORDER

HATS_VERSION = "v1.0"
HATS_RELEASE = "2025-08-22"


@dataclass(frozen=True, kw_only=True)
class SkyMap:
    """Rows per HEALPix pixel, where there are any."""

    pixels: npt.NDArray[np.int64]
    """Nested, ascending."""

    counts: npt.NDArray[np.int64]
    order: int = MAP_ORDER


@dataclass(frozen=True, kw_only=True)
class CollectionFacts:
    """What the metadata of a collection say."""

    name: str
    title: str
    ra: str
    dec: str
    epoch: float | None
    partitions: Sequence[Partition]
    schema: pa.Schema
    sky_map: SkyMap
    created: datetime
    margins: Sequence[str] = ()
    """Folders of margin catalogs beside the data."""


def write_common_metadata(folder: Path, schema: pa.Schema) -> None:
    """Write the schema file of a dataset; readers need not open a data file for it."""
    dataset = folder / "dataset"
    dataset.mkdir(parents=True, exist_ok=True)
    pq.write_metadata(schema, dataset / "_common_metadata")


def write_collection(folder: Path, facts: CollectionFacts) -> None:
    """Write all metadata of a collection; its properties last.

    ::

        collection.properties
        data/hats.properties  partition_info.csv  skymap.fits  point_map.fits  moc.fits
        data/dataset/_common_metadata
    """
    data = folder / DATA
    write_common_metadata(data, facts.schema)
    write_partition_info(data, facts.partitions)
    _write_sky_map(data, facts.sky_map)
    orders = np.full(facts.sky_map.pixels.size, facts.sky_map.order, np.uint8)
    moc = MOC.from_healpix_cells(
        facts.sky_map.pixels.astype(np.uint64), orders, max_depth=facts.sky_map.order
    )
    moc.save(data / "moc.fits", format="fits", overwrite=True)
    rows = sum(partition.rows for partition in facts.partitions)
    properties = {
        "obs_collection": facts.name,
        "obs_title": facts.title,
        "dataproduct_type": "object",
        "hats_nrows": rows,
        "hats_col_ra": facts.ra,
        "hats_col_dec": facts.dec,
        "hats_skymap_order": facts.sky_map.order,
        "hats_max_rows": max(partition.rows for partition in facts.partitions),
        "moc_sky_fraction": f"{moc.sky_fraction:.10g}",
        **common_properties(facts.partitions, facts.created),
    }
    write_properties(data / "hats.properties", properties)
    collection = {
        "obs_collection": facts.name,
        "obs_title": facts.title,
        "hats_primary_table_url": DATA,
    }
    if facts.margins:
        collection |= {"all_margins": " ".join(facts.margins), "default_margin": facts.margins[0]}
    write_properties(folder / COLLECTION_PROPERTIES, collection)


def common_properties(partitions: Sequence[Partition], created: datetime) -> dict[str, object]:
    """Return the properties that data and margins share."""
    return {
        "hats_col_healpix": HEALPIX,
        "hats_col_healpix_order": 29,
        "hats_npix_suffix": "/",
        "hats_order": max((partition.order or 0 for partition in partitions), default=0),
        "hats_builder": f"exploration-hub {__version__}",
        "hats_creation_date": created.strftime("%Y-%m-%dT%H:%MUTC"),
        "hats_estsize": sum(partition.bytes for partition in partitions) // 1024,
        "hats_release_date": HATS_RELEASE,
        "hats_version": HATS_VERSION,
    }


def write_partition_info(folder: Path, partitions: Sequence[Partition]) -> None:
    """Write the list of partitions, in order of key."""
    lines = ["Norder,Npix"]
    lines += [f"{partition.order},{partition.pixel}" for partition in partitions]
    (folder / "partition_info.csv").write_text("\n".join(lines) + "\n")


def write_properties(path: Path, properties: Mapping[str, object]) -> None:
    """Write a Java properties file."""
    lines = [f"{key}={_escaped(str(value))}" for key, value in properties.items() if value != ""]
    path.write_text("\n".join(["#HATS", *lines]) + "\n", encoding="utf-8")


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", " ").replace("\r", " ")


def _write_sky_map(folder: Path, sky_map: SkyMap) -> None:
    """Write the counts twice: hats reads its MOC from the older name."""
    pixels = 12 * 4**sky_map.order
    if sky_map.pixels.size > pixels // 2:
        dense = np.zeros(pixels, np.int64)
        dense[sky_map.pixels] = sky_map.counts
        image: SkymapImplicit | SkymapExplicit = SkymapImplicit(dense)
    else:
        image = SkymapExplicit(sky_map.pixels.astype(np.uint64), sky_map.counts, sky_map.order)
    for name in ("skymap.fits", "point_map.fits"):
        image.to_fits(folder / name)

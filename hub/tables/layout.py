"""The one spelling of paths inside a table's folder (``docs/data-model.md``)."""

from pathlib import PurePosixPath

DATA = "data"
COLLECTION_PROPERTIES = "collection.properties"
PROVENANCE = "provenance.json"
UNPLACED = "unplaced/part-0.parquet"


def version_folder(catalog: str, version: str) -> PurePosixPath:
    """Return the folder of a catalog's version, relative to the warehouse."""
    return PurePosixPath(catalog) / version


def table_folder(catalog: str, version: str, table: str) -> PurePosixPath:
    """Return the folder of a table, relative to the warehouse."""
    return version_folder(catalog, version) / table


def healpix_partition(order: int, pixel: int) -> str:
    """Return the path of a pixel's data file, relative to the table's folder.

    HATS: ``Dir`` groups pixels by ten thousands.
    """
    directory = pixel // 10_000 * 10_000
    return f"{DATA}/dataset/Norder={order}/Dir={directory}/Npix={pixel}/part-0.parquet"


def row_partition(number: int) -> str:
    """Return the path of the data file number ``number`` of a table without positions."""
    return f"{DATA}/dataset/part-{number}.parquet"


def margin_folder(radius_arcsec: float) -> str:
    """Return the folder of a HATS margin catalog, relative to the table's folder."""
    return f"margin_{radius_arcsec:g}arcsec"

"""Queries to begin with, made from what is known of a catalogue, so that each one runs."""

from collections.abc import Iterator
from dataclasses import dataclass

from hub.tables.description import CatalogDescription, ColumnDescription, TableDescription
from hub.tables.types import is_float, is_numeric
from web.catalog_search import main_table


@dataclass(frozen=True, kw_only=True)
class Example:
    """A query and what it answers."""

    title: str
    sql: str


def examples_of(catalog: CatalogDescription) -> Iterator[Example]:
    """Yield queries on the main table of a catalogue."""
    if not catalog.tables:
        return
    table = main_table(catalog)
    source = f"{catalog.catalog}.{table.name}"
    yield Example(title="How many rows there are", sql=f"SELECT count(*) AS n\nFROM {source}")
    measure = _measure(table)
    if measure:
        yield Example(title=f"Distribution of {measure.name}", sql=_distribution(source, measure))
    if table.position and measure:
        yield Example(
            title=f"Where {measure.name} is smallest", sql=_smallest(source, table, measure)
        )


def _measure(table: TableDescription) -> ColumnDescription | None:
    """Return a magnitude, else a float that is no position; it has values."""
    place = {table.position.ra, table.position.dec} if table.position else set()
    numbers = [
        column
        for column in table.visible_columns
        if is_numeric(column.type) and column.minimum is not None and column.name not in place
    ]
    magnitudes = [column for column in numbers if column.ucd.startswith("phot.mag")]
    floats = [column for column in numbers if is_float(column.type)]
    return next(iter([*magnitudes, *floats]), None)


def _distribution(source: str, column: ColumnDescription) -> str:
    return (
        f"SELECT floor({_quoted(column)}) AS bin, count(*) AS n\n"
        f"FROM {source}\nWHERE {_quoted(column)} IS NOT NULL\nGROUP BY 1\nORDER BY 1"
    )


def _smallest(source: str, table: TableDescription, column: ColumnDescription) -> str:
    place = f"{table.position.ra}, {table.position.dec}" if table.position else "*"
    return (
        f"SELECT {place}, {_quoted(column)}\nFROM {source}\n"
        f"WHERE {_quoted(column)} IS NOT NULL\nORDER BY {_quoted(column)}\nLIMIT 20"
    )


def _quoted(column: ColumnDescription) -> str:
    return f'"{column.name}"'

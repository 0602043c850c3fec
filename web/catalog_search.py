"""Search over catalogues: names, titles, columns, units and UCDs."""

from collections.abc import Iterable
from dataclasses import dataclass

from hub.tables.description import CatalogDescription, ColumnDescription, TableDescription


@dataclass(frozen=True, kw_only=True)
class Found:
    """A catalogue that a search found, and the columns that made it."""

    catalog: CatalogDescription
    columns: tuple[ColumnDescription, ...] = ()

    @property
    def rows(self) -> int:
        """Rows of all its tables."""
        return sum(table.rows for table in self.catalog.tables)

    @property
    def bytes(self) -> int:
        """Size of all its tables."""
        return sum(table.bytes for table in self.catalog.tables)

    @property
    def column_count(self) -> int:
        """Visible columns of all its tables."""
        return sum(len(table.visible_columns) for table in self.catalog.tables)

    @property
    def main_table(self) -> TableDescription:
        """The table that a link to the catalogue's data opens."""
        return main_table(self.catalog)


def main_table(catalog: CatalogDescription) -> TableDescription:
    """Return the table named ``main``, else the first."""
    return catalog.table("main") or catalog.tables[0]


def search_catalogs(catalogs: Iterable[CatalogDescription], text: str) -> list[Found]:
    """Return the default versions in which every word occurs, in the catalogue or one column.

    An empty text finds all. Words are compared without regard to case; UCD and
    unit count as written.
    """
    words = text.lower().split()
    found = []
    for catalog in catalogs:
        if not catalog.default or not catalog.tables:
            continue
        columns = [
            column
            for table in catalog.tables
            for column in table.visible_columns
            if words and matches(column, words)
        ]
        about = f"{catalog.catalog} {catalog.title} {catalog.description}".lower()
        if columns or all(word in about for word in words):
            found.append(Found(catalog=catalog, columns=tuple(columns)))
    return found


def matches(column: ColumnDescription, words: Iterable[str]) -> bool:
    """Tell whether every word occurs in what is known of a column."""
    text = column_text(column)
    return all(word in text for word in words)


def column_text(column: ColumnDescription) -> str:
    """Return all that a search looks at, in small letters."""
    parts = (column.name, column.original_name, column.unit, column.ucd, column.description)
    return " ".join(parts).lower()

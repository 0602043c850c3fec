"""`Registry`: which catalogs there are, what is in them, and who may see it.

The registry is the truth about published tables; what stands in the files and
in Hive is generated from it. A version is public or only its owner's; what a
user may not see does not exist for them.
"""

from typing import Any

from sqlalchemy import Connection, RowMapping, delete, update
from sqlalchemy.exc import IntegrityError

from hub.access import User
from hub.errors import TransientError
from hub.nearest import hint_of_names
from hub.tables import schema
from hub.tables.cache import TableCache
from hub.tables.changes import (
    UnknownColumnToEditError,
    VersionExistsError,
    check_names,
    edit_columns,
    make_default,
    mend_catalog,
    read_citation,
    refuse_existing,
    version_to_fill,
    write_citation,
)
from hub.tables.database import Database
from hub.tables.description import CatalogDescription, TableDescription
from hub.tables.edit import DescriptionEdit
from hub.tables.lookup import (
    NotOwnerError,
    UnknownCatalogError,
    UnknownTableError,
    UnknownVersionError,
    own_version_row,
    table_rows,
    version_row,
    visible_versions,
)
from hub.tables.rows import insert_table, load_table

__all__ = [
    "NotOwnerError",
    "PublishedMeanwhileError",
    "Registry",
    "UnknownCatalogError",
    "UnknownColumnToEditError",
    "UnknownTableError",
    "UnknownVersionError",
    "VersionExistsError",
]


class PublishedMeanwhileError(TransientError):
    """Another process changed the same catalog at the same moment."""


class Registry:
    """The catalogs of a hub database.

    Safe for several threads and processes. Tables are kept in memory once
    read; each call looks with one small query whether they are still so.

    Parameters
    ----------
    database_url
        SQLAlchemy URL; the database is made, and migrated under a lock, when needed.
    """

    def __init__(self, database_url: str) -> None:
        self.database = Database(database_url)
        self._cache = TableCache()

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    def catalogs(self, user: User) -> list[CatalogDescription]:
        """Return every version that a user may see, by catalog and by date of publishing."""
        with self.database.reading() as connection:
            query = visible_versions(user).order_by(schema.catalogs.c.name, schema.versions.c.id)
            rows = connection.execute(query).mappings().all()
            return [self._describe(connection, row) for row in rows]

    def catalog(self, name: str, version: str | None, user: User) -> CatalogDescription:
        """Return one version of a catalog; the default one when none is named.

        Raises
        ------
        UnknownCatalogError, UnknownVersionError
            Name the nearest ones.
        """
        with self.database.reading() as connection:
            return self._describe(connection, version_row(connection, name, version, user))

    def table(self, name: str, version: str | None, table: str, user: User) -> TableDescription:
        """Return a table of a version; of the default one when none is named.

        Raises
        ------
        UnknownCatalogError, UnknownVersionError, UnknownTableError
            Name the nearest ones.
        """
        with self.database.reading() as connection:
            of_version = version_row(connection, name, version, user)
            query = table_rows(of_version["id"])
            row = (
                connection.execute(query.where(schema.tables.c.name == table))
                .mappings()
                .one_or_none()
            )
            if row is None:
                known = [other["name"] for other in connection.execute(query).mappings()]
                raise UnknownTableError(
                    f"Catalog {name} version {of_version['version']} has no table {table}.",
                    hint=hint_of_names(table, known, "tables"),
                )
            return self._load(connection, of_version, row)

    def publish(self, catalog: CatalogDescription) -> None:
        """Make the tables of a version visible, all or none, in one transaction.

        The first version of a catalog becomes its default (whatever
        ``catalog.default`` says). Tables may be added to a version later: its
        texts then stay as they are, and those that it lacks are filled in.

        Raises
        ------
        BadNameError
            A name does not follow the rules of `hub.tables.names`.
        VersionExistsError
            One of the tables is published already.
        NotOwnerError
            The catalog belongs to somebody else.
        """
        check_names(catalog)
        try:
            with self.database.writing() as connection:
                version_id = version_to_fill(connection, catalog)
                refuse_existing(connection, version_id, catalog)
                for table in catalog.tables:
                    insert_table(connection, version_id, table)
        except IntegrityError as error:
            # SQLite's write lock rules this out; PostgreSQL lets two publish at once.
            raise PublishedMeanwhileError(
                f"Catalog {catalog.catalog} was changed at the same moment.", hint="Try again."
            ) from error

    def set_default(self, name: str, version: str, user: User) -> None:
        """Make a version the one that is meant when none is named.

        Raises
        ------
        UnknownCatalogError, UnknownVersionError, NotOwnerError
        """
        with self.database.writing() as connection:
            row = own_version_row(connection, name, version, user)
            make_default(connection, row["catalog_id"], row["id"])

    def remove(self, name: str, version: str, user: User) -> CatalogDescription:
        """Forget a version and return what it was, so that its files can be deleted.

        If it was the default, the one published last becomes it.

        Raises
        ------
        UnknownCatalogError, UnknownVersionError, NotOwnerError
        """
        with self.database.writing() as connection:
            row = own_version_row(connection, name, version, user)
            removed = self._describe(connection, row)
            connection.execute(delete(schema.versions).where(schema.versions.c.id == row["id"]))
            mend_catalog(connection, row["catalog_id"], was_default=row["is_default"])
        return removed

    def edit_description(
        self, name: str, version: str, user: User, edit: DescriptionEdit
    ) -> CatalogDescription:
        """Change words of a version and its columns, and return it as it is then.

        Raises
        ------
        UnknownCatalogError, UnknownVersionError, UnknownTableError, UnknownColumnToEditError
            Nothing was changed.
        NotOwnerError
        """
        with self.database.writing() as connection:
            row = own_version_row(connection, name, version, user)
            texts = {"title": edit.title, "description": edit.description, "licence": edit.licence}
            values: dict[str, Any] = {key: text for key, text in texts.items() if text is not None}
            connection.execute(
                update(schema.versions)
                .where(schema.versions.c.id == row["id"])
                .values(edits=schema.versions.c.edits + 1, **values)
            )
            if edit.citation is not None:
                write_citation(connection, row["id"], edit.citation)
            edit_columns(connection, row["id"], edit)
            edited = version_row(connection, name, version, user)
            return self._describe(connection, edited, keep=False)

    def _describe(
        self, connection: Connection, row: RowMapping, *, keep: bool = True
    ) -> CatalogDescription:
        tables = connection.execute(table_rows(row["id"])).mappings().all()
        return CatalogDescription(
            catalog=row["name"],
            version=row["version"],
            default=row["is_default"],
            title=row["title"],
            description=row["description"],
            citation=read_citation(connection, row["id"]),
            licence=row["licence"],
            owner=row["owner"],
            created=row["created"],
            tables=tuple(self._load(connection, row, table, keep=keep) for table in tables),
        )

    def _load(
        self, connection: Connection, version: RowMapping, row: RowMapping, *, keep: bool = True
    ) -> TableDescription:
        table = self._cache.get(row["id"], version["edits"])
        if table is None:
            table = load_table(connection, row, catalog=version["name"], version=version["version"])
            # What an open transaction wrote may yet be undone, so it is not kept.
            if keep:
                self._cache.put(row["id"], version["edits"], table)
        return table

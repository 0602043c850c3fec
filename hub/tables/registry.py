"""`Registry`: which catalogs there are, what is in them, and who may see it.

The registry is the truth about published tables; what stands in the files and
in Hive is generated from it. A version is public or only its owner's; what a
user may not see does not exist for them.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, exists, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.elements import ColumnElement

from hub.access import User
from hub.errors import DeniedError, MissingError, TransientError, UsageError
from hub.tables import schema
from hub.tables.cache import TableCache
from hub.tables.database import Database
from hub.tables.description import CatalogDescription, TableDescription
from hub.tables.edit import DescriptionEdit
from hub.tables.names import check_name, check_version
from hub.tables.rows import insert_table, load_table


class UnknownCatalogError(MissingError):
    """No catalog of this name, or none that this user may see."""


class UnknownVersionError(MissingError):
    """The catalog has no such version, or none that this user may see."""


class UnknownTableError(MissingError):
    """The version has no such table."""


class UnknownColumnToEditError(MissingError):
    """The table has no such column."""


class VersionExistsError(UsageError):
    """The table of this version is published already; published data never change."""


class NotOwnerError(DeniedError):
    """Only the owner of a catalog may change it."""


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
            query = _versions(user).order_by(schema.catalogs.c.name, schema.versions.c.id)
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
            return self._describe(connection, _version_row(connection, name, version, user))

    def table(self, name: str, version: str | None, table: str, user: User) -> TableDescription:
        """Return a table of a version; of the default one when none is named.

        Raises
        ------
        UnknownCatalogError, UnknownVersionError, UnknownTableError
            Name the nearest ones.
        """
        with self.database.reading() as connection:
            version_row = _version_row(connection, name, version, user)
            query = _table_rows(version_row["id"])
            row = (
                connection.execute(query.where(schema.tables.c.name == table))
                .mappings()
                .one_or_none()
            )
            if row is None:
                known = [other["name"] for other in connection.execute(query).mappings()]
                raise UnknownTableError(
                    f"Catalog {name} version {version_row['version']} has no table {table}.",
                    hint=_nearest(table, known, "Tables"),
                )
            return self._load(connection, version_row, row)

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
        _check_names(catalog)
        try:
            with self.database.writing() as connection:
                version_id = _version_to_fill(connection, catalog)
                _refuse_existing(connection, version_id, catalog)
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
            row = _own_version_row(connection, name, version, user)
            _make_default(connection, row["catalog_id"], row["id"])

    def remove(self, name: str, version: str, user: User) -> CatalogDescription:
        """Forget a version and return what it was, so that its files can be deleted.

        If it was the default, the one published last becomes it.

        Raises
        ------
        UnknownCatalogError, UnknownVersionError, NotOwnerError
        """
        with self.database.writing() as connection:
            row = _own_version_row(connection, name, version, user)
            removed = self._describe(connection, row)
            connection.execute(delete(schema.versions).where(schema.versions.c.id == row["id"]))
            _mend_catalog(connection, row["catalog_id"], was_default=row["is_default"])
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
            row = _own_version_row(connection, name, version, user)
            texts = {"title": edit.title, "description": edit.description, "licence": edit.licence}
            values: dict[str, Any] = {key: text for key, text in texts.items() if text is not None}
            connection.execute(
                update(schema.versions)
                .where(schema.versions.c.id == row["id"])
                .values(edits=schema.versions.c.edits + 1, **values)
            )
            if edit.citation is not None:
                _write_citation(connection, row["id"], edit.citation)
            _edit_columns(connection, row["id"], edit)
            edited = _version_row(connection, name, version, user)
            return self._describe(connection, edited, keep=False)

    def _describe(
        self, connection: Connection, row: RowMapping, *, keep: bool = True
    ) -> CatalogDescription:
        tables = connection.execute(_table_rows(row["id"])).mappings().all()
        return CatalogDescription(
            catalog=row["name"],
            version=row["version"],
            default=row["is_default"],
            title=row["title"],
            description=row["description"],
            citation=_read_citation(connection, row["id"]),
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


def _visible(user: User) -> ColumnElement[bool]:
    return or_(schema.versions.c.public, schema.versions.c.owner == user.name)


def _versions(user: User) -> Any:
    return (
        select(
            schema.versions,
            schema.catalogs.c.name,
            schema.catalogs.c.owner.label("catalog_owner"),
        )
        .join_from(schema.versions, schema.catalogs)
        .where(_visible(user))
    )


def _table_rows(version_id: int) -> Any:
    tables = schema.tables
    return select(tables).where(tables.c.version_id == version_id).order_by(tables.c.id)


def _version_row(connection: Connection, name: str, version: str | None, user: User) -> RowMapping:
    versions = schema.versions.c
    wanted = versions.is_default if version is None else versions.version == version
    query = _versions(user).where(schema.catalogs.c.name == name)
    row = connection.execute(query.where(wanted)).mappings().one_or_none()
    if row is not None:
        return row
    known = [str(other["version"]) for other in connection.execute(query).mappings()]
    if not known:
        names = connection.execute(_versions(user)).mappings()
        raise UnknownCatalogError(
            f"There is no catalog {name}.",
            hint=_nearest(name, sorted({str(other["name"]) for other in names}), "Catalogs"),
        )
    if version is None:
        raise UnknownVersionError(
            f"The default version of catalog {name} is not for you.",
            hint=f"Name another: {', '.join(known)}.",
        )
    raise UnknownVersionError(
        f"Catalog {name} has no version {version}.", hint=_nearest(version, known, "Versions")
    )


def _own_version_row(connection: Connection, name: str, version: str, user: User) -> RowMapping:
    row = _version_row(connection, name, version, user)
    if user.name not in {row["owner"], row["catalog_owner"]}:
        raise NotOwnerError(f"Only {row['owner']} may change {name}@{version}.")
    return row


def _nearest(wanted: str, known: Iterable[str], what: str) -> str:
    names = list(known)
    near = get_close_matches(wanted, names, n=3)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return f"{what}: {', '.join(names[:20])}." if names else ""


def _check_names(catalog: CatalogDescription) -> None:
    check_name(catalog.catalog, what="catalog")
    check_version(catalog.version)
    for table in catalog.tables:
        check_name(table.name, what="table")
        if (table.catalog, table.version) != (catalog.catalog, catalog.version):
            raise ValueError(f"{table.full_name} in {catalog.catalog}@{catalog.version}")


def _version_to_fill(connection: Connection, catalog: CatalogDescription) -> int:
    """Return the row of a version that may take new tables; made when there is none."""
    catalog_id = _catalog_to_fill(connection, catalog)
    versions = schema.versions
    of_catalog = versions.c.catalog_id == catalog_id
    row = (
        connection.execute(
            select(versions).where(of_catalog, versions.c.version == catalog.version)
        )
        .mappings()
        .one_or_none()
    )
    if row is not None:
        _fill_texts(connection, row, catalog)
        return int(row["id"])
    has_default = connection.execute(
        select(exists().where(of_catalog, versions.c.is_default))
    ).scalar_one()
    key = connection.execute(
        insert(versions).values(
            catalog_id=catalog_id,
            version=catalog.version,
            is_default=not has_default,
            title=catalog.title,
            description=catalog.description,
            licence=catalog.licence,
            owner=catalog.owner,
            public=True,
            created=catalog.created,
        )
    ).inserted_primary_key
    version_id = int(key[0]) if key else 0
    _write_citation(connection, version_id, catalog.citation)
    return version_id


def _catalog_to_fill(connection: Connection, catalog: CatalogDescription) -> int:
    catalogs = schema.catalogs
    row = (
        connection.execute(
            select(catalogs).where(catalogs.c.name == catalog.catalog).with_for_update()
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        key = connection.execute(
            insert(catalogs).values(name=catalog.catalog, owner=catalog.owner)
        ).inserted_primary_key
        return int(key[0]) if key else 0
    if row["owner"] != catalog.owner:
        raise NotOwnerError(f"Only {row['owner']} may add to catalog {catalog.catalog}.")
    return int(row["id"])


def _fill_texts(connection: Connection, row: RowMapping, catalog: CatalogDescription) -> None:
    new = {
        "title": catalog.title,
        "description": catalog.description,
        "licence": catalog.licence,
    }
    values = {key: text for key, text in new.items() if text and not row[key]}
    if values:
        connection.execute(
            update(schema.versions).where(schema.versions.c.id == row["id"]).values(values)
        )
    if catalog.citation and not _read_citation(connection, row["id"]):
        _write_citation(connection, row["id"], catalog.citation)


def _refuse_existing(connection: Connection, version_id: int, catalog: CatalogDescription) -> None:
    known = {row["name"] for row in connection.execute(_table_rows(version_id)).mappings()}
    for table in catalog.tables:
        if table.name in known:
            raise VersionExistsError(
                f"{table.full_name} is published already.",
                hint="Published data never change: choose another version, or remove this one.",
            )


def _make_default(connection: Connection, catalog_id: int, version_id: int) -> None:
    versions = schema.versions
    # First no default, then the new one: at no moment may there be two.
    connection.execute(
        update(versions).where(versions.c.catalog_id == catalog_id).values(is_default=False)
    )
    connection.execute(update(versions).where(versions.c.id == version_id).values(is_default=True))


def _mend_catalog(connection: Connection, catalog_id: int, *, was_default: bool) -> None:
    """Give a catalog that lost a version another default, or remove the empty one."""
    versions = schema.versions
    newest = connection.execute(
        select(versions.c.id)
        .where(versions.c.catalog_id == catalog_id)
        .order_by(versions.c.id.desc())
        .limit(1)
    ).scalar()
    if newest is None:
        connection.execute(delete(schema.catalogs).where(schema.catalogs.c.id == catalog_id))
    elif was_default:
        _make_default(connection, catalog_id, newest)


def _read_citation(connection: Connection, version_id: int) -> str:
    citations = schema.citations.c
    query = (
        select(citations.text)
        .where(citations.version_id == version_id)
        .order_by(citations.position)
    )
    return "\n".join(connection.execute(query).scalars())


def _write_citation(connection: Connection, version_id: int, citation: str) -> None:
    """Replace the citations of a version; each line of the text is one."""
    citations = schema.citations
    connection.execute(delete(citations).where(citations.c.version_id == version_id))
    lines = citation.split("\n") if citation else []
    if lines:
        connection.execute(
            insert(citations),
            [
                {"version_id": version_id, "position": position, "text": line}
                for position, line in enumerate(lines)
            ],
        )


def _edit_columns(connection: Connection, version_id: int, edit: DescriptionEdit) -> None:
    tables = {
        row["name"]: row["id"] for row in connection.execute(_table_rows(version_id)).mappings()
    }
    for table, column_edits in edit.columns.items():
        if table not in tables:
            raise UnknownTableError(
                f"There is no table {table}.", hint=_nearest(table, tables, "Tables")
            )
        for column, column_edit in column_edits.items():
            values = {key: text for key, text in vars(column_edit).items() if text is not None}
            _edit_column(connection, tables[table], column, values)


def _edit_column(connection: Connection, table_id: int, name: str, values: dict[str, str]) -> None:
    columns = schema.columns
    of_table = columns.c.table_id == table_id
    known = connection.execute(select(columns.c.name).where(of_table)).scalars().all()
    if name not in known:
        raise UnknownColumnToEditError(
            f"There is no column {name}.", hint=_nearest(name, known, "Columns")
        )
    if values:
        connection.execute(update(columns).where(of_table, columns.c.name == name).values(values))

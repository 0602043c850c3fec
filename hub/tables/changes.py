"""Writing rows of the registry, each step inside the caller's transaction."""

from sqlalchemy import Connection, RowMapping, delete, exists, insert, select, update

from hub.errors import MissingError, UsageError
from hub.nearest import hint_of_names
from hub.tables import schema
from hub.tables.description import CatalogDescription
from hub.tables.edit import DescriptionEdit
from hub.tables.lookup import NotOwnerError, UnknownTableError, table_rows
from hub.tables.names import check_name, check_version

_BETWEEN_CITATIONS = "\n\n"


class VersionExistsError(UsageError):
    """The table of this version is published already; published data never change."""


class UnknownColumnToEditError(MissingError):
    """The table has no such column."""


def check_names(catalog: CatalogDescription) -> None:
    """Refuse names that do not follow the rules of `hub.tables.names`.

    Raises
    ------
    BadNameError
    """
    check_name(catalog.catalog, what="catalog")
    check_version(catalog.version)
    for table in catalog.tables:
        check_name(table.name, what="table")
        if (table.catalog, table.version) != (catalog.catalog, catalog.version):
            raise ValueError(f"{table.full_name} in {catalog.catalog}@{catalog.version}")


def version_to_fill(connection: Connection, catalog: CatalogDescription) -> int:
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
    version_id = connection.execute(
        insert(versions)
        .values(
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
        .returning(versions.c.id)
    ).scalar_one()
    write_citation(connection, version_id, catalog.citation)
    return int(version_id)


def refuse_existing(connection: Connection, version_id: int, catalog: CatalogDescription) -> None:
    """Refuse a table that its version has already.

    Raises
    ------
    VersionExistsError
    """
    known = {row["name"] for row in connection.execute(table_rows(version_id)).mappings()}
    for table in catalog.tables:
        if table.name in known:
            raise VersionExistsError(
                f"{table.full_name} is published already.",
                hint="Published data never change: choose another version, or remove this one.",
            )


def make_default(connection: Connection, catalog_id: int, version_id: int) -> None:
    """Make a version the default one of its catalog."""
    versions = schema.versions
    # First no default, then the new one: at no moment may there be two.
    connection.execute(
        update(versions).where(versions.c.catalog_id == catalog_id).values(is_default=False)
    )
    connection.execute(update(versions).where(versions.c.id == version_id).values(is_default=True))


def mend_catalog(connection: Connection, catalog_id: int, *, was_default: bool) -> None:
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
        make_default(connection, catalog_id, newest)


def read_citation(connection: Connection, version_id: int) -> str:
    """Return the citations of a version, with an empty line between two."""
    citations = schema.citations.c
    query = (
        select(citations.text)
        .where(citations.version_id == version_id)
        .order_by(citations.position)
    )
    return _BETWEEN_CITATIONS.join(connection.execute(query).scalars())


def write_citation(connection: Connection, version_id: int, citation: str) -> None:
    """Replace the citations of a version; empty lines part them, BibTeX has many lines."""
    citations = schema.citations
    connection.execute(delete(citations).where(citations.c.version_id == version_id))
    texts = citation.split(_BETWEEN_CITATIONS) if citation else []
    if texts:
        connection.execute(
            insert(citations),
            [
                {"version_id": version_id, "position": position, "text": text}
                for position, text in enumerate(texts)
            ],
        )


def edit_columns(connection: Connection, version_id: int, edit: DescriptionEdit) -> None:
    """Change words of the columns of a version.

    Raises
    ------
    UnknownTableError, UnknownColumnToEditError
    """
    tables = {
        row["name"]: row["id"] for row in connection.execute(table_rows(version_id)).mappings()
    }
    for table, column_edits in edit.columns.items():
        if table not in tables:
            raise UnknownTableError(
                f"There is no table {table}.", hint=hint_of_names(table, tables, "tables")
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
            f"There is no column {name}.", hint=hint_of_names(name, known, "columns")
        )
    if values:
        connection.execute(update(columns).where(of_table, columns.c.name == name).values(values))


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
        made = insert(catalogs).values(name=catalog.catalog, owner=catalog.owner)
        return int(connection.execute(made.returning(catalogs.c.id)).scalar_one())
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
    if catalog.citation and not read_citation(connection, row["id"]):
        write_citation(connection, row["id"], catalog.citation)

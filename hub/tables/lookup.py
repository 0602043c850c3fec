"""Looking rows of the registry up for a user: what they may not see does not exist."""

from typing import Any

from sqlalchemy import Connection, RowMapping, Select, or_, select
from sqlalchemy.sql.elements import ColumnElement

from hub.access import User
from hub.errors import DeniedError, MissingError
from hub.nearest import hint_of_names
from hub.tables import schema


class UnknownCatalogError(MissingError):
    """No catalog of this name, or none that this user may see."""


class UnknownVersionError(MissingError):
    """The catalog has no such version, or none that this user may see."""


class UnknownTableError(MissingError):
    """The version has no such table."""


class NotOwnerError(DeniedError):
    """Only the owner of a catalog may change it."""


def visible_versions(user: User) -> Select[Any]:
    """Return the query for the versions that a user may see, with names and owners of catalogs."""
    return (
        select(
            schema.versions,
            schema.catalogs.c.name,
            schema.catalogs.c.owner.label("catalog_owner"),
        )
        .join_from(schema.versions, schema.catalogs)
        .where(_visible(user))
    )


def table_rows(version_id: int) -> Select[Any]:
    """Return the query for the tables of a version, in the order of publishing."""
    tables = schema.tables
    return select(tables).where(tables.c.version_id == version_id).order_by(tables.c.id)


def version_row(connection: Connection, name: str, version: str | None, user: User) -> RowMapping:
    """Return the row of a version, of the default one when none is named.

    Raises
    ------
    UnknownCatalogError, UnknownVersionError
        Name the nearest ones that the user may see.
    """
    versions = schema.versions.c
    wanted = versions.is_default if version is None else versions.version == version
    query = visible_versions(user).where(schema.catalogs.c.name == name)
    row = connection.execute(query.where(wanted)).mappings().one_or_none()
    if row is not None:
        return row
    known = [str(other["version"]) for other in connection.execute(query).mappings()]
    if not known:
        names = connection.execute(visible_versions(user)).mappings()
        raise UnknownCatalogError(
            f"There is no catalog {name}.",
            hint=hint_of_names(name, sorted({str(other["name"]) for other in names}), "catalogs"),
        )
    if version is None:
        raise UnknownVersionError(
            f"The default version of catalog {name} is not for you.",
            hint=f"Name another: {', '.join(known)}.",
        )
    raise UnknownVersionError(
        f"Catalog {name} has no version {version}.", hint=hint_of_names(version, known, "versions")
    )


def own_version_row(connection: Connection, name: str, version: str, user: User) -> RowMapping:
    """Return the row of a version that the user may change.

    Raises
    ------
    UnknownCatalogError, UnknownVersionError, NotOwnerError
    """
    row = version_row(connection, name, version, user)
    if user.name not in {row["owner"], row["catalog_owner"]}:
        raise NotOwnerError(f"Only {row['owner']} may change {name}@{version}.")
    return row


def _visible(user: User) -> ColumnElement[bool]:
    return or_(schema.versions.c.public, schema.versions.c.owner == user.name)

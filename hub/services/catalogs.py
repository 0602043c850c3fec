"""Which catalogs there are, and taking care of them."""

from hub.access import User
from hub.tables.description import CatalogDescription, TableDescription
from hub.tables.edit import DescriptionEdit
from hub.tables.layout import version_folder
from hub.tables.registry import Registry
from hub.tables.warehouse import Warehouse


class Catalogs:
    """Looks catalogs up for a user, and changes them for their owner."""

    def __init__(self, registry: Registry, warehouse: Warehouse) -> None:
        self._registry = registry
        self._warehouse = warehouse

    def catalogs(self, user: User) -> list[CatalogDescription]:
        """Return every version that a user may see, by catalog and by date of publishing."""
        return self._registry.catalogs(user)

    def catalog(self, name: str, version: str | None, user: User) -> CatalogDescription:
        """Return one version; see `Registry.catalog`."""
        return self._registry.catalog(name, version, user)

    def table(self, name: str, version: str | None, table: str, user: User) -> TableDescription:
        """Return one table; see `Registry.table`."""
        return self._registry.table(name, version, table, user)

    def set_default(self, name: str, version: str, user: User) -> None:
        """Make a version the default one; see `Registry.set_default`."""
        self._registry.set_default(name, version, user)

    def edit_description(
        self, name: str, version: str, user: User, edit: DescriptionEdit
    ) -> CatalogDescription:
        """Change words of a version; see `Registry.edit_description`."""
        return self._registry.edit_description(name, version, user, edit)

    def remove(self, name: str, version: str, user: User) -> CatalogDescription:
        """Remove a version and its files, and return what it was.

        The registry forgets it first: a reader finds either all of it or
        nothing, and a crash in between leaves files that nobody names.

        Raises
        ------
        UnknownCatalogError, UnknownVersionError, NotOwnerError
        WarehouseError
            The version is removed, but files of it are left.
        """
        removed = self._registry.remove(name, version, user)
        self._warehouse.delete(version_folder(removed.catalog, removed.version))
        return removed

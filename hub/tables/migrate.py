"""Brings a hub database to the newest revision; the only module that knows Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

_FOLDER = Path(__file__).parent / "migrations"


def configuration(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration for the packaged migrations."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def newest_revision() -> str | None:
    """Return the revision that the packaged migrations lead to."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def migrate(connection: Connection) -> None:
    """Run the missing migrations in the transaction of a connection."""
    command.upgrade(configuration(connection), "head")

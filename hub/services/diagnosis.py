"""What of the hub works with these settings, what does not, and what to do."""

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

from humanize import naturalsize
from sqlalchemy import text

import hub
from hub.engines.available import Engines
from hub.engines.java import find_java
from hub.errors import HubError
from hub.settings import FILE_NAME, Settings
from hub.tables.database import Database
from hub.tables.mounts import file_system_type
from hub.tables.warehouse import Warehouse

_LITTLE_SPACE_BYTES = 1 << 30
"""Below this even the demo does not fit."""

_JAVA_TIMEOUT_S = 20.0
_ENGINES_WITH_JAVA = frozenset({"spark"})
"""Engines that run Java themselves; Hive's runs elsewhere."""

_JAVA_VERSION = re.compile(r'version "([^"]+)"')


class State(StrEnum):
    """How a part of the hub is."""

    OK = "ok"
    WARNING = "warning"
    """Works, but not for long or not well."""

    FAILED = "failed"
    UNUSED = "unused"
    """Absent, and not needed with these settings."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was found about one part."""

    part: str
    state: State
    detail: str
    hint: str = ""
    """What to do; empty when all is well."""


def diagnose(settings: Settings) -> tuple[Finding, ...]:
    """Look at every part that the settings name; makes the database if there is none."""
    return (
        _checked("settings", lambda: _settings(settings)),
        _checked("database", lambda: _database(settings)),
        _checked("warehouse", lambda: _warehouse(settings)),
        *_engines(settings),
        _checked("java", lambda: _java(settings)),
    )


def works(findings: tuple[Finding, ...]) -> bool:
    """Tell whether everything works that the settings need."""
    return all(finding.state is not State.FAILED for finding in findings)


def _checked(part: str, look: Callable[[], Finding]) -> Finding:
    """Return a finding, also when looking fails: one broken part hides no other."""
    try:
        return look()
    except HubError as error:
        return Finding(part=part, state=State.FAILED, detail=error.message, hint=error.hint)
    except Exception as error:  # noqa: BLE001 - whatever is broken, the other parts are told too
        detail = f"{type(error).__name__}: {error}"
        return Finding(part=part, state=State.FAILED, detail=detail)


def _settings(settings: Settings) -> Finding:
    file = settings.home / FILE_NAME
    source = f"{file} and the environment" if file.exists() else f"the environment; no {file}"
    return Finding(
        part="settings",
        state=State.OK,
        detail=f"exploration-hub {hub.__version__}, Python {platform.python_version()}, "
        f"home {settings.home}, from {source}; {naturalsize(settings.memory_bytes, binary=True)} "
        f"of memory, {settings.threads} threads",
    )


def _database(settings: Settings) -> Finding:
    database = Database(settings.database)
    try:
        with database.writing():
            pass
        facts = [f"{database.url.get_backend_name()}, revision {database.revision()}, writable"]
        if database.path is not None:
            facts += [f"{_journal_mode(database)} journal", *_place(database.path.parent)]
    finally:
        database.close()
    return Finding(part="database", state=State.OK, detail=", ".join(facts))


def _journal_mode(database: Database) -> str:
    with database.reading() as connection:
        return str(connection.execute(text("PRAGMA journal_mode")).scalar_one()).upper()


def _place(folder: Path) -> list[str]:
    kind = file_system_type(folder)
    return [f"in {folder}" + (f" ({kind})" if kind else "")]


def _warehouse(settings: Settings) -> Finding:
    root = Warehouse(settings.warehouse).root
    standing = next(folder for folder in (root, *root.parents) if folder.exists())
    if not standing.is_dir() or not os.access(standing, os.W_OK | os.X_OK):
        return Finding(
            part="warehouse",
            state=State.FAILED,
            detail=f"{standing} cannot be written.",
            hint="Mend its rights, or set HUB_WAREHOUSE.",
        )
    free = shutil.disk_usage(standing).free
    detail = f"{root}, {naturalsize(free)} free"
    if standing != root:
        detail += ", will be made by the first ingest"
    if free < _LITTLE_SPACE_BYTES:
        hint = "Make room, or set HUB_WAREHOUSE to a larger disk."
        return Finding(part="warehouse", state=State.WARNING, detail=detail, hint=hint)
    return Finding(part="warehouse", state=State.OK, detail=detail)


def _engines(settings: Settings) -> Iterator[Finding]:
    engines = Engines(settings)
    for name in settings.engines:
        yield _checked(f"engine {name}", partial(_engine, engines, name))


def _engine(engines: Engines, name: str) -> Finding:
    check = getattr(engines.engine(name), "check", None)
    detail = str(check()) if check else "loaded"
    return Finding(part=f"engine {name}", state=State.OK, detail=detail)


def _java(settings: Settings) -> Finding:
    needed = bool(_ENGINES_WITH_JAVA & set(settings.engines))
    java = find_java()
    if java is None:
        return Finding(
            part="java",
            state=State.FAILED if needed else State.UNUSED,
            detail="not found" + ("." if needed else "; only the engine spark needs it"),
            hint="Install Java 17 or newer, or set JAVA_HOME." if needed else "",
        )
    done = subprocess.run(  # noqa: S603 - the program that JAVA_HOME or PATH names
        [java, "-version"], capture_output=True, text=True, timeout=_JAVA_TIMEOUT_S, check=False
    )
    version = _JAVA_VERSION.search(done.stderr + done.stdout)
    if done.returncode or version is None:
        state = State.FAILED if needed else State.WARNING
        return Finding(part="java", state=state, detail=f"{java} does not run.")
    return Finding(part="java", state=State.OK, detail=f"Java {version[1]}, {java}")

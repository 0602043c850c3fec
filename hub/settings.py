"""`Settings`: everything a deployment may change, read once per process.

A setting is a field of `Settings`. Its name in the environment is ``HUB_`` and
the field's name in capitals, its name in ``hub.toml`` the field's name; sizes
drop ``_bytes``, since their text carries the unit (``HUB_MEMORY=2GiB``). The
environment wins over the file, and ``hub --home`` over both.
"""

import math
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from pathlib import Path
from typing import Self

from hub.errors import UsageError
from hub.nearest import hint_of_names

PREFIX = "HUB_"
FILE_NAME = "hub.toml"

_MIN_MEMORY_BYTES = 64 << 20
_MAX_SEED = 2**64 - 1
_ENGINE_NAME = re.compile(r"[a-z][a-z0-9_]*")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.+")
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)")
_UNITS = {"": 1, "b": 1} | {
    prefix + unit: base**power
    for power, prefix in enumerate("kmgt", start=1)
    for unit, base in (("", 1024), ("ib", 1024), ("b", 1000))
}
_BOOLEANS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


class SettingsError(UsageError):
    """A setting is unknown or malformed."""


class SizeError(UsageError):
    """A text is no size in bytes."""


def parse_size(text: str) -> int:
    """Return the number of bytes of a size such as ``2GiB``, ``1.5 GB`` or ``500MB``.

    ``KiB MiB GiB TiB`` and the bare ``K M G T`` are powers of 1024, ``KB MB GB
    TB`` powers of 1000; without a unit the number counts bytes.

    Raises
    ------
    SizeError
        The text is no such size.
    """
    match = _SIZE.fullmatch(text.strip())
    factor = _UNITS.get(match[2].lower()) if match else None
    if match is None or factor is None:
        raise SizeError(f"{text!r} is not a size.", hint="Write it like 2GiB or 500MB.")
    # Decimals are exact, where a float would round sizes above 2^53 bytes.
    return int(Decimal(match[1]) * factor)


def default_home(environment: Mapping[str, str]) -> Path:
    """Return the user's data folder for the hub (XDG base directories)."""
    data = environment.get("XDG_DATA_HOME", "")
    folder = Path(data) if data.startswith("/") else Path.home() / ".local" / "share"
    return folder / "exploration-hub"


def available_threads() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a deployment may change; each field says its unit and its reason."""

    home: Path = field(default_factory=lambda: default_home(os.environ))
    """Folder of everything the hub keeps: settings file, database, tables. By default the user's
    data folder (``$XDG_DATA_HOME/exploration-hub``); cannot be set in ``hub.toml``, which lies
    in it."""

    warehouse: str = ""
    """URL of the folder that holds the tables' files. By default ``warehouse`` under the home;
    tables may need a larger disk than the rest."""

    database: str = ""
    """SQLAlchemy URL of the hub database. By default SQLite in ``hub.sqlite`` under the home;
    several machines need PostgreSQL, because SQLite does not work over a network."""

    engines: tuple[str, ...] = ("duckdb",)
    """Names of the query engines to use, separated by commas; the first is the default. An
    engine that is not named is never loaded, so its libraries need not be installed."""

    spark_master: str = "local[*]"
    """Master of the Spark engine: ``local[N]``, ``spark://...``, ``yarn`` or ``k8s://...``."""

    spark_event_log: str = ""
    """URL of a folder, which must exist, where Spark writes its event logs. Empty for none."""

    hive_url: str = ""
    """SQLAlchemy URL of a HiveServer2 (``hive://host:10000/default``). Empty when there is
    none."""

    memory_bytes: int = 2 << 30
    """Memory that the engine and ingest may use in one process, as a size such as ``2GiB``;
    beyond it they spill to disk."""

    threads: int = field(default_factory=available_threads)
    """Threads that one process computes with. By default the number of processors that the
    process may use."""

    public_url: str = ""
    """URL under which users reach the pages, with the path prefix of a proxy if there is one.
    Empty when they come directly."""

    debug: bool = False
    """Whether errors of the commands come with a traceback (``1`` or ``0``); never for a public
    server."""

    query_timeout_s: float = 30.0
    """Seconds after which a query of the pages is cancelled, so that nobody blocks the others;
    commands have no limit."""

    preview_rows: int = 100
    """Rows of a table that the pages show at once; downloads hold all rows."""

    random_seed: int = 0
    """Seed of the column ``_random``, the same for all tables of a hub, so that samples of
    tables with a common key hold the same objects. Changing it touches only later ingests."""

    sql_max_terms: int = 10_000
    """Largest number of terms in an SQL text; larger ones are refused before they cost time."""

    sql_max_depth: int = 200
    """Deepest nesting of an SQL text; deeper ones are refused before they exhaust the stack."""

    def __post_init__(self) -> None:
        home = Path(os.path.abspath(self.home))  # noqa: PTH100 - symbolic links are kept
        object.__setattr__(self, "home", home)
        if not self.warehouse:
            object.__setattr__(self, "warehouse", (home / "warehouse").as_uri())
        if not self.database:
            object.__setattr__(self, "database", f"sqlite:///{home / 'hub.sqlite'}")

    @classmethod
    def load(cls, environment: Mapping[str, str], home: Path | None = None) -> Self:
        """Read the ``HUB_*`` entries of an environment and ``hub.toml`` in the home.

        An entry of the environment that is empty counts as not set.

        Parameters
        ----------
        environment
            Such as ``os.environ``; names that do not begin with ``HUB_`` are left alone.
        home
            Wins over ``HUB_HOME``.

        Raises
        ------
        SettingsError
            An entry is unknown or malformed; names it, with the nearest known one.
        """
        entries = {name: text for name, text in environment.items() if name.startswith(PREFIX)}
        _refuse_unknown(entries, [variable_name(name) for name in FIELD_NAMES], where="environment")
        given = {name: text for name, text in entries.items() if text.strip()}
        if home is None:
            text = given.get(variable_name("home"))
            home = Path(text).expanduser() if text else default_home(environment)
        values = _read_file(home / FILE_NAME)
        for name in FIELD_NAMES:
            variable = variable_name(name)
            if name != "home" and variable in given:
                values[name] = _parse(name, given[variable], label=variable, where="environment")
        return cls(home=home, **values)  # type: ignore[arg-type] # `_parse` made each value's type


FIELD_NAMES = tuple(item.name for item in fields(Settings))


def file_name(field_name: str) -> str:
    """Return the name of a setting in ``hub.toml``."""
    return field_name.removesuffix("_bytes")


def variable_name(field_name: str) -> str:
    """Return the name of a setting in the environment."""
    return PREFIX + file_name(field_name).upper()


def accepted_form(field_name: str) -> str:
    """Tell in words what a setting may be."""
    return "a folder" if field_name == "home" else _FORMS[field_name][1]


def _read_file(path: Path) -> dict[str, object]:
    """Return the fields that ``hub.toml`` sets; none when there is no such file."""
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings cannot be read: {error}.", where=str(path)) from error
    try:
        entries = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"The settings are no TOML: {error}.", where=str(path)) from error
    if "home" in entries:
        raise SettingsError(
            "The home cannot be set in the file that lies in it.",
            hint="Use HUB_HOME or hub --home.",
            where=str(path),
        )
    by_name = {file_name(name): name for name in FIELD_NAMES if name != "home"}
    _refuse_unknown(entries, list(by_name), where=str(path))
    return {
        by_name[entry]: _parse(by_name[entry], value, label=entry, where=str(path))
        for entry, value in entries.items()
    }


def _refuse_unknown(given: Mapping[str, object], known: list[str], *, where: str) -> None:
    for name in given:
        if name not in known:
            hint = hint_of_names(name, known, "settings", count=1)
            raise SettingsError(f"There is no setting {name}.", hint=hint, where=where)


def _parse(name: str, value: object, *, label: str, where: str) -> object:
    """Return the value of a field from text or from a TOML value."""
    parse, expected = _FORMS[name]
    try:
        return parse(value)
    except (TypeError, ValueError, UsageError) as error:
        raise SettingsError(
            f"The setting {label} cannot be {value!r}.", hint=f"Give {expected}.", where=where
        ) from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value.strip()


def _url(value: object) -> str:
    text = _text(value)
    if not _URL.fullmatch(text):
        raise ValueError(text)
    return text.rstrip("/")


def _database_url(value: object) -> str:
    text = _text(value)
    if "://" not in text:
        raise ValueError(text)
    return text


def _web_url(value: object) -> str:
    text = _url(value)
    if not text.startswith(("http://", "https://")):
        raise ValueError(text)
    return text


def _engine_names(value: object) -> tuple[str, ...]:
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list):
        raise TypeError(value)
    names = tuple(_text(item) for item in items)
    if not names or len(set(names)) < len(names) or not all(map(_ENGINE_NAME.fullmatch, names)):
        raise ValueError(value)
    return names


def _memory(value: object) -> int:
    size = value if isinstance(value, int) else parse_size(_text(value))
    if isinstance(value, bool) or size < _MIN_MEMORY_BYTES:
        raise ValueError(value)
    return size


def _integer(low: int, high: int) -> Callable[[object], int]:
    def parse(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise TypeError(value)
        number = int(value)
        if not low <= number <= high:
            raise ValueError(value)
        return number

    return parse


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError(value)
    number = float(value)
    if not (math.isfinite(number) and number > 0):
        raise ValueError(value)
    return number


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text not in _BOOLEANS:
        raise ValueError(value)
    return _BOOLEANS[text]


_COUNT = (_integer(1, 2**31 - 1), "a whole number, at least 1")
_FORMS: dict[str, tuple[Callable[[object], object], str]] = {
    "warehouse": (_url, "a URL such as file:///data/warehouse"),
    "database": (_database_url, "an SQLAlchemy URL such as sqlite:////data/hub.sqlite"),
    "engines": (_engine_names, "names of engines, each once, separated by commas"),
    "spark_master": (_text, "a Spark master such as local[*]"),
    "spark_event_log": (_url, "the URL of a folder such as file:///data/spark-events"),
    "hive_url": (_database_url, "an SQLAlchemy URL such as hive://host:10000/default"),
    "memory_bytes": (_memory, "a size of at least 64MiB, such as 2GiB"),
    "threads": _COUNT,
    "public_url": (_web_url, "a URL that begins with http:// or https://"),
    "debug": (_boolean, "1 or 0"),
    "query_timeout_s": (_seconds, "a number of seconds above 0"),
    "preview_rows": _COUNT,
    "random_seed": (_integer(0, _MAX_SEED), "a whole number from 0 to 2^64 - 1"),
    "sql_max_terms": _COUNT,
    "sql_max_depth": _COUNT,
}

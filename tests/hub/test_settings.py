"""Settings are read from three places in one order, and a wrong one is refused by its name."""

from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import UsageError
from hub.settings import (
    FIELD_NAMES,
    Settings,
    SettingsError,
    SizeError,
    file_name,
    parse_size,
    variable_name,
)


def test_every_field_of_the_environment_is_known_by_the_names_in_the_interface() -> None:
    names = {variable_name(name) for name in FIELD_NAMES}
    assert names >= {
        "HUB_HOME", "HUB_WAREHOUSE", "HUB_DATABASE", "HUB_ENGINES", "HUB_SPARK_MASTER",
        "HUB_HIVE_URL", "HUB_MEMORY", "HUB_THREADS", "HUB_PUBLIC_URL", "HUB_DEBUG",
    }  # fmt: skip


def test_defaults_lie_under_the_home(tmp_path: Path) -> None:
    settings = Settings.load({}, tmp_path)
    assert settings == Settings(home=tmp_path)
    assert settings.warehouse == (tmp_path / "warehouse").as_uri()
    assert settings.database == f"sqlite:///{tmp_path}/hub.sqlite"
    assert settings.engines == ("duckdb",)
    assert settings.memory_bytes == 2 * 1024**3
    assert settings.threads >= 1


def test_the_home_comes_from_the_option_then_the_variable_then_the_data_folder(
    tmp_path: Path,
) -> None:
    environment = {"HUB_HOME": str(tmp_path / "a"), "XDG_DATA_HOME": str(tmp_path / "b")}
    assert Settings.load(environment, tmp_path / "c").home == tmp_path / "c"
    assert Settings.load(environment, None).home == tmp_path / "a"
    del environment["HUB_HOME"]
    assert Settings.load(environment, None).home == tmp_path / "b" / "exploration-hub"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "hub.toml").write_text(
        'memory = "3GiB"\nthreads = 5\nengines = ["duckdb", "spark"]\ndebug = true\n'
        "query_timeout_s = 7\n"
    )
    settings = Settings.load({"HUB_THREADS": "6", "HUB_DEBUG": "0", "PATH": "/bin"}, tmp_path)
    assert (settings.memory_bytes, settings.threads) == (3 * 1024**3, 6)
    assert (settings.engines, settings.debug) == (("duckdb", "spark"), False)
    assert settings.query_timeout_s == 7.0


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"HUB_MEMROY": "2GiB"}, ["HUB_MEMROY", "HUB_MEMORY"]),
        ({"HUB_MEMROY": ""}, ["HUB_MEMROY", "HUB_MEMORY"]),
        ({"HUB_XYZZY": "1"}, ["HUB_XYZZY"]),
        ({"HUB_MEMORY": "lots"}, ["HUB_MEMORY", "lots", "2GiB"]),
        ({"HUB_MEMORY": "1KiB"}, ["HUB_MEMORY", "64MiB"]),
        ({"HUB_THREADS": "0"}, ["HUB_THREADS"]),
        ({"HUB_THREADS": "two"}, ["HUB_THREADS"]),
        ({"HUB_DEBUG": "maybe"}, ["HUB_DEBUG"]),
        ({"HUB_ENGINES": "duckdb,,spark"}, ["HUB_ENGINES"]),
        ({"HUB_ENGINES": "duckdb,duckdb"}, ["HUB_ENGINES"]),
        ({"HUB_WAREHOUSE": "/data"}, ["HUB_WAREHOUSE", "file:///"]),
        ({"HUB_DATABASE": "hub.sqlite"}, ["HUB_DATABASE"]),
        ({"HUB_PUBLIC_URL": "hub.example.org"}, ["HUB_PUBLIC_URL"]),
        ({"HUB_QUERY_TIMEOUT_S": "nan"}, ["HUB_QUERY_TIMEOUT_S"]),
        ({"HUB_RANDOM_SEED": "-1"}, ["HUB_RANDOM_SEED"]),
    ],
)
def test_wrong_entries_of_the_environment_are_refused_by_name(
    tmp_path: Path, environment: dict[str, str], named: list[str]
) -> None:
    with pytest.raises(SettingsError) as error:
        Settings.load(environment, tmp_path)
    told = f"{error.value.message} {error.value.hint}"
    assert all(name in told for name in named)
    assert error.value.where == "environment"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("warehous = 'file:///x'", ["warehous", "warehouse"]),
        ("threads = true", ["threads"]),
        ("threads = 1.5", ["threads"]),
        ("engines = [1]", ["engines"]),
        ("memory = [1]", ["memory"]),
        ("home = '/x'", ["home", "HUB_HOME"]),
        ("[section]\nx = 1", ["section"]),
        ("threads = ", ["TOML"]),
    ],
)
def test_wrong_entries_of_the_file_are_refused_by_name(
    tmp_path: Path, text: str, named: list[str]
) -> None:
    (tmp_path / "hub.toml").write_text(text)
    with pytest.raises(SettingsError) as error:
        Settings.load({}, tmp_path)
    told = f"{error.value.message} {error.value.hint}"
    assert all(name in told for name in named)
    assert error.value.where == str(tmp_path / "hub.toml")


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "hub.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError):
        Settings.load({}, tmp_path)


def test_an_empty_variable_counts_as_not_set(tmp_path: Path) -> None:
    environment = dict.fromkeys(map(variable_name, FIELD_NAMES), "")
    assert Settings.load(environment, tmp_path) == Settings(home=tmp_path)


def test_a_home_with_odd_letters_gives_usable_urls(tmp_path: Path) -> None:
    settings = Settings.load({}, tmp_path / "my data é#1")
    assert settings.warehouse.endswith("/my%20data%20%C3%A9%231/warehouse")


def test_names_in_the_file_are_the_lower_case_of_those_in_the_environment() -> None:
    for item in fields(Settings):
        assert variable_name(item.name) == f"HUB_{file_name(item.name).upper()}"


UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "K": 2**10,
         "M": 2**20, "G": 2**30, "T": 2**40, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30,
         "TiB": 2**40}  # fmt: skip


@given(
    number=st.integers(0, 2**40),
    unit=st.sampled_from(sorted(UNITS)),
    space=st.sampled_from(["", " "]),
    lower=st.booleans(),
)
def test_sizes_are_exact_products(number: int, unit: str, space: str, lower: bool) -> None:
    text = f"{number}{space}{unit.lower() if lower else unit}"
    assert parse_size(text) == number * UNITS[unit]


def test_sizes_may_have_decimals() -> None:
    assert parse_size("1.5GiB") == 3 * 2**29
    assert parse_size("0.1 GB") == 10**8


@pytest.mark.parametrize("text", ["", "GiB", "-1", "1e9", "2 GiX", "2PiB", "1.GB", "nan", "∞", "٣"])
def test_other_texts_are_no_sizes(text: str) -> None:
    with pytest.raises(SizeError):
        parse_size(text)
    assert issubclass(SizeError, UsageError)

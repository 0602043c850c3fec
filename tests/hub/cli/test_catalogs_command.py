"""``hub catalogs`` and ``hub describe`` tell what the registry knows, exactly."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

RunHub = Callable[..., subprocess.CompletedProcess[str]]


def test_no_catalogs_is_an_empty_list_and_a_note(hub_here: RunHub) -> None:
    done = hub_here("catalogs", "--format", "json")
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")
    done = hub_here("catalogs")
    assert (done.returncode, done.stdout) == (0, "")
    assert "no catalogs yet" in done.stderr


def test_catalogs_are_listed_with_what_they_hold(
    hub_here: RunHub, publish: Callable[..., Path]
) -> None:
    publish()
    publish(version="2.0")
    listed = json.loads(hub_here("catalogs", "--format", "json").stdout)
    assert listed[0] == {
        "catalog": "stars",
        "version": "1.0",
        "default": True,
        "title": "Bright stars",
        "rows": 2 * 1_234_567,
        "bytes": 2 * 98_765_432,
        "tables": ["main", "spectra"],
    }
    assert [entry["default"] for entry in listed] == [True, False]
    lines = hub_here("catalogs").stdout.splitlines()
    assert lines[0].split() == ["CATALOG", "VERSION", "ROWS", "SIZE", "TABLES", "TITLE"]
    assert "2,469,134" in lines[1]
    assert "197.5 MB" in lines[1]
    assert "(default)" in lines[1]


def test_a_description_is_the_document_of_the_interface(
    hub_here: RunHub, publish: Callable[..., Path]
) -> None:
    folder = publish()
    described = json.loads(hub_here("describe", "stars", "--format", "json").stdout)
    assert described["catalog"] == "stars"
    assert described["citation"] == "Somebody 2020"
    assert [table["table"] for table in described["tables"]] == ["main", "spectra"]
    table = described["tables"][0]
    assert table["location"] == (folder / "main").as_uri()
    assert table["position"] == {"ra": "ra", "dec": "dec", "frame": "icrs", "epoch": 2016.0}
    assert table["sample"] == {"levels": {"9": 200_000}}
    assert [column["name"] for column in table["columns"]] == ["source_id", "ra", "dec", "flux"]
    first, last = table["columns"][0], table["columns"][-1]
    assert (first["original_name"], first["min"], first["max"]) == (
        "Source ID",
        -5,
        str(2**60 + 1),
    )
    assert (last["min"], last["max"], last["nulls"]) == (None, "inf", 12)


def test_one_table_can_be_described(hub_here: RunHub, publish: Callable[..., Path]) -> None:
    publish()
    done = hub_here("describe", "stars@1.0.spectra", "--format", "json")
    assert [table["table"] for table in json.loads(done.stdout)["tables"]] == ["spectra"]
    text = hub_here("describe", "stars.main").stdout
    for part in ("stars@1.0 (default version)", "Bright ones.", "table main", "1,234,567",
                 "ra, dec (icrs, epoch 2016)", "source_id", "[Source ID]", "inf"):  # fmt: skip
        assert part in text
    assert "_healpix_29" not in text
    assert "table spectra" not in text


@pytest.mark.parametrize("reference", ["stras", "stars@9", "stars.mian", "stars@1.0.mian"])
def test_what_does_not_exist_is_3_with_the_nearest(
    hub_here: RunHub, publish: Callable[..., Path], reference: str
) -> None:
    publish()
    done = hub_here("describe", reference)
    assert (done.returncode, done.stdout) == (3, "")
    assert "\nhint: " in done.stderr


@pytest.mark.parametrize("reference", ["stars", "stars.main", "stars@1.0.main", "Stars@1", ""])
def test_a_change_needs_a_whole_version(hub_here: RunHub, reference: str) -> None:
    for action in ("remove", "default"):
        done = hub_here("catalogs", action, reference)
        assert done.returncode == 2
        assert "NAME@VERSION" in done.stderr


def test_removing_takes_the_row_and_the_files_of_that_version(
    hub_here: RunHub, publish: Callable[..., Path]
) -> None:
    old, new = publish(), publish(version="2.0")
    done = hub_here("catalogs", "remove", "stars@1.0")
    assert (done.returncode, done.stdout) == (0, "")
    assert "stars@2.0 is the default version now" in done.stderr
    assert not old.exists()
    assert new.exists()
    assert json.loads(hub_here("describe", "stars", "--format", "json").stdout)["version"] == "2.0"
    assert hub_here("catalogs", "remove", "stars@1.0").returncode == 3


def test_the_default_version_can_be_chosen(hub_here: RunHub, publish: Callable[..., Path]) -> None:
    publish()
    publish(version="2.0")
    assert hub_here("catalogs", "default", "stars@2.0").returncode == 0
    assert json.loads(hub_here("describe", "stars", "--format", "json").stdout)["version"] == "2.0"

"""Making the demo catalogs: all of them, once, and again where an earlier call stopped."""

import io
from pathlib import Path

import pytest
from typing_extensions import override

from hub.access import LOCAL
from hub.assemble import Services, assemble
from hub.settings import Settings
from ingest.demo.make import DifferentMockError, make_demo
from ingest.progress import Progress

ROWS = {"openngc": 14_033, "hipparcos": 117_955, "gaia_bright": 482_176, "mock": 20_000}


class StoppingProgress(Progress):
    """Stands for a user who presses Ctrl-C while a certain catalog is made."""

    def __init__(self, catalog: str) -> None:
        super().__init__(io.StringIO())
        self._catalog = catalog
        self._reached = False

    @override
    def note(self, text: str) -> None:
        self._reached = self._reached or text.endswith(f"catalog {self._catalog}")

    @override
    def advance(self, rows: int) -> None:
        if self._reached:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    """A hub whose demo was interrupted while it made the second catalog, and then made."""
    services = assemble(Settings.load({}, tmp_path_factory.mktemp("home")))
    with pytest.raises(KeyboardInterrupt):
        make_demo(services, ROWS["mock"], StoppingProgress("hipparcos"))
    there = [catalog.catalog for catalog in services.catalogs.catalogs(LOCAL)]
    assert there == ["openngc"]
    made = make_demo(services, ROWS["mock"], Progress(io.StringIO()))
    assert made == ("hipparcos", "gaia_bright", "mock")
    return services


def test_each_catalog_has_its_rows_position_key_and_words(services):
    catalogs = {catalog.catalog: catalog for catalog in services.catalogs.catalogs(LOCAL)}
    assert {name: catalog.tables[0].rows for name, catalog in catalogs.items()} == ROWS
    for catalog in catalogs.values():
        assert (catalog.version, catalog.default) == ("1.0", True)
        assert catalog.title
        assert catalog.citation
        assert catalog.licence
        (table,) = catalog.tables
        assert (table.name, table.position.ra, table.position.dec) == ("main", "ra", "dec")
        assert all(column.description for column in table.visible_columns)
    epochs = {name: catalog.tables[0].position.epoch for name, catalog in catalogs.items()}
    assert epochs == {
        "hipparcos": 1991.25,
        "gaia_bright": 2016.0,
        "openngc": 2000.0,
        "mock": 2000.0,
    }
    keys = {name: catalog.tables[0].key for name, catalog in catalogs.items()}
    assert keys == {"hipparcos": "hip", "gaia_bright": "source_id", "openngc": "name", "mock": "id"}


def test_gaia_zeros_are_nulls(services):
    table = services.catalogs.table("gaia_bright", None, "main", LOCAL)
    assert [column.name for column in table.visible_columns] == [
        *("source_id", "ra", "dec", "g_mag", "bp_mag", "rp_mag")
    ]
    assert (table.column("bp_mag").nulls, table.column("rp_mag").nulls) == (363, 359)
    assert table.column("bp_mag").minimum > 0
    assert table.column("source_id").minimum == -113_881


def test_objects_without_position_are_kept_apart(services):
    table = services.catalogs.table("openngc", None, "main", LOCAL)
    assert table.unplaced.rows == 7


def test_awkward_names_become_safe_ones_and_are_remembered(services):
    table = services.catalogs.table("hipparcos", None, "main", LOCAL)
    assert table.column("b_v").original_name == "B-V"
    assert table.column("v_i").unit == "mag"
    assert table.column("uw").vector_length == 15


def test_a_second_call_makes_nothing(services):
    assert make_demo(services, None, Progress(io.StringIO())) == ()
    assert make_demo(services, ROWS["mock"], Progress(io.StringIO())) == ()


def test_another_number_of_rows_is_refused_with_the_way_out(services):
    with pytest.raises(DifferentMockError, match="20000") as refusal:
        make_demo(services, 30_000, Progress(io.StringIO()))
    assert "hub catalogs remove mock@1.0" in refusal.value.hint


def test_no_input_file_is_left_behind(services: Services, tmp_path: Path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    services.catalogs.remove("openngc", "1.0", LOCAL)
    assert make_demo(services, None, Progress(io.StringIO())) == ("openngc",)
    assert list(tmp_path.iterdir()) == []

"""Every description names each column of its table, in words that standards know."""

from importlib.resources import files

import pytest
from astropy import units as u
from astropy.io.votable.ucd import parse_ucd

from ingest.demo.gaia import read_gaia_bright
from ingest.demo.hipparcos import read_hipparcos
from ingest.demo.mock import SCHEMA
from ingest.demo.openngc import read_openngc
from ingest.describe import TableNotes, read_notes

COLUMNS = {
    "hipparcos": lambda: read_hipparcos().column_names,
    "gaia_bright": lambda: read_gaia_bright().column_names,
    "openngc": lambda: read_openngc().column_names,
    "mock": lambda: SCHEMA.names,
}


def notes_of(catalog: str) -> TableNotes:
    return read_notes(files("ingest.demo") / f"{catalog}.toml")


@pytest.mark.parametrize("catalog", COLUMNS)
def test_each_column_is_described(catalog):
    notes = notes_of(catalog)
    assert set(notes.columns) == set(COLUMNS[catalog]())
    assert all(column.description for column in notes.columns.values())


@pytest.mark.parametrize("catalog", COLUMNS)
def test_units_and_ucds_are_those_of_the_standards(catalog):
    for column in notes_of(catalog).columns.values():
        if column.unit:
            u.Unit(column.unit, format="vounit")
        if column.ucd:
            parse_ucd(column.ucd, check_controlled_vocabulary=True)


@pytest.mark.parametrize("catalog", COLUMNS)
def test_origin_licence_and_epoch_are_told(catalog):
    notes = notes_of(catalog)
    assert notes.title
    assert notes.description
    assert notes.citation
    assert notes.licence
    assert notes.epoch
    assert (notes.ra, notes.dec, notes.frame) == ("ra", "dec", "icrs")

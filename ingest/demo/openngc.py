"""OpenNGC: 14 033 nebulae, clusters and galaxies of the NGC and IC catalogues."""

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyongc

_TEXTS = ("name", "type", "const", "hubble", "messier", "ngc", "ic")
_LONG_TEXTS = ("cstarnames", "identifiers", "commonnames", "nednotes", "ongcnotes")
_ANGLES = ("ra", "dec")
_NUMBERS = (
    *("majax", "minax", "pa", "bmag", "vmag", "jmag", "hmag", "kmag", "sbrightn"),
    *("parallax", "pmra", "pmdec", "radvel", "redshift", "cstarumag", "cstarbmag", "cstarvmag"),
)
_ORDER = (
    *("name", "type", "ra", "dec", "const", "majax", "minax", "pa"),
    *("bmag", "vmag", "jmag", "hmag", "kmag", "sbrightn", "hubble"),
    *("parallax", "pmra", "pmdec", "radvel", "redshift"),
    *("cstarumag", "cstarbmag", "cstarvmag", "cstarnames", "messier", "ngc", "ic"),
    *("commonnames", "identifiers", "nednotes", "ongcnotes", "notngc"),
)


def read_openngc() -> pa.Table:
    """Read the objects; positions in degrees (ICRS), the package has radians.

    Seven entries of the IC that do not exist have no position. Texts that are
    not there are null, where the package has empty ones.
    """
    rows = _rows()
    columns: dict[str, pa.Array] = {}
    for name in (*_TEXTS, *_LONG_TEXTS):
        texts = pa.array(rows[name], pa.string())
        columns[name] = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    for name in _ANGLES:
        radians = np.array(rows[name], np.float64)
        columns[name] = pa.array(np.degrees(radians), mask=np.isnan(radians))
    for name in _NUMBERS:
        columns[name] = pa.array(rows[name], pa.float64())
    columns["notngc"] = pa.array(rows["notngc"], pa.int8()).cast(pa.bool_())
    return pa.table({name: columns[name] for name in _ORDER})


def _rows() -> dict[str, tuple[object, ...]]:
    """Return the columns of the package's table of objects, in its order."""
    address = f"{Path(pyongc.DBPATH).as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as database:
        cells = database.execute(f"SELECT {','.join(_ORDER)} FROM objects ORDER BY id")  # noqa: S608
        return dict(zip(_ORDER, zip(*cells, strict=True), strict=True))

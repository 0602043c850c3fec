"""Selections in words, sentence by sentence."""

import pytest

from hub.query.selection import Selection
from hub.query.words import in_words

MOCK = {
    "columns": ["id", "ra", "dec", "g_mag", "bp_mag", "rp_mag"],
    "region": {"kind": "cone", "ra_deg": 83.63, "dec_deg": 22.01, "radius_deg": 2},
    "filters": {
        "all": [
            {"column": "g_mag", "op": "between", "low": 3, "high": 9},
            {
                "any": [
                    {"column": "bp_mag", "op": "<", "value": 8},
                    {"column": "rp_mag", "op": "is_null"},
                ]
            },
        ]
    },
    "sample": {"log2": 6},
    "order_by": [{"column": "g_mag"}],
    "limit": 1000,
}


def test_every_part_is_said(stars):
    assert in_words(Selection.parse({"catalog": "stars"} | MOCK), stars.description) == (
        "6 columns of stars.main, within 2 deg of RA 83.63, Dec 22.01 (ICRS), "
        "g_mag from 3 to 9 mag, and (bp_mag below 8 mag or rp_mag missing), 1 row in 64, "
        "sorted by g_mag, first 1 000 rows."
    )


SENTENCES = [
    ({}, ""),
    ({"columns": ["id"]}, None),
    (
        {"region": {"kind": "cone", "frame": "galactic", "lon_deg": 10, "lat_deg": -5.5}},
        "within 1 deg of longitude 10, latitude -5.5 (Galactic)",
    ),
    (
        {
            "region": {
                "kind": "box",
                "ra_min_deg": 350,
                "ra_max_deg": 10,
                "dec_min_deg": -5,
                "dec_max_deg": 5,
            }
        },
        "RA from 350 through 0 to 10 deg and Dec from -5 to 5 deg (ICRS)",
    ),
    (
        {
            "region": {
                "kind": "box",
                "frame": "galactic",
                "lon_min_deg": 0,
                "lon_max_deg": 90,
                "lat_min_deg": -5,
                "lat_max_deg": 5,
            }
        },
        "longitude from 0 to 90 deg and latitude from -5 to 5 deg (Galactic)",
    ),
    (
        {"region": {"kind": "polygon", "vertices_deg": [[0, 0], [1, 0], [1, 1]]}},
        "inside a polygon of 3 vertices (ICRS)",
    ),
    ({"region": {"kind": "moc", "moc": "0/1"}}, "inside a MOC"),
    (
        {"region": {"kind": "targets", "positions_deg": [[0, 0]] * 1500, "radius_arcsec": 1.5}},
        "within 1.5 arcsec of one of 1 500 targets",
    ),
    (
        {"region": {"kind": "targets", "positions_deg": [[0, 0]], "radius_arcsec": 2}},
        "within 2 arcsec of 1 target",
    ),
    ({"region": {"kind": "name", "name": "M31", "radius_deg": 0.5}}, "within 0.5 deg of M31"),
    ({"filters": {"column": "g_mag", "op": "<=", "value": 8.5}}, "g_mag at most 8.5 mag"),
    ({"filters": {"column": "G_MAG", "op": ">", "value": 8}}, "g_mag above 8 mag"),
    ({"filters": {"column": "name", "op": "=", "value": "M31"}}, 'name equal to "M31"'),
    ({"filters": {"column": "good", "op": "!=", "value": True}}, "good not equal to true"),
    ({"filters": {"column": "flags", "op": ">=", "value": 3}}, "flags at least 3"),
    (
        {"filters": {"expression": "bp_mag - rp_mag", "op": "<", "value": 1}},
        "bp_mag - rp_mag below 1",
    ),
    ({"filters": {"column": "flags", "op": "in", "values": [1, 2, 3]}}, "flags one of 1, 2 or 3"),
    ({"filters": {"column": "flags", "op": "in", "values": [1]}}, "flags one of 1"),
    ({"filters": {"column": "flags", "op": "not_in", "values": []}}, "flags not one of no values"),
    (
        {"filters": {"column": "g_mag", "op": "in", "values": list(range(2008))}},
        "g_mag one of 0, 1, 2, 3, 4, 5, 6, 7 and 2 000 more values mag",
    ),
    ({"filters": {"column": "name", "op": "like", "pattern": "NGC%"}}, 'name like "NGC%"'),
    ({"filters": {"column": "rp_mag", "op": "not_null"}}, "rp_mag present"),
    ({"filters": {"column": "rp_mag", "op": "is_nan"}}, "rp_mag not a number"),
    ({"filters": {"not": {"column": "rp_mag", "op": "is_null"}}}, "rp_mag present"),
    (
        {"filters": {"not": {"column": "g_mag", "op": "<", "value": 5}}},
        "not (g_mag below 5 mag)",
    ),
    (
        {"filters": {"column": "flags", "op": "bits_any", "bits": 6}},
        "flags with any of the bits of 6 set",
    ),
    (
        {
            "filters": {
                "any": [
                    {"column": "flags", "op": "is_null"},
                    {
                        "all": [
                            {"column": "g_mag", "op": "<", "value": 5},
                            {"column": "good", "op": "=", "value": True},
                        ]
                    },
                ]
            }
        },
        "flags missing or (g_mag below 5 mag and good equal to true)",
    ),
    ({"filters": {"any": []}}, "no row"),
    ({"filters": {"all": []}}, ""),
    ({"sample": {"log2": 10}}, "1 row in 1 024"),
    ({"sample": {"log2": 0}}, ""),
    ({"sample": {"rows": 20000}}, "20 000 rows at random"),
    (
        {"order_by": [{"column": "g_mag", "descending": True}, {"column": "id"}]},
        "sorted by g_mag from high to low then id",
    ),
    ({"limit": 1}, "first row"),
    ({"limit": 0}, "no rows"),
]


@pytest.mark.parametrize(("parts", "words"), SENTENCES)
def test_sentences(stars, parts, words):
    if parts.get("region", {}).get("lon_deg") is not None:
        parts = {"region": parts["region"] | {"radius_deg": 1}}
    sentence = in_words(Selection.parse({"catalog": "stars"} | parts), stars.description)
    start = "1 column of stars.main" if "columns" in parts else "All columns of stars.main"
    assert sentence == (f"{start}, {words}." if words else f"{start}.")

"""Numbers, cells, citations and searches say what they should."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from markupsafe import Markup

from hub.access import ANONYMOUS
from hub.assemble import Services
from web import show
from web.catalog_search import search_catalogs
from web.citation import bibtex
from web.errors import place_in_text
from web.examples import examples_of
from web.pages.sql import line_at_fault
from web.previews import show_rows


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, '<span class="null">–</span>'),
        (True, "true"),
        (-1234567, "−1\xa0234\xa0567"),
        (0.1, "0.1"),
        (float("nan"), "NaN"),
        (float("-inf"), "−∞"),
        (1.5e-12, "1.5\xa0×\xa010<sup>−12</sup>"),
        (Decimal("-1.50"), "−1.50"),
        (b"\x00\xff", "00ff"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, tzinfo=UTC), "2026-01-02 03:00:00"),
        ([1, 2], "[1, 2]"),
        ("<b>", "&lt;b&gt;"),
    ],
)
def test_a_cell_reads_as_people_write_it(value: object, text: str) -> None:
    assert show.cell(value) == Markup(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (412 * 10**9, "412 GB")],
)
def test_sizes_are_decimal(value: int, text: str) -> None:
    assert show.size(value).replace("\xa0", " ") == text


def test_preview_columns_share_their_decimals(services: Services) -> None:
    queries = services.queries
    sql = "SELECT id, bp_mag, g_mag * 1e-9 AS tiny, seen FROM stars.main ORDER BY id"
    with queries.stream(queries.plan_sql(sql, ANONYMOUS), max_rows=20) as stream:
        shown = show_rows(stream)
    assert shown.is_cut
    assert len(shown.rows) == 20
    assert {len(row[1].partition(".")[2]) for row in shown.rows} == {4}
    assert "10<sup>" in shown.columns[2].unit
    assert shown.columns[3].unit == "UTC"


def test_a_plain_citation_becomes_bibtex(services: Services) -> None:
    catalog = services.catalogs.catalog("stars", "1.0", ANONYMOUS)
    entry = bibtex(catalog)
    assert entry.startswith("@misc{stars_1_0,")
    assert "doi = {10.1234/abcd.5}" in entry
    assert r"\&" in entry


def test_bibtex_is_kept_as_it_is(services: Services) -> None:
    catalog = services.catalogs.catalog("stars", "1.0", ANONYMOUS)
    asked_for = "@article{X,\n\n  title = {T_1}\n\n}"
    entry = bibtex(replace(catalog, citation=asked_for))
    assert entry.startswith("@article{X,\n  title = {T_1}\n}\n\n@misc{stars_1_0,")


@pytest.mark.parametrize(
    ("text", "found"),
    [("", 1), ("stars", 1), ("PHOT.MAG mag", 1), ("magnitude", 1), ("stars galaxy", 0)],
)
def test_a_search_looks_at_catalogues_and_columns(
    services: Services, text: str, found: int
) -> None:
    assert len(search_catalogs(services.catalogs.catalogs(ANONYMOUS), text)) == found


def test_every_example_runs(services: Services) -> None:
    catalog = services.catalogs.catalog("stars", "1.0", ANONYMOUS)
    examples = list(examples_of(catalog))
    assert len(examples) == 3
    for example in examples:
        plan = services.queries.plan_sql(example.sql, ANONYMOUS)
        with services.queries.stream(plan) as stream:
            assert stream.read_all().num_rows > 0


def test_the_line_at_fault_is_shown_with_a_mark() -> None:
    assert place_in_text("line 3, column 14") == (3, 14)
    assert place_in_text("region.ra_deg") is None
    assert line_at_fault("SELECT *\nFORM t", "line 2, column 1") == "2 | FORM t\n    ^"
    assert line_at_fault("SELECT *", "line 9, column 1") == ""

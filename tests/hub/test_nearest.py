"""Hints name what a wrong name may have meant, and else what there is."""

import pytest

from hub.nearest import hint_of_names, nearest_names

COLUMNS = ["ra", "dec", "g_mag", "bp_mag", "parallax", "source_id"]


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("GMAG", "g_mag"), ("par", "parallax"), ("source", "source_id"), ("mag", "g_mag")],
)
def test_case_slips_beginnings_and_parts_lead_to_the_name(name: str, nearest: str) -> None:
    assert nearest_names(name, COLUMNS)[0] == nearest


def test_no_more_names_come_than_asked_for() -> None:
    assert len(nearest_names("mag", COLUMNS, 1)) == 1


def test_where_nothing_is_near_the_known_ones_are_told() -> None:
    assert hint_of_names("xyzzy", COLUMNS[:2], "columns") == "Known columns: ra, dec."
    assert hint_of_names("xyzzy", [], "columns") == "There are no columns."
    many = hint_of_names("xyzzy", [f"c{number}" for number in range(1000)], "columns")
    assert len(many) < 100


@pytest.mark.timeout(5)
def test_a_name_of_any_length_is_answered_at_once() -> None:
    assert nearest_names("g" * 1_000_000, ["g" * 128 + "_mag"] * 50 + COLUMNS)

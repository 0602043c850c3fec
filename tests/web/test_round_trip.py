"""Address → form → address, and selection → form → selection, lose nothing."""

import json
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from hub.query.selection import Selection
from hub.tables.description import TableDescription
from web.playground.fields import FilterRow, PlayFields
from web.playground.meaning import read_meaning, selection_of
from web.playground.opening import open_selection

NUMBERS = ("g_mag", "bp_mag")
WHOLE = st.integers(-(2**53), 2**53)
REAL = st.one_of(WHOLE, st.floats(allow_nan=False, allow_infinity=False))
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
LON, LAT = st.floats(0, 360, exclude_max=True), st.floats(-90, 90)


def comparisons() -> st.SearchStrategy[dict[str, Any]]:
    real = st.sampled_from(NUMBERS)
    return st.one_of(
        st.fixed_dictionaries(
            {
                "column": real,
                "op": st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
                "value": REAL,
            }
        ),
        st.fixed_dictionaries(
            {"column": real, "op": st.just("between"), "low": REAL, "high": REAL}
        ),
        st.fixed_dictionaries(
            {
                "column": real,
                "op": st.sampled_from(["in", "not_in"]),
                "values": st.lists(REAL, min_size=1, max_size=4),
            }
        ),
        st.fixed_dictionaries(
            {"column": st.just("name"), "op": st.sampled_from(["=", "!="]), "value": TEXT}
        ),
        st.fixed_dictionaries(
            {"column": st.just("name"), "op": st.just("in"), "values": st.lists(TEXT, min_size=1)}
        ),
        st.fixed_dictionaries({"column": st.just("name"), "op": st.just("like"), "pattern": TEXT}),
        st.fixed_dictionaries(
            {"column": st.just("is_star"), "op": st.just("="), "value": st.booleans()}
        ),
        st.fixed_dictionaries(
            {
                "column": st.just("flags"),
                "op": st.sampled_from(["bits_any", "bits_all", "bits_none"]),
                "bits": st.integers(1, 2**31),
            }
        ),
        st.fixed_dictionaries(
            {"column": real, "op": st.sampled_from(["is_null", "not_null", "is_nan"])}
        ),
        st.fixed_dictionaries(
            {"expression": st.just("bp_mag - g_mag"), "op": st.just("<"), "value": REAL}
        ),
    )


def filters() -> st.SearchStrategy[dict[str, Any]]:
    return st.recursive(
        comparisons(),
        lambda inner: st.one_of(
            st.fixed_dictionaries({"all": st.lists(inner, max_size=3)}),
            st.fixed_dictionaries({"any": st.lists(inner, max_size=3)}),
            st.fixed_dictionaries({"not": inner}),
        ),
        max_leaves=6,
    )


def regions() -> st.SearchStrategy[dict[str, Any]]:
    pair = st.tuples(LON, LAT).map(list)
    named = st.fixed_dictionaries({"name": TEXT, "ra_deg": LON, "dec_deg": LAT})
    return st.one_of(
        st.just({"kind": "all"}),
        st.fixed_dictionaries(
            {
                "kind": st.just("cone"),
                "ra_deg": LON,
                "dec_deg": LAT,
                "radius_deg": st.floats(0, 180),
            }
        ),
        st.fixed_dictionaries(
            {
                "kind": st.just("cone"),
                "frame": st.just("galactic"),
                "lon_deg": LON,
                "lat_deg": LAT,
                "radius_deg": st.floats(0, 180),
            }
        ),
        st.fixed_dictionaries(
            {
                "kind": st.just("box"),
                "ra_min_deg": LON,
                "ra_max_deg": LON,
                "dec_min_deg": st.floats(-90, 0),
                "dec_max_deg": st.floats(0, 90),
            }
        ),
        st.just({"kind": "polygon", "vertices_deg": [[10, 10], [20.5, 10], [15, 20]]}),
        st.just({"kind": "moc", "moc": "4/0-15"}),
        st.fixed_dictionaries(
            {
                "kind": st.just("targets"),
                "positions_deg": st.lists(pair, min_size=1, max_size=4)
                | st.lists(named, min_size=1, max_size=3),
                "radius_arcsec": st.floats(0, 3600),
            }
        ),
    )


def selections() -> st.SearchStrategy[dict[str, Any]]:
    derived = {"name": "colour", "expression": "bp_mag - g_mag"}
    names = st.lists(
        st.sampled_from(["id", "ra", "dec", "g_mag", "flags", "name"]), unique=True, max_size=4
    )
    columns = names | names.map(lambda items: [derived, *items])
    return st.fixed_dictionaries(
        {"catalog": st.just("stars"), "version": st.just("1.0")},
        optional={
            "columns": columns,
            "region": regions(),
            "sample": st.fixed_dictionaries({"log2": st.integers(1, 31)})
            | st.fixed_dictionaries({"rows": st.integers(1, 10**6)}),
            "filters": filters(),
            "order_by": st.lists(
                st.fixed_dictionaries(
                    {"column": st.sampled_from(NUMBERS), "descending": st.booleans()}
                ),
                max_size=2,
            ),
            "limit": st.integers(0, 10**9),
        },
    )


def sent(query: str) -> PlayFields:
    return PlayFields.read(MultiDict(parse_qsl(query, keep_blank_values=True)))


@given(document=selections())
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_selection_survives_the_form_and_its_address(
    document: dict[str, Any], stars: TableDescription
) -> None:
    selection = Selection.parse(document)
    canonical = selection.canonical()
    fields = open_selection(json.loads(canonical), stars)
    read = sent(fields.query_string())
    meaning = read_meaning(read, stars)
    assert meaning.errors == {}
    assert Selection.parse(selection_of(meaning, stars)).canonical() == canonical
    assert read.query_string() == fields.query_string()


ROWS = st.builds(
    FilterRow,
    column=st.sampled_from([*NUMBERS, "flags", "bp_mag - g_mag"]),
    op=st.sampled_from(["between", "=", ">"]),
    value=st.sampled_from(["", "1", "2.5"]),
    high=st.sampled_from(["", "9"]),
    group=st.sampled_from(["", "a", "b"]),
    is_on=st.booleans(),
)


@given(rows=st.lists(ROWS, max_size=4), step=st.sampled_from(["columns", "filters", "query"]))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_a_page_would_send_is_its_own_address(
    rows: list[FilterRow], step: str, client: FlaskClient
) -> None:
    fields = PlayFields(
        columns=("dec", "ra", "colour = bp_mag - g_mag"),
        filters=tuple(rows),
        texts={"step": step, "region": "cone", "lon": "10", "lat": "-5", "radius": "60"},
    )
    address = f"/play/stars/1.0/main?{fields.query_string()}"
    answer = client.get(address)
    assert answer.status_code == 200
    again = client.get(f"/play/stars/1.0/main?{urlencode(form_of(answer.text))}")
    assert again.status_code == 302
    assert parse_qsl(urlsplit(again.location).query) == fields.pairs()


class _Form(HTMLParser):
    """Collects what a browser without script would send of the playground's form."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: list[tuple[str, str]] = []
        self._inside = False
        self._select = ""
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag == "form":
            self._inside = has.get("id") == "play"
        if not self._inside:
            return
        name, value = has.get("name") or "", has.get("value") or ""
        if tag == "input" and name:
            if has.get("type") not in {"checkbox", "radio"} or "checked" in has:
                self.pairs.append((name, value))
        elif tag == "select":
            self._select = name
            self._first = True
        elif tag == "option" and self._select and (self._first or "selected" in has):
            if not self._first:
                self.pairs.pop()
            self.pairs.append((self._select, value))
            self._first = False
        elif tag == "textarea":
            self._area = name
            self.pairs.append((name, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.pairs[-1] = (self._area, data)


def form_of(html: str) -> list[tuple[str, str]]:
    form = _Form()
    form.feed(html)
    return form.pairs


def test_a_selection_opens_as_an_address(client: FlaskClient) -> None:
    document = {
        "catalog": "stars",
        "filters": {"all": [{"column": "g_mag", "op": "<", "value": 9}]},
    }
    answer = client.get("/play/stars/1.0/main", query_string={"s": json.dumps(document)})
    assert answer.status_code == 302
    assert "f0.column=g_mag&f0.op=%3C&f0.value=9" in answer.location
    assert client.get(answer.location).status_code == 200


@pytest.mark.parametrize(
    ("lon", "lat", "degrees"),
    [
        ("83.63", "+22.01", (83.63, 22.01)),
        ("05:34:31.97", "+22:00:52.1", (83.63320833, 22.01447222)),
        ("5h34m31.97s", "22d00m52.1s", (83.63320833, 22.01447222)),
        ("05 34 31.97", "\u221222 00 52.1", (83.63320833, -22.01447222)),
    ],
)
def test_positions_may_be_sexagesimal(
    stars: TableDescription, lon: str, lat: str, degrees: tuple[float, float]
) -> None:
    texts = {"region": "cone", "lon": lon, "lat": lat, "radius": "1"}
    meaning = read_meaning(PlayFields(texts=texts), stars)
    assert meaning.errors == {}
    region = meaning.pieces["region"]["region"]
    assert (region["ra_deg"], region["dec_deg"]) == pytest.approx(degrees, abs=1e-8)
    lines = {"region": "targets", "targets": f"a, {lon}, {lat}", "radius_arcsec": "1"}
    target = read_meaning(PlayFields(texts=lines), stars).pieces["region"]["region"]
    (position,) = target["positions_deg"]
    assert (position["ra_deg"], position["dec_deg"]) == pytest.approx(degrees, abs=1e-8)


@pytest.mark.parametrize(
    ("texts", "field", "words"),
    [
        ({"region": "cone", "lon": "25:00:00", "lat": "1", "radius": "1"}, "lon", "25:00:00"),
        ({"region": "cone", "lon": "x", "lat": "1", "radius": "1"}, "lon", "must be a number"),
        (
            {"region": "cone", "frame": "galactic", "lon": "1:2:3", "lat": "1", "radius": "1"},
            "lon",
            "l must be a number",
        ),
        (
            {"region": "targets", "targets": "1 2\nx 3\n4 5\n1 2 3 4 5", "radius_arcsec": "1"},
            "targets",
            "Line 2: RA must be a number, not “x”. Line 4: not",
        ),
        ({"region": "targets", "targets": "a\n" * 9, "radius_arcsec": "1"}, "targets", "4 more."),
        ({"region": "targets", "targets": "a,1,2\n3,4", "radius_arcsec": "1"}, "targets", "a name"),
        ({"region": "polygon", "vertices": "1 2\n3\n4 5"}, "vertices", "Line 2: not “longitude"),
        ({"region": "polygon", "vertices": f"1 {'2' * 140_000}"}, "vertices", "cannot be read"),
    ],
)
def test_each_wrong_line_of_a_region_is_named(
    stars: TableDescription, texts: dict[str, str], field: str, words: str
) -> None:
    errors = read_meaning(PlayFields(texts=texts), stars).errors
    assert words in errors[field]
    assert errors.keys() == {field}


def test_a_list_over_two_lines_is_refused_at_its_filter(stars: TableDescription) -> None:
    row = FilterRow(column="name", op="in", value="a\nb")
    assert "cannot be read" in read_meaning(PlayFields(filters=(row,)), stars).errors["f0"]

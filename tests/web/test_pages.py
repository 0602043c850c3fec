"""Every page answers, loads nothing from outside, and escapes what it shows."""

import io
import json
import re
from collections.abc import Callable

import pyarrow.parquet as pq
import pytest
from astropy.table import Table
from flask.testing import FlaskClient

PAGES = (
    "/",
    "/catalogs",
    "/catalogs?q=phot.mag",
    "/catalogs?q=nothing+like+this",
    "/catalogs/stars/1.0",
    "/catalogs/stars/1.0?q=mag",
    "/catalogs/stars/1.0/main/g_mag",
    "/catalogs/stars/1.0/main/name",
    "/play",
    *(
        f"/play/stars/1.0/main?step={step}"
        for step in ("region", "sampling", "filters", "query", "analysis", "format", "request")
    ),
    "/play/stars/1.0/main",
    "/sql",
    "/sql?q=SELECT+name,+g_mag+FROM+stars.main+LIMIT+5",
    "/help",
    "/status",
)
READERS: dict[str, Callable[[bytes], Table]] = {
    "csv": lambda data: Table.read(data.decode(), format="ascii.csv"),
    "fits": lambda data: Table.read(io.BytesIO(data), format="fits"),
    "jsonl": lambda data: Table(rows=[json.loads(line) for line in data.splitlines()]),
    "parquet": lambda data: Table(pq.read_table(io.BytesIO(data)).to_pydict()),
    "votable": lambda data: Table.read(io.BytesIO(data), format="votable"),
}
_ADDRESS = re.compile(r"(?:src|srcset|href|action|hx-get)=\"([^\"]+)\"")


@pytest.mark.parametrize("address", PAGES)
def test_a_page_answers_and_stays_at_home(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Request-ID"]
    assert "<script>alert" not in answer.text
    assert " style=" not in answer.text
    assert " on" not in re.findall(r"<[a-z]+( on)[a-z]+=", answer.text)
    found = _ADDRESS.findall(answer.text)
    assert found
    assert not [link for link in found if link.startswith(("http:", "https:", "//", "data:"))]


def test_no_link_of_a_page_is_dead(client: FlaskClient) -> None:
    links = {
        # Of a set of pictures, the first; without the place in a page.
        link.replace("&amp;", "&").partition(" ")[0].rstrip(",").partition("#")[0]
        for page in PAGES
        for link in _ADDRESS.findall(client.get(page).text)
    }
    # The form of a download sends its query by POST.
    for link in sorted(links - {"", "/sql/download"}):
        with client.get(link) as answer:
            assert answer.status_code in {200, 302}, link


def test_static_files_named_by_pages_have_their_hash(client: FlaskClient) -> None:
    html = client.get("/").text
    assert re.search(r"/static/css/tokens\.css\?v=[0-9a-f]{12}", html)


def test_an_error_page_tells_the_id_of_the_request(client: FlaskClient) -> None:
    answer = client.get("/catalogs/starz/1.0", headers={"X-Request-ID": "abcdefgh-1"})
    assert answer.status_code == 404
    assert answer.headers["X-Request-ID"] == "abcdefgh-1"
    assert "abcdefgh-1" in answer.text
    assert "stars" in answer.text


def test_an_unsafe_request_id_is_replaced(client: FlaskClient) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": "<b>bad</b>"})
    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-ID"])


def test_a_wrong_field_keeps_what_was_typed(client: FlaskClient) -> None:
    answer = client.get("/play/stars/1.0/main?step=region&region=cone&lon=abc&lat=3&radius=1")
    assert answer.status_code == 400
    assert 'value="abc"' in answer.text
    assert 'aria-describedby="lon-wrong"' in answer.text
    assert "RA must be a number" in answer.text


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("region=cone&lon=1&lat=95&radius=1", "region-wrong"),
        ("c=colour+%3D+bp_mag+-+nope", "columns-wrong"),
        ("f0.column=g_mag&f0.op=like&f0.value=x", "f0-wrong"),
        ("f0.column=nope&f0.op=%3D&f0.value=1", "f0-wrong"),
        ("order=nope", "order-wrong"),
        ("sample=rows&rows=0", "sample-wrong"),
        ("more=%7B", "more-wrong"),
        ("bins=0x5", "bins-wrong"),
        ("sent=1", "columns-wrong"),
        ("x=ra%2Bnope&y=dec", "x-wrong"),
        ("x=ra&y=log10%28", "y-wrong"),
        ("h=name", "h-wrong"),
        ("statistic=mean&of=nope", "of-wrong"),
    ],
)
def test_an_error_stands_at_its_field(client: FlaskClient, query: str, field: str) -> None:
    answer = client.get(f"/play/stars/1.0/main?{query}", follow_redirects=True)
    assert answer.status_code == 400
    assert f'id="{field}"' in answer.text
    # A row of filters and the list of columns have no single control to mark.
    if field not in {"columns-wrong", "sample-wrong", "region-wrong"}:
        assert f'aria-describedby="{field}"' in answer.text


def test_a_wrong_axis_takes_only_its_plot_away(client: FlaskClient) -> None:
    answer = client.get("/play/stars/1.0/main?x=ra%2Bnope&y=dec")
    assert answer.status_code == 302
    page = client.get(answer.location)
    assert page.status_code == 400
    assert 'value="ra+nope"' in page.text
    assert "There is no column nope (character 4)." in page.text
    assert "Histogram. Objects per bin" in page.text
    assert "Download now" in client.get("/play/stars/1.0/main?step=request&x=ra%2Bnope").text


def test_buttons_of_the_form_add_and_remove(client: FlaskClient) -> None:
    play = "/play/stars/1.0/main"
    added = client.get(f"{play}?step=filters&add=filter&new_filter=g_mag")
    assert "f0.column=g_mag&f0.op=between" in added.location
    dropped = client.get(f"{added.location}&drop=0")
    assert "f0" not in dropped.location
    derived = client.get(f"{play}?c=ra&add=column&new_name=twice&new_expression=2*ra")
    assert "c=ra&c=twice+%3D+2%2Ara" in derived.location
    assert client.get(derived.location).status_code == 200


def test_columns_can_be_put_in_another_order(client: FlaskClient) -> None:
    play = "/play/stars/1.0/main"
    moved = client.get(f"{play}?c=ra&c=dec&c=g_mag&up=2")
    assert moved.location.endswith("c=ra&c=g_mag&c=dec")
    for nothing in ("0", "3", "-1", "x", "9" * 5000):
        answer = client.get(f"{play}?c=ra&c=dec&c=g_mag&up={nothing}")
        assert answer.location.endswith("c=ra&c=dec&c=g_mag")
    page = client.get(moved.location).text
    assert page.count('name="up"') == 2
    assert 'aria-label="Move dec up"' in page
    rows = client.get(f"{play}/download?c=ra&c=g_mag&c=dec&limit=1&sample=rows&rows=1")
    assert rows.text.splitlines()[0] == "ra,g_mag,dec"


@pytest.mark.parametrize("name", ["csv", "fits", "jsonl", "parquet", "votable"])
def test_a_selection_downloads_in_every_format(client: FlaskClient, name: str) -> None:
    query = f"c=id&c=g_mag&f0.column=g_mag&f0.high=9&format={name}"
    answer = client.get(f"/play/stars/1.0/main/download?{query}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    table = READERS[name](answer.data)
    assert table.colnames == ["id", "g_mag"]
    assert 0 < len(table) < 2_000
    # JSON has large integers as texts.
    assert {int(value) - 2**60 for value in table["id"]} <= set(range(2_000))
    assert max(table["g_mag"]) <= 9


def test_a_download_of_a_wrong_selection_is_a_page_and_no_file(client: FlaskClient) -> None:
    answer = client.get("/play/stars/1.0/main/download?region=cone&lon=x&lat=1&radius=1")
    assert answer.status_code == 400
    assert "Content-Disposition" not in answer.headers


def test_sql_shows_the_place_of_an_error(client: FlaskClient) -> None:
    answer = client.get("/sql", query_string={"q": "SELECT ra,\n  decc\nFROM stars.main"})
    assert answer.status_code == 400
    assert "line 2, column 3" in answer.text
    assert "2 |   decc" in answer.text
    assert "Did you mean dec?" in answer.text


def test_sql_downloads(client: FlaskClient) -> None:
    form = {"q": "SELECT count(*) AS n FROM stars.main", "format": "csv"}
    assert client.post("/sql/download", data=form).text == "n\n2000\n"


def test_a_picture_comes_in_both_themes_and_is_kept(client: FlaskClient) -> None:
    base = "/plots/image.png?s=%7B%22catalog%22%3A%22stars%22%7D&x=g_mag&bins=20&w=350"
    light, dark = client.get(f"{base}&theme=light"), client.get(f"{base}&theme=dark")
    assert light.data[:4] == dark.data[:4] == b"\x89PNG"
    assert light.data != dark.data
    again = client.get(f"{base}&theme=light", headers={"If-None-Match": light.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "query",
    ["theme=pink", "w=77", "scale=3", "bins=9999x9999&y=ra", "x=nope", "statistic=mode", "s=%7B"],
)
def test_a_malformed_picture_address_is_refused(client: FlaskClient, query: str) -> None:
    given = dict(part.split("=") for part in query.split("&"))
    base = {"s": "%7B%22catalog%22%3A%22stars%22%7D", "x": "g_mag"}
    text = "&".join(f"{name}={value}" for name, value in {**base, **given}.items())
    assert client.get(f"/plots/image.png?{text}").status_code in {400, 404}


def test_what_is_not_built_is_not_there(client: FlaskClient) -> None:
    assert client.get("/jobs").status_code == 404
    assert client.get("/products").status_code == 404

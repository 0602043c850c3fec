"""A table as bad as it gets: captions say numpy's numbers, and hostile texts stay texts."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient

from hub.cli.main import main
from hub.settings import Settings
from web.app import create_app

ROWS = 4_000
HOSTILE = "\"'></textarea><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}"

DESCRIPTION = f"""
title = '''{HOSTILE.replace("'", "")}'''
description = '''{HOSTILE.replace("'", "")}'''
citation = '''{HOSTILE.replace("'", "")}'''
licence = '''{HOSTILE.replace("'", "")}'''

[columns.v]
unit = '''{HOSTILE.replace("'", "")}'''
ucd = "phot.mag"
description = '''{HOSTILE.replace("'", "")}'''
"""


def values() -> dict[str, npt.NDArray[np.float64]]:
    random = np.random.default_rng(12)
    v, w = random.normal(0, 1, ROWS), random.lognormal(0, 2, ROWS)
    v[:50], v[50:80], v[80:95] = np.nan, np.inf, -np.inf
    w[90:130], w[130:160], w[160:190] = 0, -1, np.nan
    return {"v": v, "w": w}


def nulls() -> dict[str, npt.NDArray[np.bool_]]:
    place = np.arange(ROWS)
    return {"v": (place >= 85) & (place < 125), "w": (place >= 180) & (place < 400)}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    home: Path = tmp_path_factory.mktemp("awkward-hub")
    random = np.random.default_rng(13)
    numbers = {name: pa.array(v, mask=nulls()[name]) for name, v in values().items()}
    table = pa.table(
        {
            "id": pa.array(np.arange(ROWS) + 2**62, pa.int64()),
            "ra": random.uniform(0, 360, ROWS),
            "dec": np.degrees(np.arcsin(random.uniform(-1, 1, ROWS))),
            **numbers,
            "<b>x</b>": random.normal(size=ROWS),
            "q\"uo'te": random.normal(size=ROWS),
            "<script>alert(1)</script>": [HOSTILE] * ROWS,
        }
    )
    pq.write_table(table, home / "awkward.parquet")
    (home / "awkward.toml").write_text(DESCRIPTION)
    arguments = ["ingest", "catalog", "awkward", "1.0", str(home / "awkward.parquet")]
    assert main(["--home", str(home), *arguments, "--describe", str(home / "awkward.toml")]) == 0
    with create_app(Settings(home=home)).test_client() as client:
        yield client


def captions(client: FlaskClient, **query: str) -> list[str]:
    """Return the captions of heat map and histogram as a reader sees them."""
    page = client.get(f"/play/awkward/1.0/main?{urlencode(query)}", follow_redirects=True)
    assert page.status_code == 200
    found = re.findall(r"<figcaption>(.*?)</figcaption>", page.text, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", text).replace("\xa0", "") for text in found]


def numbers_in(caption: str) -> dict[str, int]:
    """Return the counts that a caption tells by their words."""
    places = re.findall(r"(\d+) (null|NaN|infinite|zero or negative|below x|below|above)", caption)
    found = {word: int(number) for number, word in places}
    view = re.search(r"In view (\d+)", caption)
    return {**found, "in view": int(view[1])} if view else found


def test_a_histogram_tells_the_fate_of_each_row(client: FlaskClient) -> None:
    w, null = values()["w"], nulls()["w"]
    known, isnan = ~null, np.isnan(w)
    usable = known & ~isnan & (w > 0)
    _, caption = captions(client, h="w", h_log="1", h_low="0.1", h_high="10")
    assert numbers_in(caption) == {
        "null": null.sum(),
        "NaN": (known & isnan).sum(),
        "zero or negative": (known & ~isnan & (w <= 0)).sum(),
        "below": (usable & (w < 0.1)).sum(),
        "above": (usable & (w > 10)).sum(),
        "in view": (usable & (w >= 0.1) & (w <= 10)).sum(),
    }


def test_a_heat_map_tells_the_fate_of_each_row(client: FlaskClient) -> None:
    (v, w), (null_v, null_w) = values().values(), nulls().values()
    null = null_v | null_w
    isnan = ~null & (np.isnan(v) | np.isnan(w))
    infinite = ~null & ~isnan & (np.isinf(v) | np.isinf(w))
    usable = ~null & ~isnan & ~infinite
    inside = (v >= -1) & (v <= 2)
    caption, _ = captions(client, x="v", x_low="-1", x_high="2", y="w", y_low="0", y_high="5")
    told = numbers_in(caption)
    assert told.pop("in view") == (usable & inside & (w >= 0) & (w <= 5)).sum()
    assert {name: told[name] for name in ("null", "NaN", "infinite")} == {
        "null": null.sum(),
        "NaN": isnan.sum(),
        "infinite": infinite.sum(),
    }
    outside = re.search(
        r"Outside: (\d+) below and (\d+) above v, (\d+) below and (\d+) above w", caption
    )
    assert outside is not None
    assert [int(number) for number in outside.groups()] == [
        (usable & (v < -1)).sum(),
        (usable & (v > 2)).sum(),
        (usable & inside & (w < 0)).sum(),
        (usable & inside & (w > 5)).sum(),
    ]


def test_a_filter_is_counted_as_numpy_counts(client: FlaskClient) -> None:
    v, null = values()["v"], nulls()["v"]
    with np.errstate(invalid="ignore"):
        kept = (~null & (v >= -1) & (v <= np.inf)).sum()
    for caption in captions(client, **{"f0.column": "v", "f0.op": ">=", "f0.value": "-1"}):
        assert f"{kept} of {ROWS} rows selected" in caption


class _Tags(HTMLParser):
    """Collects what a browser would take for script."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if (tag == "script" and "src" not in names) or any(n.startswith("on") for n in names):
            self.found.append(self.get_starttag_text() or tag)
        if tag == "img" and dict(attrs).get("src") == "x":
            self.found.append("img")


PAGES = (
    *("/", "/catalogs", "/catalogs/awkward/1.0", "/play", "/sql", "/status", "/help"),
    "/catalogs/awkward/1.0/main/v",
    "/catalogs/awkward/1.0/main/script_alert_1_script",
    *(
        f"/play/awkward/1.0/main?step={step}"
        for step in ("columns", "region", "filters", "query", "analysis", "format", "request")
    ),
    "/sql?" + urlencode({"q": f'SELECT * , 1 AS "<i>" FROM awkward.main LIMIT 5 --{HOSTILE}'}),
)
FIELDS = (
    *("x", "y", "h", "bins", "c", "order", "limit", "more", "find", "step", "format", "of"),
    *("region", "region=cone&lon", "region=polygon&vertices", "region=targets&targets"),
    *("region=name&name", "region=moc&moc", "sample=rows&rows", "sample=fraction&log2"),
    *("f0.column", "f0.column=v&f0.op", "f0.column=v&f0.op==&f0.value", "f0.column=v&f0.high"),
    *("statistic", "compression", "add=column&new_name", "add=column&new_expression"),
)


@pytest.mark.parametrize("path", PAGES)
def test_texts_of_a_catalogue_are_no_markup(client: FlaskClient, path: str) -> None:
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == 200
    assert scripts_in(answer.text) == []


@pytest.mark.parametrize("field", FIELDS)
def test_what_is_typed_is_no_markup(client: FlaskClient, field: str) -> None:
    path = f"/play/awkward/1.0/main?{field}={urlencode({'': HOSTILE})[1:]}"
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code in {200, 400}
    assert scripts_in(answer.text) == []


def scripts_in(html: str) -> list[str]:
    tags = _Tags()
    tags.feed(html)
    return tags.found


def test_large_integers_are_shown_whole(client: FlaskClient) -> None:
    page = client.get("/catalogs/awkward/1.0").text
    (cell,) = re.findall(r'<td class="number">(4\xa0611[^<]*)</td>', page)[1:]
    assert int(cell.replace("\xa0", "")) == 2**62 + ROWS - 1

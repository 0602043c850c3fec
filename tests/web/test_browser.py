"""Walks in a real browser: with and without script, in both themes, at three widths."""

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from astropy.table import Table
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import make_server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PAGES = (
    "/",
    "/catalogs",
    "/catalogs/stars/1.0",
    "/catalogs/stars/1.0/main/g_mag",
    "/play",
    "/play/stars/1.0/main?step=filters&f0.column=g_mag&f0.value=3&f0.high=12",
    "/play/stars/1.0/main?step=region&region=cone&lon=x&lat=5&radius=20",
    "/play/stars/1.0/main?step=analysis&statistic=mean&of=bp_mag",
    "/play/stars/1.0/main?step=columns&c=ra&c=dec&c=colour+%3D+bp_mag+-+g_mag",
    "/play/stars/1.0/main?step=format&x=ra%2Bnope&y=dec",
    "/play/stars/1.0/main?step=request&f0.column=g_mag&f0.op=%3E&f0.value=99",
    "/catalogs?q=nothing+like+this",
    "/sql?q=SELECT+name,+g_mag+FROM+stars.main+LIMIT+5",
    "/sql?q=SELECT+nope+FROM+stars.main",
    "/sql?q=SELECT+count(*)+FROM+stars.main%3B+SELECT+a_rather_long_name_of_a_column+FROM+t",
    "/help",
    "/status",
    "/no-such-page",
)
PLAY = "/play/stars/1.0/main"
REGION_FIELDS = {
    "cone": "lon",
    "box": "lat_max",
    "polygon": "vertices",
    "targets": "radius_arcsec",
    "name": "name",
    "moc": "moc",
}
"""Shape → a field that only it has."""
CONTRAST = "runOnly: ['color-contrast']"
STRUCTURE = "rules: {'color-contrast': {enabled: false}}"
CHECKS = {
    # Colours are those of the theme, structure is that of the width.
    "light": ((1280, ""), (768, STRUCTURE), (390, "")),
    "dark": ((1280, CONTRAST), (390, CONTRAST)),
}
"""Theme → widths, and which rules of axe are looked at there; empty for all."""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM and os.environ.get("CI") != "true", reason="Chromium is not installed"
    ),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


class Watched:
    """A page of which every outside request, console error and overflow is remembered."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.complaints: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("request", self._on_request)
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def _on_request(self, request: Any) -> None:
        if not request.url.startswith(self.address):
            self.complaints.append(f"outside: {request.url}")

    def _on_console(self, message: Any) -> None:
        # A browser reports each answer of status 4xx; these pages are opened on purpose.
        if message.type in {"error", "warning"} and "the server responded with" not in message.text:
            self.complaints.append(message.text)


@pytest.fixture
def watched(browser: Browser, address: str) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    found = Watched(context, address)
    yield found
    context.close()
    assert found.complaints == []


def wait_for_picture(page: Page) -> None:
    picture = page.get_by_role("img", name="Heat map")
    expect(picture).to_be_visible()
    until(page, "document.querySelector('.figure img').naturalWidth > 0")


def until(page: Page, condition: str) -> None:
    """Wait for a condition; the page's policy forbids what `wait_for_function` does."""
    for _ in range(200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(condition)


def test_a_walk_from_the_front_page_to_a_fits_file(watched: Watched, tmp_path: Path) -> None:
    page = watched.open("/")
    page.get_by_role("searchbox", name="Search catalogues").fill("phot.mag")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("heading", level=3).get_by_role("link").click()
    page.get_by_role("link", name="Explore in the playground").click()
    wait_for_picture(page)

    page.get_by_role("button", name="Region").click()
    page.get_by_label("Shape").select_option("cone")
    page.get_by_label("RA (required)").and_(page.locator("#lon")).fill("100")
    page.get_by_label("Dec (required)").and_(page.locator("#lat")).fill("-20")
    page.locator("#radius").fill("40")
    page.locator("#step-region").get_by_role("button", name="Update").click()
    expect(page.locator(".dock")).to_contain_text("within 40 deg")

    page.get_by_role("button", name="Filters").click()
    page.get_by_role("combobox", name="Column or expression", exact=True).fill("g_mag")
    page.get_by_role("button", name="Add filter").click()
    page.get_by_label("g_mag: to").fill("10")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".dock")).to_contain_text("g_mag")
    wait_for_picture(page)

    page.get_by_role("button", name="Format").click()
    page.get_by_role("radio", name="FITS").check()
    page.get_by_role("button", name="Request…").click()
    rows = page.locator("#step-request dl dd").first
    expect(rows).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download now").click()
    target = tmp_path / download.value.suggested_filename
    download.value.save_as(target)
    table = Table.read(target)
    assert target.suffix == ".fits"
    assert len(table) == int(rows.inner_text().replace("\xa0", ""))
    assert float(table["g_mag"].max()) <= 10
    assert "region=cone" in page.url


def test_back_restores_form_and_picture(watched: Watched) -> None:
    page = watched.open(PLAY)
    page.get_by_role("button", name="Sampling").click()
    expect(page.locator("#step-sampling")).to_be_visible()
    page.get_by_role("combobox", name="Rows").select_option("fraction")
    page.locator("#step-sampling").get_by_role("button", name="Update").click()
    expect(page.locator(".steps")).to_contain_text("1 row in 64")
    page.go_back()
    expect(page.locator(".steps")).to_contain_text("all rows")
    wait_for_picture(page)


def test_the_focus_stays_where_the_next_act_is(watched: Watched) -> None:
    page = watched.open(f"{PLAY}?step=filters")
    page.get_by_role("combobox", name="Column or expression", exact=True).fill("g_mag")
    page.get_by_role("button", name="Add filter").press("Enter")
    expect(page.get_by_label("Comparison of g_mag")).to_be_focused()
    page.get_by_role("button", name="Remove the filter on g_mag").press("Enter")
    expect(page.locator("#new_filter")).to_be_focused()
    page.locator("#update").press("Enter")
    expect(page.locator("#update")).to_be_focused()
    page.get_by_role("button", name="Region").press("Enter")
    expect(page.get_by_role("button", name="Region")).to_be_focused()
    page.get_by_label("Shape").select_option("cone")
    page.locator("#update-region").press("Enter")
    expect(page.locator("#lon")).to_be_focused()


def test_everything_works_without_script(browser: Browser, address: str, tmp_path: Path) -> None:
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 1280, "height": 900}
    )
    page = context.new_page()
    page.goto(f"{address}/catalogs/stars/1.0")
    page.get_by_role("link", name="Explore in the playground").click()
    page.get_by_role("button", name="Filters").click()
    page.get_by_role("combobox", name="Column or expression", exact=True).fill("flags")
    page.get_by_role("button", name="Add filter").click()
    page.get_by_label("Comparison of flags").select_option("bits_any")
    page.get_by_label("flags: value, or from").fill("3")
    page.get_by_label("flags: value, or from").press("Enter")
    assert "f0.op=bits_any&f0.value=3" in page.url
    assert "step=filters" in page.url
    expect(page.get_by_role("img", name="Heat map")).to_be_visible()
    page.get_by_role("button", name="Remove the filter on flags").click()
    assert "f0" not in page.url
    for step in ("Columns", "Sampling", "Query", "Analysis", "Format", "Region"):
        page.locator(".steps").get_by_role("button", name=step).click()
        expect(page.locator(f"#step-{step.lower()}")).to_be_visible()
    for kind, field in REGION_FIELDS.items():
        page.get_by_label("Shape").select_option(kind)
        expect(page.locator(f"#{field}")).to_be_visible()
        hidden = set(REGION_FIELDS.values()) - {field} - ({"radius"} if kind == "name" else set())
        for other in hidden:
            expect(page.locator(f"#{other}")).to_be_hidden()
    page.get_by_label("Shape").select_option("all")
    page.get_by_role("button", name="Request…").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download now").click()
    target = tmp_path / "subset.csv"
    download.value.save_as(target)
    assert len(target.read_text().splitlines()) > 1_000
    page.goto(f"{address}/sql")
    page.get_by_role("link", name="How many rows there are").first.click()
    expect(page.get_by_role("cell", name="2 000")).to_be_visible()
    context.close()


@pytest.mark.parametrize("theme", CHECKS)
def test_pages_are_accessible_and_keep_to_their_width(
    browser: Browser, address: str, theme: Any
) -> None:
    context = browser.new_context(color_scheme=theme)
    watched = Watched(context, address)
    for path in PAGES:
        watched.page.set_viewport_size({"width": 1280, "height": 900})
        page = watched.open(path)
        page.evaluate(Axe().axe_script)
        for width, rules in CHECKS[theme]:
            # Loaded once: pictures load anew, and the rest is layout.
            page.set_viewport_size({"width": width, "height": 900})
            assert violations(page, rules) == [], (path, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
    context.close()
    assert watched.complaints == []


def violations(page: Page, rules: str) -> list[Any]:
    """Return the serious ones, each with the places where it stands."""
    found: list[Any] = page.evaluate(
        "axe.run(document, {resultTypes: ['violations'], "
        + rules
        + """}).then(all => all.violations
        .filter(item => ["serious", "critical"].includes(item.impact))
        .map(item => [item.id, ...item.nodes.slice(0, 3).map(node => node.target)]))"""
    )
    return found


def test_a_chosen_theme_overrules_the_system(watched: Watched) -> None:
    page = watched.open("/catalogs/stars/1.0")
    page.get_by_role("button", name="Use the dark theme").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    until(page, "document.querySelector('.figure img').currentSrc.includes('theme=dark')")
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(13, 18, 22)"


def test_targets_of_a_phone_are_large_enough(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = Watched(context, address).open(f"{PLAY}?step=filters&f0.column=g_mag")
    small = page.evaluate(
        """[...document.querySelectorAll('main button, main .button, main select, main input')]
           .filter(item => item.checkVisibility() && !item.classList.contains('unseen'))
           .filter(item => !['hidden', 'checkbox', 'radio'].includes(item.type))
           .filter(item => item.getBoundingClientRect().height < 43.5)
           .map(item => item.outerHTML.slice(0, 80))"""
    )
    context.close()
    assert small == []

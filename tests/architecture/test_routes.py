"""The page of routes tells of every route that the application has, and of no other."""

import re
from pathlib import Path

from hub.settings import Settings
from web.app import create_app

ROW = re.compile(r"^\| `(/[^`]*)` \| ([A-Z ]+) \| \S.*\|$", re.MULTILINE)


def test_every_route_is_in_the_docs(tmp_path: Path) -> None:
    app = create_app(Settings.load({}, tmp_path))
    there = {
        (rule.rule, " ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})))
        for rule in app.url_map.iter_rules()
    }
    page = Path(__file__).parents[2] / "docs" / "routes.md"
    assert set(ROW.findall(page.read_text(encoding="utf-8"))) == there

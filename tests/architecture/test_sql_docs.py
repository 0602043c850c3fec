"""The page about SQL names every function that queries may use."""

import re
from pathlib import Path

from hub.query.functions import FUNCTIONS, SYNONYMS


def test_every_function_is_in_the_docs() -> None:
    page = (Path(__file__).parents[2] / "docs" / "sql.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_0-9]+)`", page.partition("## Functions")[2]))
    assert named == set(FUNCTIONS) | set(SYNONYMS)

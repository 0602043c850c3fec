"""Hints of errors have one form: sentences, with a capital and a full stop.

One that begins with the command ``hub`` or ends with code to copy may go without.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


def hints() -> Iterator[tuple[str, ast.expr]]:
    """Yield the place and the expression of every ``hint=`` in the code."""
    for package in ("hub", "ingest", "web"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.keyword) and node.arg == "hint":
                    yield f"{path.relative_to(ROOT)}:{node.value.lineno}", node.value


def texts(value: ast.expr) -> Iterator[tuple[str, str]]:
    """Yield the first and last part of each text in an expression; empty where it is computed."""
    if isinstance(value, ast.IfExp):
        yield from texts(value.body)
        yield from texts(value.orelse)
    parts = value.values if isinstance(value, ast.JoinedStr) else [value]
    ends = [part.value if isinstance(part, ast.Constant) else "" for part in parts]
    if parts and all(isinstance(end, str) for end in ends):
        yield str(ends[0]), str(ends[-1])


def test_hints_are_sentences() -> None:
    found = [(place, *ends) for place, value in hints() for ends in texts(value)]
    assert len(found) > 150
    wrong = [
        place
        for place, first, last in found
        if (first[:1].islower() and not first.startswith("hub "))
        or (last and last[-1] not in ".?)")
    ]
    assert wrong == []

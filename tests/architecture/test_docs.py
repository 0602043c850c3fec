"""The reference pages tell of every setting, command and error that there is."""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from hub.cli.parser import sub_parsers
from hub.cli.reference import (
    MARKER,
    PAGES,
    NoMarkerError,
    all_errors,
    registered_commands,
    renewed,
)
from hub.cli.registered import command_parser, find_command
from hub.settings import Settings, file_name, variable_name

DOCS = Path(__file__).parents[2] / "docs"


def command_words() -> Iterator[str]:
    """Yield each command, sub-command and option as a page would spell it."""
    for name in registered_commands():
        for parser in sub_parsers(command_parser(name, find_command(name))):
            yield f"# {parser.prog}\n"
            for action in parser._actions:
                yield from action.option_strings


def missing_from(page: str, words: Iterator[str]) -> list[str]:
    text = (DOCS / page).read_text(encoding="utf-8")
    return sorted({word for word in words if word not in text} - {"-h", "--help"})


def test_every_setting_is_in_the_docs() -> None:
    assert (
        missing_from("settings.md", (f"`{variable_name(f.name)}`" for f in fields(Settings))) == []
    )
    in_file = (f"`{file_name(f.name)}`" for f in fields(Settings) if f.name != "home")
    assert missing_from("settings.md", in_file) == []


def test_every_command_and_option_is_in_the_docs() -> None:
    assert missing_from("commands.md", command_words()) == []


def test_every_error_is_in_the_docs_with_its_meaning() -> None:
    words = (f"| `{error.__name__}` | `{error.__module__}` |" for error in all_errors())
    assert missing_from("errors.md", words) == []


@pytest.mark.parametrize("page", PAGES)
def test_no_cell_of_a_generated_table_is_empty_by_mistake(page: str) -> None:
    meanings = [
        line.rstrip("|").rpartition(" | ")[2].strip()
        for line in PAGES[page]().splitlines()
        if line.startswith("| `")
    ]
    assert meanings
    assert all(meanings), f"say what each is for; {page}"


@pytest.mark.parametrize("page", PAGES)
def test_the_generated_part_of_a_page_is_what_the_code_says_now(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    assert renewed(page, text) == text, "run: python -m hub.cli.reference docs"


def test_words_of_people_above_the_marker_stay() -> None:
    text = renewed("settings.md", f"# Mine\n\n{MARKER}\n\nold")
    assert text.startswith(f"# Mine\n\n{MARKER}\n\n| environment |")
    assert "old" not in text.splitlines()
    with pytest.raises(NoMarkerError):
        renewed("settings.md", "# Mine\n")

"""Writes the generated parts of the reference pages: ``python -m hub.cli.reference DOCS``.

Each page keeps what people wrote above a marker line; below it stands what the
code says of itself. A test compares the two, so the pages cannot go stale.
"""

import ast
import inspect
import pkgutil
import sys
from argparse import SUPPRESS, Action, ArgumentParser, _SubParsersAction
from collections.abc import Iterator, Sequence
from dataclasses import MISSING, Field, fields
from importlib import import_module
from importlib.metadata import distribution
from itertools import pairwise
from pathlib import Path

from hub.cli.failures import STATUS_OF_KIND
from hub.cli.parser import sub_parsers
from hub.cli.registered import GROUP, command_parser, find_command
from hub.errors import ErrorKind, HubError
from hub.settings import Settings, accepted_form, file_name, variable_name

MARKER = "<!-- Below: written by `python -m hub.cli.reference docs`. -->"

_DISTRIBUTION = "exploration-hub"
_NOT_IMPORTED = ("hub.tables.migrations",)
"""Alembic's scripts run when they are imported."""


class NoMarkerError(HubError):
    """A reference page has no line below which the generated part could stand."""


def settings_page() -> str:
    """Return the table of all settings."""
    sentences = _field_sentences()
    rows = [
        (
            f"`{variable_name(field.name)}`",
            "" if field.name == "home" else f"`{file_name(field.name)}`",
            accepted_form(field.name),
            _default(field),
            sentences[field.name],
        )
        for field in fields(Settings)
    ]
    return _table(("environment", "`hub.toml`", "value", "default", "meaning"), rows)


def commands_page() -> str:
    """Return a section for each command and each of its sub-commands."""
    return "\n".join(
        _command_section(parser)
        for name in registered_commands()
        for parser in sub_parsers(command_parser(name, find_command(name)))
    )


def errors_page() -> str:
    """Return a table of the errors of each kind."""
    errors = sorted(all_errors(), key=lambda error: (error.__name__, error.__module__))
    sections = []
    for kind in ErrorKind:
        rows = [
            (f"`{error.__name__}`", f"`{error.__module__}`", _sentence(error))
            for error in errors
            if error.kind is kind
        ]
        sections.append(
            f"## {kind.value} (exit status {STATUS_OF_KIND[kind]})\n\n"
            + _table(("error", "module", "meaning"), rows)
        )
    return "\n".join(sections)


PAGES = {
    "settings.md": settings_page,
    "commands.md": commands_page,
    "errors.md": errors_page,
}


def registered_commands() -> tuple[str, ...]:
    """Return the commands that this distribution brings, in alphabetical order."""
    entries = distribution(_DISTRIBUTION).entry_points.select(group=GROUP)
    return tuple(sorted(entry.name for entry in entries))


def all_errors() -> set[type[HubError]]:
    """Return every class of error in the packages that have entry points."""
    entries = distribution(_DISTRIBUTION).entry_points
    packages = {entry.module.partition(".")[0] for entry in entries}
    for package in sorted(packages):
        for module in _modules(package):
            import_module(module)
    return {
        error for error in _descendants(HubError) if error.__module__.partition(".")[0] in packages
    }


def renewed(page: str, text: str) -> str:
    """Return the text of a page with its generated part made anew.

    Raises
    ------
    NoMarkerError
        The text has no marker line.
    """
    head, marker, _ = text.partition(MARKER)
    if not marker:
        raise NoMarkerError(f"The page {page} has no line {MARKER}")
    return f"{head}{MARKER}\n\n{PAGES[page]()}"


def main(folder: Path) -> int:
    """Write all pages of a folder anew."""
    for page in PAGES:
        path = folder / page
        path.write_text(renewed(page, path.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


def _modules(package: str) -> Iterator[str]:
    yield package
    for module in pkgutil.iter_modules(import_module(package).__path__, f"{package}."):
        if module.name in _NOT_IMPORTED or module.name.endswith(".__main__"):
            continue
        if module.ispkg:
            yield from _modules(module.name)
        else:
            yield module.name


def _descendants(error: type[HubError]) -> Iterator[type[HubError]]:
    yield error
    for child in error.__subclasses__():
        yield from _descendants(child)


def _field_sentences() -> dict[str, str]:
    """Return the text below each field of `Settings`, which the interpreter forgets."""
    (body,) = ast.parse(inspect.getsource(Settings)).body
    statements = body.body if isinstance(body, ast.ClassDef) else []
    found = {}
    for statement, after in pairwise(statements):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            text = ast.literal_eval(after.value) if isinstance(after, ast.Expr) else ""
            found[statement.target.id] = _plain(text)
    return found


def _default(field: Field[object]) -> str:
    value = field.default
    if value is MISSING or value == "":
        return ""
    if field.name == "memory_bytes" and isinstance(value, int):
        return f"`{value >> 30}GiB`"
    if isinstance(value, tuple):
        return f"`{','.join(value)}`"
    return f"`{int(value)}`" if isinstance(value, bool) else f"`{value}`"


def _command_section(parser: ArgumentParser) -> str:
    usage = " ".join(parser.format_usage().removeprefix("usage:").split())
    actions = [action for action in parser._actions if action.help is not SUPPRESS]  # noqa: SLF001 - argparse has no public way to ask
    rows = [row for action in actions for row in _argument_rows(parser, action)]
    depth = "##" if parser.prog.count(" ") == 1 else "###"
    about = parser.description or ""
    about = f"{about[:1].upper()}{about[1:].rstrip('.')}.\n\n" if about else ""
    table = _table(("argument", "meaning"), rows) if rows else ""
    return f"{depth} {parser.prog}\n\n{about}```\n{usage}\n```\n\n{table}"


def _argument_rows(parser: ArgumentParser, action: Action) -> Iterator[tuple[str, str]]:
    if isinstance(action, _SubParsersAction):
        for choice in action._choices_actions:  # noqa: SLF001 - argparse has no public way to ask
            yield f"`{choice.dest}`", choice.help or ""
    elif "--help" not in action.option_strings:
        yield f"`{_spelling(action)}`", _help(parser, action)


def _spelling(action: Action) -> str:
    value = action.metavar or (action.dest.upper() if action.option_strings else action.dest)
    if action.choices is not None and action.metavar is None:
        value = "|".join(str(choice) for choice in action.choices)
    if isinstance(value, tuple):
        value = " ".join(value)
    if not action.option_strings:
        return value + ("..." if action.nargs in {"+", "*"} else "")
    options = ", ".join(action.option_strings)
    return options if action.nargs == 0 else f"{options} {value}"


def _help(parser: ArgumentParser, action: Action) -> str:
    return parser._get_formatter()._expand_help(action) if action.help else ""  # noqa: SLF001 - argparse has no public way to ask


def _sentence(error: type[HubError]) -> str:
    return (inspect.getdoc(error) or "").partition("\n\n")[0]


def _plain(text: str) -> str:
    """Return a docstring as one line of Markdown."""
    return " ".join(text.split()).replace("``", "`")


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(
        f"| {' | '.join(_plain(cell).replace('|', chr(92) + '|') for cell in line)} |\n"
        for line in lines
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

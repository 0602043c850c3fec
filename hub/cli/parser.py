"""Argument parsers whose complaints look like every other error of the hub."""

from argparse import SUPPRESS, ArgumentParser
from collections.abc import Iterator
from typing import Any, NoReturn

from typing_extensions import override

from hub.errors import UsageError
from hub.nearest import nearest_names


class ArgumentsError(UsageError):
    """The arguments of a command are wrong."""


class HubParser(ArgumentParser):
    """`ArgumentParser` that raises its complaints and takes no abbreviations.

    Abbreviations would make today's scripts fail when an option is added.
    """

    def __init__(self, **options: Any) -> None:
        options.setdefault("allow_abbrev", False)
        super().__init__(**options)

    @override
    def error(self, message: str) -> NoReturn:
        usage = " ".join(self.format_usage().split())
        unknown = message.split() if message.startswith("unrecognized") else []
        near = "".join(self._similar_option(word) for word in unknown)
        raise ArgumentsError(
            f"{message[:1].upper()}{message[1:]}.", hint=f"{near}{usage[:1].upper()}{usage[1:]}"
        )

    def _similar_option(self, word: str) -> str:
        known = [option for action in self._actions for option in action.option_strings]
        if not word.startswith("--") or word in known:
            return ""
        near = nearest_names(word, known, 1)
        return f"Did you mean {near[0]}? " if near else ""


def sub_parsers(parser: ArgumentParser) -> Iterator[ArgumentParser]:
    """Yield a parser and the parsers of its sub-commands, depth first."""
    yield parser
    for action in parser._actions:  # noqa: SLF001 - argparse has no public way to ask
        if isinstance(action.choices, dict) and action.help != SUPPRESS:
            for child in dict.fromkeys(action.choices.values()):
                yield from sub_parsers(child)

"""``hub [--home DIR] COMMAND``: finds the command, runs it and turns errors into a status.

Only the command that was asked for is loaded, so that ``hub --version`` and a
wrong command answer at once.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from hub import __version__
from hub.cli.failures import DONE, report
from hub.cli.parser import ArgumentsError, HubParser
from hub.cli.registered import BrokenCommandError, command_names, command_parser, find_command
from hub.settings import Settings, default_home

_DEBUG = "HUB_DEBUG"
"""Looked at before the settings are read, because reading them can fail."""


class _CommandLine(NamedTuple):
    home: Path | None
    command: str | None
    rest: list[str]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status.

    0 done; 2 bad usage or input; 3 not found or not allowed; 4 an engine, job
    or product failed; 130 interrupted.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    home = None
    debug = os.environ.get(_DEBUG, "").strip().lower() in {"1", "true", "yes"}
    try:
        line = _split(words)
        home = line.home or Path(os.environ.get("HUB_HOME") or default_home(os.environ))
        status = _run(line)
        sys.stdout.flush()
    except BrokenPipeError:
        # Who read our output has seen enough (`hub query ... | head`).
        _discard_stdout()
        return DONE
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else DONE
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the one place that may
        return report(error, home=home, debug=debug)
    return status


def _run(line: _CommandLine) -> int:
    if line.command is None:
        raise ArgumentsError("A command is missing.", hint="hub --help lists the commands.")
    command = find_command(line.command)
    options = command_parser(line.command, command).parse_args(line.rest)
    return command.run(options, Settings.load(os.environ, line.home))


def _split(words: list[str]) -> _CommandLine:
    """Cut the words into what belongs to ``hub``, the command, and what belongs to that."""
    end = 0
    while end < len(words) and words[end].startswith("-"):
        end += 2 if words[end] == "--home" else 1
    own = words[:end]
    if any(word == "--home" or word.startswith("--home=") for word in words[end:]):
        raise ArgumentsError("--home stands after the command.", hint="Put it before the command.")
    wants_help = bool({"-h", "--help"} & set(own))
    options = _global_parser(with_commands=wants_help).parse_args(own)
    home = Path(options.home).expanduser() if options.home else None
    return _CommandLine(home, words[end] if end < len(words) else None, words[end + 1 :])


def _global_parser(*, with_commands: bool) -> HubParser:
    parser = HubParser(
        prog="hub",
        usage="hub [--home DIR] COMMAND ...",
        description="Explore astronomical catalogues and gamma-ray event lists.",
        epilog="hub COMMAND --help tells about one command.",
    )
    parser.add_argument("--home", metavar="DIR", help="folder of everything (else HUB_HOME)")
    parser.add_argument("--version", action="version", version=f"hub {__version__}")
    if with_commands:
        group = parser.add_argument_group("commands")
        for name in command_names():
            group.add_argument(name, nargs="?", help=_help_line(name))
    return parser


def _help_line(name: str) -> str:
    try:
        return find_command(name).help.replace("%", "%%")
    except BrokenCommandError as error:
        return f"(not available: {error.message.replace('%', '%%')})"


def _discard_stdout() -> None:
    """Point stdout to nowhere, or the interpreter complains when it flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())

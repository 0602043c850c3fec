"""The sub-commands of ``hub``: found by name among the entry points, loaded when wanted."""

from importlib.metadata import EntryPoints, entry_points

from hub.cli.command import Command
from hub.cli.parser import HubParser
from hub.errors import FatalError, UsageError
from hub.nearest import nearest_names

GROUP = "exploration_hub.commands"


class UnknownCommandError(UsageError):
    """No installed package brings a command of this name."""


class BrokenCommandError(FatalError):
    """A command is installed, but it cannot be loaded."""


def command_names() -> tuple[str, ...]:
    """Return the names of all commands in alphabetical order, without loading them."""
    return tuple(sorted(set(_entries().names)))


def find_command(name: str) -> Command:
    """Load the command with this name, and no other.

    Raises
    ------
    UnknownCommandError
        There is none; names the nearest.
    BrokenCommandError
        A library that it needs is missing, or the entry point names nothing.
    """
    entries = _entries()
    if name not in entries.names:
        near = nearest_names(name, command_names(), 1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise UnknownCommandError(
            f"There is no command {name!r}.", hint=f"{hint}hub --help lists the commands."
        )
    try:
        command = entries[name].load()
    except (ImportError, AttributeError) as error:
        raise BrokenCommandError(
            f"The command {name} cannot be loaded: {error}.",
            hint="Install the package that brings it again, with its extras.",
        ) from error
    if not isinstance(command, Command):
        raise BrokenCommandError(f"The entry point of the command {name} names no Command.")
    return command


def command_parser(name: str, command: Command) -> HubParser:
    """Return the parser of a command's arguments."""
    parser = HubParser(prog=f"hub {name}", description=command.help)
    command.configure(parser)
    return parser


def _entries() -> EntryPoints:
    return entry_points(group=GROUP)

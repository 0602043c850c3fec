"""`Command`: what an entry point of the group ``exploration_hub.commands`` names."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass

from hub.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Command:
    """One sub-command of ``hub``."""

    help: str
    """One line for ``hub --help``."""

    configure: Callable[[ArgumentParser], None]
    """Adds the arguments."""

    run: Callable[[Namespace, Settings], int]
    """Does the work and returns the exit status; raises `hub.errors.HubError` on failure."""

"""Who asks: every call of a service names its user."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class User:
    """A principal, as far as the layers below the log-in need to know it."""

    name: str
    """Unique name; the owner of what this user makes."""

    groups: frozenset[str] = frozenset()
    """Groups whose rights the user has."""


LOCAL = User(name="local")
"""The one person of a hub without accounts: owns what the commands make."""

ANONYMOUS = User(name="anonymous")
"""Whoever comes by the web without logging in."""

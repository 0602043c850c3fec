"""Errors of the hub: what was wrong, where, what to do, and whose turn it is.

::

    HubError
     +-- UsageError        the request is wrong: change it
     +-- MissingError      it does not exist, or not for this user
     +-- DeniedError       it exists, but this user may not
     +-- TransientError    try again later
     +-- FatalError        an engine, job or product failed

An error carries its kind, not a status of some protocol: the command line and
the web translate kinds at their own edge. Subclasses that callers tell apart
live in the module that knows the fact.
"""

from enum import StrEnum

from typing_extensions import override


class ErrorKind(StrEnum):
    """Whose turn it is after an error."""

    USAGE = "usage"
    DENIED = "denied"
    MISSING = "missing"
    TRANSIENT = "transient"
    FATAL = "fatal"


class HubError(Exception):
    """Base of all errors that the hub raises on purpose.

    Parameters
    ----------
    message
        What was wrong, with the values; one sentence for people.
    hint
        What to do about it; may be empty.
    where
        Place in the user's input, such as ``line 3, column 14`` or
        ``stars.csv, row 12, column dec``; may be empty.
    """

    kind = ErrorKind.FATAL

    def __init__(self, message: str, *, hint: str = "", where: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.where = where

    @override
    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.args, self.__dict__))


def _rebuild(cls: type[HubError], args: tuple[object, ...], state: dict[str, object]) -> HubError:
    """Make the error again in another process, without its constructor's own parameters."""
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class UsageError(HubError):
    """The request is wrong as it stands; the same request will fail again."""

    kind = ErrorKind.USAGE


class MissingError(HubError):
    """What was asked for does not exist, or this user may not know that it does."""

    kind = ErrorKind.MISSING


class DeniedError(HubError):
    """It exists, but this user may not do that with it."""

    kind = ErrorKind.DENIED


class TransientError(HubError):
    """Something is busy or away; the same request may work later."""

    kind = ErrorKind.TRANSIENT


class FatalError(HubError):
    """An engine, a job or a product failed."""

    kind = ErrorKind.FATAL

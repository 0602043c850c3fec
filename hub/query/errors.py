"""What can be wrong with a query, before anything runs."""

from hub.errors import MissingError, UsageError


class SqlSyntaxError(UsageError):
    """The text is not SQL that the hub can read."""


class UnsupportedSqlError(UsageError):
    """The text is SQL, but of a kind that the hub does not run."""


class TooComplexError(UsageError):
    """The query is nested too deeply or has too many terms."""


class TypeMismatchError(UsageError):
    """An operator or a function got a value of a type it cannot take."""


class AmbiguousColumnError(UsageError):
    """A column name without a table fits more than one table."""


class UnknownFunctionError(UsageError):
    """A function is not among those that queries may use."""


class UnknownColumnError(MissingError):
    """A query names a column that its tables do not have."""

"""What is wrong with a region."""

from hub.errors import MissingError, UsageError


class RegionError(UsageError):
    """A region that is none: numbers out of range, no area, too many parts."""


class PolygonError(RegionError):
    """A polygon without an inside."""


class MocError(RegionError):
    """A text that is no ASCII MOC."""


class SexagesimalError(RegionError):
    """A text that is no angle."""


class UnknownNameError(MissingError):
    """A name of an object that the resolver does not know."""

"""`hub.nearest` by its name of before, which pages still use."""

from hub.nearest import hint_of_names

__all__ = ["hint_of_names"]

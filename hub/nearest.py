"""Names that are known → the hint of an error about one that is not."""

from collections.abc import Iterable
from difflib import get_close_matches

_COMPARED = 128
"""Letters compared: wrong names come from outside, and comparing takes the square of them."""

_LISTED = 12


def nearest_names(name: str, known: Iterable[str], count: int = 3) -> list[str]:
    """Return up to ``count`` known names that look like ``name``, the nearest first."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    wanted = name.lower()[:_COMPARED]
    close = [
        candidate for candidate in by_lower if len(wanted) > 1 and candidate.startswith(wanted)
    ]
    alike = get_close_matches(wanted, by_lower, n=count, cutoff=0.55)
    close += [candidate for candidate in alike if candidate not in close]
    if len(wanted) >= 3:
        inside = [candidate for candidate in by_lower if wanted in candidate]
        close += [candidate for candidate in inside if candidate not in close]
    return [by_lower[candidate] for candidate in close[:count]]


def hint_of_names(name: str, known: Iterable[str], what: str = "names", *, count: int = 3) -> str:
    """Return a hint: the nearest known names, or the known ones when none is near.

    Parameters
    ----------
    what
        What the names are, in the plural.
    count
        Most names to ask back with.
    """
    known = list(known)
    close = nearest_names(name, known, count)
    if close:
        return f"Did you mean {' or '.join(close)}?"
    if not known:
        return f"There are no {what}."
    more = len(known) - _LISTED
    listed = ", ".join(known[:_LISTED]) + (f" and {more} more" if more > 0 else "")
    return f"Known {what}: {listed}."

"""Single values as typed: numbers, and what to say when there is none."""

import csv
import re
from typing import Any

Piece = dict[str, Any]
"""Part of a selection's JSON."""

_INTEGER = re.compile(r"[+-]?\d{1,400}")


class FieldError(Exception):
    """A field does not hold what it should; the text is for people."""


def number(text: str, what: str) -> int | float:
    """Return the number that a text holds; a typographic minus is read too."""
    plain = text.replace("\u2212", "-").replace("\u00a0", "").strip()
    if _INTEGER.fullmatch(plain):
        return int(plain)
    try:
        return float(plain)
    except ValueError:
        raise FieldError(
            f"{what} must be a number, not “{text}”." if plain else f"{what} is missing."
        ) from None


def csv_items(text: str) -> list[str]:
    """Return the items of one line of CSV, without blanks before them.

    Raises
    ------
    FieldError
    """
    try:
        lines = list(csv.reader([text], skipinitialspace=True))
    except csv.Error as error:
        raise FieldError(f"The list cannot be read: {error}.") from None
    return lines[0] if lines else []


def whole(text: str, what: str, *, least: int = 1) -> int:
    """Return the whole number that a text holds."""
    value = number(text, what)
    if not isinstance(value, int) or value < least:
        raise FieldError(f"{what} must be a whole number of at least {least}.")
    return value

"""Numbers, sizes and cells as text for people: grouped digits, a true minus, raised exponents.

None of this text goes into exports, links or input fields.
"""

import json
from datetime import date, datetime
from decimal import Decimal

import numpy as np
from markupsafe import Markup, escape

from hub.explore.captions import Caption
from hub.explore.figures import MINUS, NBSP, decimal, short, whole

DASH = "\u2013"

_SIZES = ("bytes", "kB", "MB", "GB", "TB", "PB")


def brief(value: float, digits: int = 6) -> Markup:
    """Return a number with at most ``digits`` significant digits."""
    number = short(float(value), digits)
    raised = Markup("<sup>%s</sup>") % number.exponent if number.exponent else Markup()
    return escape(number.text) + raised


def size(value: int) -> str:
    """Return a number of bytes in decimal units.

    >>> size(1_234_567).replace(NBSP, " ")
    '1.2 MB'
    """
    amount = float(value)
    for unit in _SIZES:
        if amount < 1000 or unit == _SIZES[-1]:
            break
        amount /= 1000
    decimals = 0 if unit == "bytes" or amount >= 100 else 1
    return f"{decimal(amount, decimals)}{NBSP}{unit}"


def percent(part: float, whole_part: float) -> str:
    """Return a share in per cent with a sensible number of decimals."""
    if whole_part == 0:
        return DASH
    share = 100 * part / whole_part
    decimals = 0 if share in {0, 100} else 1 if share >= 1 else 2
    return f"{decimal(share, decimals)}{NBSP}%"


def cell(value: object) -> Markup:
    """Return one value as text; null is an en dash."""
    match value:
        case None:
            return Markup('<span class="null">–</span>')
        case bool():
            return escape("true" if value else "false")
        case int():
            return escape(whole(value))
        case float() | np.floating():
            return brief(float(value))
        case Decimal():
            return escape(str(value).replace("-", MINUS))
        case _:
            return escape(plain(value))


def plain(value: object) -> str:
    """Return a value that is no number as text."""
    match value:
        case datetime():
            return value.isoformat(sep=" ").removesuffix("+00:00")
        case date():
            return value.isoformat()
        case bytes():
            return value.hex()
        case list():
            return json.dumps(value, default=str)
        case _:
            return str(value)


def caption_html(caption: Caption) -> Markup:
    """Return a plot's caption with its quantity in bold and its exponents raised."""
    marked = (
        Markup("<b>%s</b>") % part.text
        if part.bold
        else Markup("<sup>%s</sup>") % part.text
        if part.raised
        else escape(part.text)
        for part in caption.parts
    )
    return Markup().join(marked)

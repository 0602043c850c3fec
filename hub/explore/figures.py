"""Numbers for people: grouped digits, the real minus sign, raised powers."""

import math
from dataclasses import dataclass

NBSP = "\u00a0"
"""Groups digits in threes; the typeface's thin space is too thin."""

MINUS = "\u2212"

_PLAIN_SMALLEST = 1e-4
_PLAIN_LARGEST = 1e7


@dataclass(frozen=True)
class Number:
    """A number as text, perhaps with a power of ten whose exponent is raised."""

    text: str
    """Everything before the raised digits, such as ``1.2 × 10``."""

    exponent: str = ""
    """Raised digits with their sign; empty when there is no power."""

    @property
    def plain(self) -> str:
        """The number as plain text, with ``^`` before raised digits."""
        return f"{self.text}^{self.exponent}" if self.exponent else self.text


def whole(number: int) -> str:
    """Return a whole number with its digits grouped in threes.

    >>> whole(-1234567).replace(NBSP, " ")
    '−1 234 567'
    """
    return f"{number:,}".replace(",", NBSP).replace("-", MINUS)


def decimal(value: float, decimals: int) -> str:
    """Return a number with so many decimals, the digits before the point grouped."""
    text = f"{value:,.{decimals}f}".replace(",", NBSP)
    return (text.lstrip("-") if float(f"{value:.{decimals}f}") == 0 else text).replace("-", MINUS)


def short(value: float, digits: int = 3) -> Number:
    """Return a number rounded to significant digits, without needless zeros."""
    if math.isnan(value):
        return Number("NaN")
    if math.isinf(value):
        return Number("∞" if value > 0 else MINUS + "∞")
    if value == 0:
        return Number("0")
    mantissa, power = f"{value:.{digits - 1}e}".split("e")
    exponent = int(power)
    if _PLAIN_SMALLEST <= abs(value) < _PLAIN_LARGEST:
        text = decimal(float(f"{mantissa}e{power}"), max(0, digits - 1 - exponent))
        return Number(trimmed(text))
    mantissa = trimmed(mantissa).replace("-", MINUS)
    factor = "" if mantissa == "1" else f"{mantissa}{NBSP}×{NBSP}"
    return Number(f"{factor}10", str(exponent).replace("-", MINUS))


def trimmed(text: str) -> str:
    """Return a decimal number without zeros at its end."""
    return text.rstrip("0").rstrip(".") if "." in text else text

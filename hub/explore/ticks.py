"""Where ticks stand and what they say: 4 to 7 of them, on round numbers."""

import math
from dataclasses import dataclass

from hub.explore.figures import MINUS, Number, decimal, trimmed, whole

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_DEGREES = (0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 45.0, 60.0, 90.0)
_FEWEST = 4
_MOST = 7
_LARGEST_PLAIN = 1e6
"""Numbers from here on give their common power of ten to the axis title."""

_SMALLEST_PLAIN = 1e-3
_LOG_PLAIN = (1e-3, 1e5)
"""Ticks of logarithmic axes within are written out, others as powers."""


@dataclass(frozen=True)
class Tick:
    """One tick: a value on the axis and its label."""

    value: float
    label: Number


@dataclass(frozen=True)
class Ticks:
    """The ticks of an axis, in ascending order."""

    major: tuple[Tick, ...]
    minor: tuple[float, ...] = ()
    """Values of ticks without a label; on logarithmic axes only."""

    exponent: int = 0
    """The labels are in units of 10^exponent, which the axis title says."""


def linear_ticks(low: float, high: float, *, degrees: bool = False, most: int = _MOST) -> Ticks:
    """Return ticks between two ends, at most ``most``.

    ``degrees`` prefers the steps of a circle.
    """
    step = _step(high - low, degrees=degrees, most=most)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    values = [number * step for number in range(first, last + 1)]
    largest = max((abs(value) for value in values), default=0.0)
    exponent = 0
    if largest >= _LARGEST_PLAIN or 0 < largest < _SMALLEST_PLAIN:
        exponent = math.floor(math.log10(largest) + 1e-9)
    decimals = _decimals(step / 10.0**exponent)
    return Ticks(
        tuple(
            Tick(value, Number(trimmed(decimal(value / 10.0**exponent, decimals))))
            for value in values
        ),
        exponent=exponent,
    )


def log_ticks(low: float, high: float, *, most: int = _MOST) -> Ticks:
    """Return ticks of a logarithmic axis: decades, or 1, 2 and 5 of each where few fit."""
    first = math.floor(math.log10(low))
    last = math.ceil(math.log10(high))
    inside = math.floor(math.log10(high)) - math.ceil(math.log10(low)) + 1
    stride = max(1, math.ceil(inside / most))
    majors = _decades(low, high, range(first, last + 1), (1,), stride)
    if len(majors) < _FEWEST:
        finer = _decades(low, high, range(first, last + 1), (1, 2, 5), 1)
        majors = finer if len(majors) < len(finer) <= most else majors
    if len(majors) < 3:
        return linear_ticks(low, high, most=most)
    plain = all(_LOG_PLAIN[0] <= value <= _LOG_PLAIN[1] for value in majors)
    digits = range(1, 10) if stride == 1 else (1,)
    minors = _decades(low, high, range(first, last + 1), digits, 1)
    return Ticks(
        tuple(Tick(value, _log_label(value, plain=plain)) for value in majors),
        tuple(value for value in minors if value not in majors),
    )


def _step(span: float, *, degrees: bool, most: int) -> float:
    """Return the smallest round step with at most ``most`` ticks."""
    if degrees and _DEGREES[0] * most < span <= 360:
        return next((step for step in _DEGREES if span / step < most), _DEGREES[-1])
    power = 10.0 ** math.floor(math.log10(span / most))
    return next((step * power for step in _STEPS if span / (step * power) < most), 10 * power)


def _decimals(step: float) -> int:
    """Return how many decimals tell multiples of a step apart."""
    for decimals in range(16):
        if abs(round(step, decimals) - step) < step * 1e-6:
            return decimals
    return 16


def _decades(
    low: float, high: float, exponents: range, digits: "range | tuple[int, ...]", stride: int
) -> list[float]:
    # A float literal of the text is the nearest double, which a power need not be.
    values = [
        float(f"{digit}e{exponent}")
        for exponent in exponents
        if exponent % stride == 0
        for digit in digits
    ]
    return [value for value in values if low * (1 - 1e-9) <= value <= high * (1 + 1e-9)]


def _log_label(value: float, *, plain: bool) -> Number:
    if plain:
        text = whole(round(value)) if value >= 1 else f"{value:.3f}".rstrip("0")
        return Number(text)
    mantissa, power = f"{value:.0e}".split("e")
    factor = "" if mantissa == "1" else f"{mantissa}\u00a0×\u00a0"
    return Number(f"{factor}10", str(int(power)).replace("-", MINUS))

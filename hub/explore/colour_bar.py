"""The colour bar: exactly as high as the plot, ticks at real values, a box for nothing."""

import numpy as np

from hub.explore import shading
from hub.explore.canvas import Canvas, text_width
from hub.explore.colours import Theme
from hub.explore.frame import TICK_SIZE, Box, widest_label
from hub.explore.scales import ColourScale
from hub.explore.ticks import Ticks

EMPTY = "empty"
"""Beside the sample of a cell without rows, where 0 would be a value."""

_GAP = 12.0
_WIDTH = 12.0
_TICK = 4.0
_MINOR = 2.5
_LABEL = 8.0
_TITLE = 20.0
_BOX = 10.0


def bar_room(ticks: Ticks) -> float:
    """Return the width that a colour bar takes beside a plot, in CSS pixels."""
    labels = max(widest_label(ticks.major), text_width(EMPTY, TICK_SIZE))
    return _GAP + _WIDTH + _LABEL + labels + _TITLE + 4


def draw_colour_bar(
    canvas: Canvas,
    box: Box,
    scale: ColourScale,
    ticks: Ticks,
    colours: str,
    theme: Theme,
    title: str,
    empty: str,
) -> None:
    """Draw the bar beside a plot's box, and below it the ground with what it means."""
    left = box.right + _GAP
    right = left + _WIDTH
    height = round(box.height * canvas.scale)
    strip = shading.shade(np.linspace(1.0, 0.0, height)[:, None], colours, theme.name)
    canvas.image(left, box.top, np.repeat(strip, round(_WIDTH * canvas.scale), axis=1))

    def y_of(value: float) -> float:
        return box.bottom - box.height * float(scale.place(np.array(value)))

    lines = [[(right, y_of(tick.value)), (right + _TICK, y_of(tick.value))] for tick in ticks.major]
    lines += [[(right, y_of(value)), (right + _MINOR, y_of(value))] for value in ticks.minor]
    canvas.lines(lines, colour=theme.ink_3)
    for tick in ticks.major:
        y = y_of(tick.value) + 4
        canvas.number(right + _LABEL, y, tick.label, size=TICK_SIZE, colour=theme.ink_2)
    top = box.bottom + 12.5
    canvas.rectangle(left + 0.5, top, _WIDTH - 1, _BOX, fill=theme.plot, edge=theme.ink_3)
    canvas.text(right + _LABEL, top + 9, empty, size=TICK_SIZE, colour=theme.ink_2)
    power = f", 10^{ticks.exponent}" if ticks.exponent else ""
    canvas.text(
        box.right + bar_room(ticks) - 6,
        box.top + box.height / 2,
        title + power,
        size=TICK_SIZE,
        colour=theme.ink_2,
        align="center",
        rotation=90.0,
    )

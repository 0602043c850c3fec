"""The frame of a plot: where its box lies on the canvas, and its two axes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hub.explore.canvas import Canvas, number_width, text_width
from hub.explore.colours import Theme
from hub.explore.figures import MINUS, Number
from hub.explore.ticks import Tick, Ticks

TICK_SIZE = 12.0
TITLE_SIZE = 13.0
_TICK = 4.0
_MINOR = 2.5
_GAP = 4.0
_TITLE_LINE = 18.0
_TICK_LINE = 16.0
_TOP = 10.0
_NARROW = 420
"""Below this width of a picture (CSS px) fewer ticks fit."""


@dataclass(frozen=True, kw_only=True)
class Box:
    """The plot area on the canvas, in CSS pixels."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Lower edge."""
        return self.top + self.height


@dataclass(frozen=True, kw_only=True)
class DrawnAxis:
    """An axis as it is drawn: its ticks, its title and its direction."""

    name: str
    unit: str
    """Text in brackets after the name; empty for none."""

    ticks: Ticks
    place: Callable[[float], float]
    """Value → 0 at the left or lower end of the box, 1 at the other; flips included."""


def left_room(axis: DrawnAxis) -> float:
    """Return the width that the labels and the title of a vertical axis take."""
    return _TITLE_LINE + 2 + widest_label(axis.ticks.major) + _TICK + _GAP


def bottom_room() -> float:
    """Return the height that the labels and the title of a horizontal axis take."""
    return _TICK + _TICK_LINE + 4 + _TITLE_LINE


def top_room() -> float:
    """Return the height kept free above a plot for half a label."""
    return _TOP


def most_ticks(width: float) -> int:
    """Return how many ticks fit across a picture of a width in CSS pixels."""
    return 5 if width < _NARROW else 7


def draw_axes(canvas: Canvas, box: Box, x: DrawnAxis, y: DrawnAxis, theme: Theme) -> None:
    """Draw the left and the lower axis with ticks outward, labels and titles."""
    bottom, left = box.bottom + 0.5, box.left - 0.5
    canvas.lines(
        [[(left, box.top), (left, bottom)], [(left, bottom), (box.right, bottom)]],
        colour=theme.ink_3,
    )
    _draw_x(canvas, box, x, theme)
    _draw_y(canvas, box, y, theme)


def _draw_x(canvas: Canvas, box: Box, axis: DrawnAxis, theme: Theme) -> None:
    start = box.bottom + 0.5
    places = [box.left + box.width * axis.place(tick.value) for tick in axis.ticks.major]
    minors = [box.left + box.width * axis.place(value) for value in axis.ticks.minor]
    paths = [[(place, start), (place, start + _TICK)] for place in places]
    paths += [[(place, start), (place, start + _MINOR)] for place in minors]
    canvas.lines(paths, colour=theme.ink_3)
    line = start + _TICK + 13
    for tick, place in zip(axis.ticks.major, places, strict=True):
        canvas.number(place, line, tick.label, size=TICK_SIZE, colour=theme.ink_2, align="center")
    _write_title(
        canvas,
        axis,
        theme,
        x=box.left + box.width / 2,
        y=box.bottom + _TICK + _TICK_LINE + 4 + 13,
        room=box.width,
        upright=False,
    )


def _draw_y(canvas: Canvas, box: Box, axis: DrawnAxis, theme: Theme) -> None:
    start = box.left - 0.5
    places = [box.bottom - box.height * axis.place(tick.value) for tick in axis.ticks.major]
    minors = [box.bottom - box.height * axis.place(value) for value in axis.ticks.minor]
    paths = [[(start, place), (start - _TICK, place)] for place in places]
    paths += [[(start, place), (start - _MINOR, place)] for place in minors]
    canvas.lines(paths, colour=theme.ink_3)
    for tick, place in zip(axis.ticks.major, places, strict=True):
        canvas.number(
            start - _TICK - _GAP,
            place + 4,
            tick.label,
            size=TICK_SIZE,
            colour=theme.ink_2,
            align="right",
        )
    middle = box.top + box.height / 2
    _write_title(canvas, axis, theme, x=14.0, y=middle, room=box.height, upright=True)


def _write_title(
    canvas: Canvas, axis: DrawnAxis, theme: Theme, *, x: float, y: float, room: float, upright: bool
) -> None:
    """Write ``name  [10^n unit]``; a name too long for its axis is cut with an ellipsis."""
    exponent = axis.ticks.exponent
    power = Number("10", str(exponent).replace("-", MINUS)) if exponent else None
    unit = f" {axis.unit}" if power and axis.unit else axis.unit
    if power or unit:
        room -= text_width(f"  [10000{unit}]", TITLE_SIZE)
    canvas.text(
        x,
        y,
        fitting(axis.name, TITLE_SIZE, room),
        size=TITLE_SIZE,
        colour=theme.ink,
        align="center",
        rotation=90.0 if upright else 0.0,
        bracket=(power, unit) if power or unit else None,
    )


def widest_label(ticks: Sequence[Tick]) -> float:
    """Return the width of the widest label in CSS pixels."""
    return max((number_width(tick.label, TICK_SIZE) for tick in ticks), default=0.0)


def fitting(title: str, size: float, width: float) -> str:
    """Return a title cut with an ellipsis where it is wider than its axis."""
    if text_width(title, size) <= width:
        return title
    kept = title
    while kept and text_width(kept + "…", size) > width:
        kept = kept[:-1]
    return kept + "…"

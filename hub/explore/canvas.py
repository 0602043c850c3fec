"""`Canvas`: a picture in CSS pixels, drawn by Matplotlib's Agg without pyplot.

The origin is the upper left corner, as in a browser. A canvas of scale 2 has
twice the device pixels; text keeps its size in CSS pixels. Text is IBM Plex
Sans from the file beside this module.
"""

import io
import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from PIL import Image, PngImagePlugin

from hub.explore.figures import Number

_FONT = Path(str(files("hub.explore") / "fonts" / "IBM Plex Sans Var-Roman.ttf"))
_DPI = 100.0
_POINTS_PER_PIXEL = 72.0 / _DPI
_COMPRESSION = 4

DRAWING = threading.Lock()
"""Held while a picture is drawn: Matplotlib shares fonts and parsers between figures."""


def _load_font() -> font_manager.FontProperties:
    """Make the typeface known, also for raised digits (only where 'custom' is asked for)."""
    font_manager.fontManager.addfont(str(_FONT))
    properties = font_manager.FontProperties(fname=str(_FONT), math_fontfamily="custom")
    family = properties.get_name()
    mpl.rc("mathtext", rm=family, it=family, bf=family)
    return properties


_PROPERTIES = _load_font()


@lru_cache(maxsize=4096)
def text_width(text: str, size: float) -> float:
    """Return the width of text in CSS pixels; ``size`` in CSS pixels."""
    font = FT2Font(str(_FONT))
    font.set_size(size, 72)
    font.set_text(text, 0.0)
    width, _ = font.get_width_height()
    return float(width) / 64


def number_width(number: Number, size: float) -> float:
    """Return the width of a number with its raised digits, in CSS pixels."""
    return text_width(number.text, size) + text_width(number.exponent, 0.7 * size)


class Canvas:
    """A ground to draw on.

    Parameters
    ----------
    width, height
        In CSS pixels.
    scale
        Device pixels per CSS pixel, 1 or 2.
    ground
        Colour.
    """

    def __init__(self, width: int, height: int, scale: int, ground: str) -> None:
        self.width = width
        self.height = height
        self.scale = scale
        self._figure = Figure(
            figsize=(width / _DPI, height / _DPI), dpi=_DPI * scale, facecolor=ground
        )
        self._canvas: Any = FigureCanvasAgg(self._figure)
        self._axes: Any = self._figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self._axes.set_axis_off()
        self._axes.set_xlim(0, width)
        self._axes.set_ylim(height, 0)
        self._layer = 0

    def rectangle(
        self, left: float, top: float, width: float, height: float, *, fill: str, edge: str = "none"
    ) -> None:
        """Draw a rectangle; its edge is 1 px wide."""
        corners = [
            (left, top),
            (left + width, top),
            (left + width, top + height),
            (left, top + height),
        ]
        self.polygons([corners], fill=fill, edge=edge, smooth=False)

    def polygons(self, shapes: Any, *, fill: str, edge: str = "none", smooth: bool = True) -> None:
        """Draw filled shapes, each of shape (corners, 2)."""
        self._axes.add_collection(
            PolyCollection(
                shapes,
                facecolors=fill,
                edgecolors=edge,
                linewidths=_POINTS_PER_PIXEL if edge != "none" else 0,
                antialiaseds=smooth,
                zorder=self._next_layer(),
            ),
            autolim=False,
        )

    def lines(
        self,
        paths: Any,
        *,
        colour: str,
        width: float = 1.0,
        crisp: bool = True,
        opacity: float = 1.0,
    ) -> None:
        """Draw lines, each of shape (points, 2); crisp ones lie on whole device pixels."""
        collection = LineCollection(
            paths,
            colors=colour,
            alpha=opacity,
            linewidths=width * _POINTS_PER_PIXEL,
            antialiaseds=not crisp,
            zorder=self._next_layer(),
        )
        self._axes.add_collection(collection, autolim=False)

    def image(self, left: float, top: float, pixels: npt.NDArray[np.uint8]) -> None:
        """Put device pixels, of shape (rows, columns, 4), with the first row on top.

        Images lie below all else, whatever the order of calls.
        """
        bottom = self.height * self.scale - round(top * self.scale) - pixels.shape[0]
        self._figure.figimage(pixels, round(left * self.scale), bottom, origin="upper", zorder=-1)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float,
        colour: str,
        align: str = "left",
        anchor: str = "baseline",
        rotation: float = 0.0,
        bracket: tuple[Number | None, str] | None = None,
    ) -> None:
        """Write text with its anchor at (x, y); ``$`` has no meaning.

        ``bracket`` adds a power of ten and a unit: ``name  [10^6 mag]``.
        """
        text = _escaped(text)
        if bracket is not None:
            power, unit = bracket
            text = f"{text}  [{_math(power) if power else ''}{_escaped(unit)}]"
        self._write(x, y, text, size, colour, align, anchor, rotation)

    def number(
        self,
        x: float,
        y: float,
        number: Number,
        *,
        size: float,
        colour: str,
        align: str = "left",
        anchor: str = "baseline",
    ) -> None:
        """Write a number, its exponent raised."""
        text = _math(number) if number.exponent else _escaped(number.text)
        self._write(x, y, text, size, colour, align, anchor, 0.0)

    def png(self, texts: Mapping[str, str]) -> bytes:
        """Return the picture as PNG with texts in its metadata."""
        self._canvas.draw()
        information = PngImagePlugin.PngInfo()
        for key, value in texts.items():
            information.add_itxt(key, value)
        sink = io.BytesIO()
        pixels = np.asarray(self._canvas.buffer_rgba())[:, :, :3]
        image = Image.fromarray(np.ascontiguousarray(pixels))
        dots = _DPI * self.scale
        image.save(sink, "png", pnginfo=information, compress_level=_COMPRESSION, dpi=(dots, dots))
        return sink.getvalue()

    def _write(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        colour: str,
        align: str,
        anchor: str,
        rotation: float,
    ) -> None:
        properties = _PROPERTIES.copy()
        properties.set_size(size * _POINTS_PER_PIXEL)
        self._axes.text(
            x,
            y,
            text,
            fontproperties=properties,
            color=colour,
            horizontalalignment=align,
            verticalalignment=anchor,
            rotation=rotation,
            rotation_mode="anchor",
            zorder=self._next_layer(),
        )

    def _next_layer(self) -> int:
        """Return the layer above all before: what is drawn later covers the earlier."""
        self._layer += 1
        return self._layer


def _escaped(text: str) -> str:
    return text.replace("$", r"\$")


def _math(number: Number) -> str:
    """Return a number in Matplotlib's notation, which alone can raise digits."""
    text = number.text.replace("\u00a0", r"\ ").replace("×", r"{\times}")
    return rf"$\mathrm{{{text}}}^{{\mathrm{{{number.exponent}}}}}$"


def wrap(text: str, size: float, width: float, most: int = 78) -> Sequence[str]:
    """Break text into lines of at most ``width`` CSS pixels and ``most`` characters."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and (len(longer) <= most and text_width(longer, size) <= width):
            lines[-1] = longer
        else:
            lines.append(word)
    return lines

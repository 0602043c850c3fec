"""Tokens and colour maps of pictures, for both themes; values from the visual language.

Colour maps have nine anchors, even in lightness, and are interpolated in OKLab
(B. Ottosson, "A perceptual color space for image processing", 2020).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from hub.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class Theme:
    """Colours of one theme as ``#rrggbb``."""

    name: str
    panel: str
    """Ground around the plot."""

    plot: str
    """Ground of the plot itself."""

    ink: str
    ink_2: str
    """Tick texts and captions."""

    ink_3: str
    """Axis lines."""

    grid: str
    line: str
    mask: str
    """Outside the coverage of a survey."""

    bar: str
    """Bars of histograms."""


LIGHT = Theme(
    name="light",
    panel="#ffffff",
    plot="#ffffff",
    ink="#141f29",
    ink_2="#3d4b56",
    ink_3="#586772",
    grid="#e2e7e9",
    line="#d9dfe2",
    mask="#e7eaec",
    bar="#3079a4",
)
DARK = Theme(
    name="dark",
    panel="#161c21",
    plot="#0d1317",
    ink="#e8eef1",
    ink_2="#b5c0c5",
    ink_3="#919da5",
    grid="#21272d",
    line="#293138",
    mask="#1a1f22",
    bar="#4292b3",
)
THEMES = {theme.name: theme for theme in (LIGHT, DARK)}

_ANCHORS = {
    ("tide", "light"): "d1f2d7 a3e8cb 75d2c4 4cb6bc 2f98b3 1b7bab 245a9a 283a7f 211d57",
    ("tide", "dark"): "22314e 234371 1e598e 0e75a2 1b94af 30b2b8 5ad2b5 a4eaa6 f4f9bf",
    ("ember", "light"): "f8e8c8 f9d49b f8b770 f3914d e5693c c6453f 9d2840 6c1a3c 3a122f",
    ("ember", "dark"): "3e2336 602a49 873055 b23c58 da534f f07a45 fba54b fcd077 fef5c7",
    ("shore", "light"): "0e3a6d 12699f 4b9ec7 9ccee3 f0f0f0 edc39b dc8b54 b6542a 772c1a",
    ("shore", "dark"): "97def0 4ab5dd 2f80b2 1e4f74 232323 6d3c25 b25f2f e69044 f5ce8b",
}
COLOUR_MAPS = ("tide", "ember", "shore")

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def find_theme(name: str) -> Theme:
    """Return a theme by its name.

    Raises
    ------
    UsageError
        No theme has the name.
    """
    if name not in THEMES:
        raise UsageError(f"No theme is called {name}.", hint=f"Themes: {', '.join(THEMES)}.")
    return THEMES[name]


@lru_cache
def colour_map(name: str, theme: str) -> tuple[str, ...]:
    """Return the 256 colours of a map as ``#rrggbb``, low to high.

    Raises
    ------
    UsageError
        No map has the name.
    """
    if name not in COLOUR_MAPS:
        raise UsageError(
            f"No colour map is called {name}.", hint=f"Colour maps: {', '.join(COLOUR_MAPS)}."
        )
    anchors = np.array([_rgb(text) for text in _ANCHORS[name, theme].split()]) / 255
    lab = np.cbrt(_to_linear(anchors) @ _TO_LMS.T) @ _TO_LAB.T
    places = np.linspace(0, len(lab) - 1, 256)
    even = np.stack([np.interp(places, np.arange(len(lab)), part) for part in lab.T], axis=1)
    linear = (even @ np.linalg.inv(_TO_LAB).T) ** 3 @ np.linalg.inv(_TO_LMS).T
    codes = np.rint(255 * np.clip(_from_linear(linear), 0, 1)).astype(int)
    return tuple("#{:02x}{:02x}{:02x}".format(*code) for code in codes.tolist())


def rgba(colour: str) -> tuple[int, int, int, int]:
    """Return red, green, blue and full opacity, 0 to 255, of ``#rrggbb``."""
    red, green, blue = _rgb(colour.removeprefix("#"))
    return red, green, blue, 255


def _rgb(text: str) -> tuple[int, int, int]:
    return int(text[:2], 16), int(text[2:4], 16), int(text[4:], 16)


def _to_linear(srgb: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Undo the transfer curve of sRGB (IEC 61966-2-1)."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def _from_linear(linear: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    positive = np.maximum(linear, 0.0)
    return np.where(positive <= 0.0031308, 12.92 * positive, 1.055 * positive ** (1 / 2.4) - 0.055)

"""Pictures as answers: which looks there are, and how long a browser may keep them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Response, request
from werkzeug.datastructures import MultiDict

from hub.errors import UsageError
from hub.explore.draw import WIDTHS

_KEPT_S = 3600

PICTURE_WIDTHS: Mapping[str, Sequence[tuple[str, int]]] = {
    "main": (
        ("(max-width: 639px)", 350),
        ("(max-width: 871px)", 600),
        ("(min-width: 1000px) and (max-width: 1239px)", 600),
        ("(min-width: 1600px)", 1190),
        ("", 830),
    ),
    "half": (("(max-width: 639px)", 350), ("(max-width: 767px)", 600), ("", 350)),
    "hero": (
        ("(max-width: 639px)", 350),
        ("(min-width: 1400px)", 830),
        ("(min-width: 872px) and (max-width: 999px)", 830),
        ("", 600),
    ),
}
"""Place on a page → condition and width of its pictures: text in them is never scaled."""


class UnknownLookError(UsageError):
    """No picture is made in this width, theme or density."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a picture is drawn."""

    theme: str = "light"
    width_px: int = 830
    scale: int = 1


def read_look(args: MultiDict[str, str]) -> Look:
    """Read ``theme``, ``w`` and ``scale``.

    Raises
    ------
    UnknownLookError
        Naming what there is.
    """
    theme = args.get("theme", "light")
    width, scale = args.get("w", str(WIDTHS[2])), args.get("scale", "1")
    if theme not in {"light", "dark"}:
        raise UnknownLookError(
            f"There is no theme {theme!r}.", hint="Known: light, dark.", where="theme"
        )
    if width not in map(str, WIDTHS):
        known = ", ".join(map(str, WIDTHS))
        raise UnknownLookError(
            f"No picture is {width} px wide.", hint=f"Known: {known}.", where="w"
        )
    if scale not in {"1", "2"}:
        raise UnknownLookError(f"scale is {scale!r}.", hint="Known: 1, 2.", where="scale")
    return Look(theme=theme, width_px=int(width), scale=int(scale))


def picture_answer(png: bytes) -> Response:
    """Return a picture that browsers may keep, and ask for again by its hash."""
    response = Response(png, mimetype="image/png")
    response.cache_control.private = True
    response.cache_control.max_age = _KEPT_S
    response.set_etag(hashlib.sha256(png).hexdigest()[:32])
    response.make_conditional(request)
    return response

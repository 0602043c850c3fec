"""Cards of a FITS header (FITS 4.0, 4.1 and 4.2).

Written here rather than by astropy, whose import costs more than the whole
header. Astropy 8 reads a string only up to a quote that a slash follows; the
file has all of it.
"""

from collections.abc import Sequence

BLOCK = 2880
_CARD = 80
_MOST = 68
"""Letters of a string on one card, doubled quotes counted twice."""

_CONTINUED = 67
"""As ``_MOST``, with room for the ``&`` that says that the string goes on."""

Value = bool | int | str


def header_bytes(cards: Sequence[tuple[str, Value]]) -> bytes:
    """Return a header of these keywords and values, filled up to whole blocks."""
    text = "".join(card(keyword, value) for keyword, value in cards) + "END".ljust(_CARD)
    return text.ljust(-(-len(text) // BLOCK) * BLOCK).encode("ascii")


def card(keyword: str, value: Value) -> str:
    """Return a keyword as one card, or as several when its string is long.

    Parameters
    ----------
    keyword
        At most 8 letters of ``A-Z``, ``0-9``, ``-`` and ``_``.
    value
        Text is printable ASCII; blanks at its end do not count in FITS.
    """
    match value:
        case bool():
            return f"{keyword:8}= {'T' if value else 'F':>20}".ljust(_CARD)
        case int():
            return f"{keyword:8}= {value:>20}".ljust(_CARD)
        case str():
            first, *others = _chunks(value)
            # FITS 4.0, 4.2.1: XTENSION fills eight letters; before & blanks would count.
            first = first if others else f"{first:8}"
            cards = [f"{keyword:8}= '{first}'", *(f"CONTINUE  '{chunk}'" for chunk in others)]
            return "".join(text.ljust(_CARD) for text in cards)


def _chunks(text: str) -> list[str]:
    """Return what stands between the quotes of each card.

    A quote is written twice, and both stand on the same card.
    """
    letters = text.replace("'", "''")
    chunks = []
    while len(letters) > _MOST:
        quotes = _CONTINUED - len(letters[:_CONTINUED].rstrip("'"))
        end = _CONTINUED - quotes % 2
        chunks.append(f"{letters[:end]}&")
        letters = letters[end:]
    return [*chunks, letters]

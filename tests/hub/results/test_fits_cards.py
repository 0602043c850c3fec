from astropy.io import fits
from hypothesis import given
from hypothesis import strategies as st

from hub.results.fits_cards import BLOCK, card, header_bytes


def read_string(cards: str) -> str:
    """Read a string and its continuations as FITS 4.0, 4.2.1 says it."""
    text, goes_on = "", True
    for start in range(0, len(cards), 80):
        assert goes_on
        body = cards[start : start + 80]
        part, place = "", body.index("'") + 1
        while body[place] != "'" or body[place : place + 2] == "''":
            part += body[place]
            place += 2 if body[place] == "'" else 1
        assert body[place + 1 :].strip() == ""
        goes_on = part.endswith("&") and start + 80 < len(cards)
        text += part.removesuffix("&") if goes_on else part.rstrip(" ")
    assert not goes_on
    return text


printable = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=300)


@given(printable | st.text("'& /a", max_size=300))
def test_any_string_comes_back(text: str) -> None:
    cards = card("QUERY", text)
    assert len(cards) % 80 == 0
    assert read_string(cards) == text.rstrip(" ")


@given(printable.filter(lambda text: "/" not in text))
def test_astropy_reads_strings_of_any_length(text: str) -> None:
    header = fits.Header.fromstring(header_bytes([("QUERY", text)]).decode())
    assert header["QUERY"].rstrip() == text.rstrip()


@given(st.integers(-(2**63), 2**63) | st.booleans())
def test_astropy_reads_numbers_and_logicals(value: int) -> None:
    header = fits.Header.fromstring(header_bytes([("VALUE", value)]).decode())
    assert header["VALUE"] == value
    assert type(header["VALUE"]) is type(value)


def test_headers_fill_whole_blocks() -> None:
    for count in (0, 35, 36, 37):
        data = header_bytes([(f"K{number}", number) for number in range(count)])
        assert len(data) == BLOCK * (1 if count < 36 else 2)
        assert b"END" + b" " * 77 in data

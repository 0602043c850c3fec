"""Statistics come back from their text exactly, type included."""

import math
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.tables.description import Scalar
from hub.tables.scalars import decode_scalar, encode_scalar

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(),
    st.binary(),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
    st.decimals(allow_nan=False, allow_infinity=False),
)


@given(value=SCALARS)
def test_a_value_comes_back_as_it_was(value: Scalar | None) -> None:
    back = decode_scalar(encode_scalar(value))
    assert back == value
    assert type(back) is type(value)


@given(value=SCALARS)
def test_the_text_is_plain_ascii_for_every_database(value: Scalar | None) -> None:
    text = encode_scalar(value)
    assert text is None or (text.isascii() and text.isprintable())


@pytest.mark.parametrize(
    "value",
    [2**63 - 1, 18446744073709551615, -0.0, math.inf, 5e-324, Decimal("1.10"), True, "a\x00b",
     date(1, 1, 1), datetime(2016, 1, 1, 0, 0, 0, 1, tzinfo=UTC)],
)  # fmt: skip
def test_hard_values_keep_every_digit(value: Scalar) -> None:
    assert repr(decode_scalar(encode_scalar(value))) == repr(value).replace(
        "datetime.UTC", "datetime.timezone.utc"
    )


def test_values_of_other_libraries_are_refused() -> None:
    with pytest.raises(TypeError, match="int64"):
        encode_scalar(np.int64(3))  # type: ignore[arg-type]

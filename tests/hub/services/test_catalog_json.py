"""Values in JSON keep every digit, in any reader that follows the standard."""

import json
import math
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.services.catalog_json import json_value
from hub.tables.description import Scalar


@given(value=st.integers())
def test_integers_survive_readers_that_know_only_doubles(value: int) -> None:
    shown = json_value(value)
    if isinstance(shown, str):
        assert int(shown) == value
        assert abs(value) > 2**53
    else:
        assert isinstance(shown, int)
        assert int(float(shown)) == value


@given(value=st.decimals(allow_nan=False, allow_infinity=False, places=5))
def test_decimals_survive_readers_that_know_only_doubles(value: Decimal) -> None:
    shown = json_value(value)
    back = Decimal(shown) if isinstance(shown, str) else Decimal(repr(shown))
    assert back == value


@given(value=st.floats())
def test_doubles_are_valid_json_and_exact(value: float) -> None:
    back = float(json.loads(json.dumps(json_value(value), allow_nan=False)))
    assert back == value or (math.isnan(back) and math.isnan(value))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        (True, True),
        ("é", "é"),
        (b"\x00\xff", "00ff"),
        (date(2016, 1, 1), "2016-01-01"),
        (datetime(2016, 1, 1, 12, tzinfo=UTC), "2016-01-01T12:00:00Z"),
        (datetime(2016, 1, 1, 12, 0, 0, 5, tzinfo=UTC), "2016-01-01T12:00:00.000005Z"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (Decimal("18446744073709551615"), "18446744073709551615"),
        (Decimal("1.50"), 1.5),
    ],
)
def test_each_type_has_one_form(value: Scalar | None, shown: object) -> None:
    assert json_value(value) == shown

"""Ticks are few, round, inside the axis, and labels tell them apart."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.explore.figures import decimal, short, whole
from hub.explore.ticks import linear_ticks, log_ticks


@given(low=st.floats(-1e9, 1e9), span=st.floats(1e-3, 1e9))
def test_linear_ticks(low, span):
    ticks = linear_ticks(low, low + span)
    values = [tick.value for tick in ticks.major]
    labels = [tick.label.plain for tick in ticks.major]
    assert 3 <= len(values) <= 8
    assert all(low - span * 1e-6 <= value <= low + span * (1 + 1e-6) for value in values)
    assert len(set(labels)) == len(labels)
    steps = [b - a for a, b in pairwise(values)]
    assert max(steps) - min(steps) <= 1e-5 * max(steps) + 1e-6


@given(low=st.floats(1e-12, 1e12), factor=st.floats(1.5, 1e15))
def test_log_ticks(low, factor):
    ticks = log_ticks(low, low * factor)
    values = [tick.value for tick in ticks.major]
    labels = [tick.label.plain for tick in ticks.major]
    assert 2 <= len(values) <= 9
    assert values == sorted(set(values))
    assert all(low * (1 - 1e-6) <= value <= low * factor * (1 + 1e-6) for value in values)
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize(
    ("ends", "labels"),
    [
        ((0, 360), ["0", "60", "120", "180", "240", "300", "360"]),
        ((-90, 90), ["−90", "−60", "−30", "0", "30", "60", "90"]),
    ],
)
def test_degrees_take_the_steps_of_a_circle(ends, labels):
    assert [tick.label.plain for tick in linear_ticks(*ends, degrees=True).major] == labels


def test_large_numbers_give_their_power_to_the_title():
    ticks = linear_ticks(0, 1_319_072)
    assert ticks.exponent == 6
    assert [tick.label.plain for tick in ticks.major][:3] == ["0", "0.2", "0.4"]


def test_wide_log_axes_write_powers_with_the_real_minus():
    assert [tick.label.plain for tick in log_ticks(1e-12, 1e5).major] == [
        "10^−12",
        "10^−9",
        "10^−6",
        "10^−3",
        "10^0",
        "10^3",
    ]


def test_figures():
    assert whole(-1234567) == "−1\u00a0234\u00a0567"
    assert decimal(-0.0001, 2) == "0.00"
    assert short(0.0135).plain == "0.0135"
    assert short(1.2e-9).plain == "1.2\u00a0×\u00a010^−9"
    assert short(-1e30).plain == "−10^30" or short(-1e30).plain == "−1\u00a0×\u00a010^30"
    assert short(math.inf).plain == "∞"
    assert short(123456.0).plain == "123\u00a0000"

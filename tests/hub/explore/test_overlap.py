"""Reading ahead changes neither items nor errors, and ends with its reader."""

import threading

import pytest

from hub.explore.overlap import read_ahead


def test_all_items_come_in_order():
    assert list(read_ahead(range(1000), depth=3)) == list(range(1000))


def test_an_error_comes_in_its_turn():
    def items():
        yield 1
        raise ValueError("broken")

    ahead = read_ahead(items())
    assert next(ahead) == 1
    with pytest.raises(ValueError, match="broken"):
        next(ahead)


def test_stopping_early_ends_the_thread():
    ahead = read_ahead(iter(range(10**9)), depth=2)
    next(ahead)
    ahead.close()
    assert not any(thread.name == "read-ahead" for thread in threading.enumerate())

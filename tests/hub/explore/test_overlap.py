"""Reading ahead changes neither items nor errors, and ends with its reader."""

import threading
from collections.abc import Iterator

import pytest

from hub.explore.overlap import read_ahead, share_out


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


def test_every_item_reaches_exactly_one_worker() -> None:
    parts = share_out(range(10_000), list, list.append, 3)
    assert len(parts) == 3
    assert sorted(item for part in parts for item in part) == list(range(10_000))


def test_an_error_of_the_source_or_of_a_worker_comes_out() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("source")

    def fail(_: list[int], item: int) -> None:
        raise ArithmeticError(item)

    with pytest.raises(ValueError, match="source"):
        share_out(broken(), list, list.append, 2)
    with pytest.raises(ArithmeticError):
        share_out(iter(range(10**9)), list, fail, 2)

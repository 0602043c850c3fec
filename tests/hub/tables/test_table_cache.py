"""The cache gives back only what is still right, and stays small."""

from collections.abc import Callable

from hub.tables.cache import TableCache
from hub.tables.description import Partition, TableDescription


def test_an_edited_table_is_not_taken_from_the_cache(
    table: Callable[..., TableDescription],
) -> None:
    cache = TableCache()
    cache.put(1, 0, table())
    assert cache.get(1, 0) == table()
    assert cache.get(1, 1) is None
    assert cache.get(2, 0) is None


def test_the_tables_used_last_stay(
    table: Callable[..., TableDescription], partitions: Callable[[int], tuple[Partition, ...]]
) -> None:
    cache = TableCache(max_partitions=25)
    for row in (1, 2):
        cache.put(row, 0, table(partitions=partitions(10)))
    cache.get(1, 0)
    cache.put(3, 0, table(partitions=partitions(10)))
    assert [cache.get(row, 0) is not None for row in (1, 2, 3)] == [True, False, True]
    for edits in range(1, 9):
        cache.put(1, edits, table(partitions=partitions(10)))
    assert cache.get(3, 0) is not None


def test_a_table_larger_than_the_cache_is_kept_alone(
    table: Callable[..., TableDescription], partitions: Callable[[int], tuple[Partition, ...]]
) -> None:
    cache = TableCache(max_partitions=5)
    cache.put(1, 0, table())
    cache.put(2, 0, table(partitions=partitions(10)))
    assert cache.get(1, 0) is None
    assert cache.get(2, 0) is not None

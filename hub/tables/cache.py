"""`TableCache`: descriptions of tables that were read, as long as they are right."""

from collections import OrderedDict
from threading import Lock

from hub.tables.description import TableDescription

_MAX_PARTITIONS = 500_000
"""Partitions kept in all: half a kilobyte each, so about 250 MB at most."""


class TableCache:
    """Keeps the tables used last, by row of the registry and number of edits.

    The data of a published table never change, and row numbers are never used
    again; so a table with the same row and number of edits is the same.
    """

    def __init__(self, max_partitions: int = _MAX_PARTITIONS) -> None:
        self._max_partitions = max_partitions
        self._partitions = 0
        self._tables: OrderedDict[int, tuple[int, TableDescription]] = OrderedDict()
        self._lock = Lock()

    def get(self, row_id: int, edits: int) -> TableDescription | None:
        """Return the table if it is kept in just this state."""
        with self._lock:
            kept = self._tables.get(row_id)
            if kept is None or kept[0] != edits:
                return None
            self._tables.move_to_end(row_id)
            return kept[1]

    def put(self, row_id: int, edits: int, table: TableDescription) -> None:
        """Keep a table instead of its older states, and drop those not used for longest."""
        with self._lock:
            if row_id in self._tables:
                self._partitions -= len(self._tables.pop(row_id)[1].partitions)
            self._tables[row_id] = (edits, table)
            self._partitions += len(table.partitions)
            while self._partitions > self._max_partitions and len(self._tables) > 1:
                _, (_, dropped) = self._tables.popitem(last=False)
                self._partitions -= len(dropped.partitions)

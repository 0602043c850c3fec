"""`QueryPlan`: a resolved tree, the files it reads and what that costs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa
from sqlglot import exp

from hub.tables.description import ColumnDescription, Partition, TableDescription
from hub.tables.stream import Provenance


@dataclass(frozen=True, kw_only=True)
class TableScan:
    """One reading of a table; the tree names it by ``name``."""

    name: str
    """Name that stands for the files in the tree, such as ``_scan_0``."""

    table: TableDescription
    columns: tuple[str, ...]
    """SQL names of the columns that are read, hidden ones included."""

    partitions: tuple[Partition, ...]
    """Files that may hold matching rows, in order of key; ``unplaced`` last."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a plan will read at most, from statistics; nothing was read to know it."""

    rows: int
    """Rows in the files that are read."""

    bytes: int
    """Bytes of the columns that are read, in those files."""

    partitions: int
    partitions_total: int


@dataclass(frozen=True, kw_only=True)
class QueryPlan:
    """Everything an engine needs: nothing is looked up after this."""

    tree: exp.Query
    """Resolved tree in sqlglot's nodes; its tables are the names of ``scans`` and ``inline``."""

    columns: tuple[ColumnDescription, ...]
    """Columns of the result, in order; an empty type means that the engine tells it."""

    scans: tuple[TableScan, ...]
    estimate: Estimate
    provenance: Provenance
    inline: Mapping[str, pa.Table] = field(default_factory=dict)
    """Small tables that came with the request (targets), by their name in the tree."""

    in_table_order: bool = False
    """Rows come in the order of the one scan's files (its order key), without a sort."""

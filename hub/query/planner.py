"""Resolved query → plan: files pruned, columns listed, cost estimated."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
from sqlglot import exp

from hub.query.key_ranges import Interval, key_ranges, prune
from hub.query.plan import Estimate, QueryPlan, TableScan
from hub.query.resolve import FindTable, ResolvedQuery, ResolvedScan, resolve
from hub.query.row_order import asks_for_order_of_files, mixes_rows
from hub.tables.description import Partition
from hub.tables.stream import Provenance

_UNKNOWN_COLUMN_BYTES = 8
"""Bytes a value where a table has no sizes: an eight-byte number."""


@dataclass(frozen=True, kw_only=True)
class _Use:
    """What the tree does with one scan."""

    columns: tuple[str, ...]
    ranges: list[Interval] | None


def plan_query(
    tree: exp.Query,
    find_table: FindTable,
    *,
    provenance: Provenance,
    inline: Mapping[str, pa.Table] | None = None,
    in_table_order: bool = False,
) -> QueryPlan:
    """Resolve a tree and decide what has to be read for it.

    Parameters
    ----------
    tree
        From `hub.query.parse` or `hub.query.compose`; it is not changed.
    find_table
        Finds what this user may see.
    provenance
        Travels with the rows; the catalogs read are filled in here.
    inline
        Small tables that came with the request.
    in_table_order
        Whether the rows have to come in the order of the table's key.

    Raises
    ------
    UsageError, MissingError
        As `hub.query.resolve.resolve`.
    """
    resolved = resolve(tree, find_table, inline=inline)
    if _needs_no_sort(resolved):
        # The files lie in this order: sorting again would only cost memory.
        resolved.tree.set("order", None)
        in_table_order = True
    uses = _uses(resolved)
    scans = tuple(_scan(scan, uses[scan.name]) for scan in resolved.scans)
    return QueryPlan(
        tree=resolved.tree,
        columns=resolved.columns,
        scans=scans,
        estimate=_estimate(scans),
        provenance=provenance,
        inline=dict(inline or {}),
        in_table_order=in_table_order,
    )


def _needs_no_sort(resolved: ResolvedQuery) -> bool:
    """Tell whether a plain SELECT of one table asks for exactly the order of its files."""
    tree = resolved.tree
    others = ("joins", "group", "having", "distinct", "with_")
    if not isinstance(tree, exp.Select) or any(map(tree.args.get, others)):
        return False
    source = tree.args["from_"].this if tree.args.get("from_") is not None else None
    scan = next((s for s in resolved.scans if source is not None and s.name == source.name), None)
    if scan is None or not isinstance(source, exp.Table) or mixes_rows(tree):
        return False
    return asks_for_order_of_files(tree, scan.table, source.alias)


def _uses(resolved: ResolvedQuery) -> dict[str, _Use]:
    """Return, for each scan, the columns the tree reads and the key ranges it can match."""
    columns: dict[str, set[str]] = defaultdict(set)
    for column in resolved.tree.find_all(exp.Column):
        columns[column.table].add(column.name)
    keys = {scan.name: scan.table.order_key[0] for scan in resolved.scans}
    uses: dict[str, _Use] = {}
    for table in resolved.tree.find_all(exp.Table):
        if table.name not in keys:
            continue
        select = table.find_ancestor(exp.Select)
        where = select.args.get("where") if select is not None else None
        condition = where.this if where is not None else None
        uses[table.name] = _Use(
            columns=tuple(sorted(columns[table.alias])),
            ranges=key_ranges(condition, table.alias, keys[table.name]),
        )
    return uses


def _scan(scan: ResolvedScan, use: _Use) -> TableScan:
    table = scan.table
    partitions = prune(table.partitions, use.ranges)
    # Rows without a position have no key: a condition on the key is never true for them.
    if table.unplaced is not None and use.ranges is None:
        partitions = (*partitions, table.unplaced)
    return TableScan(name=scan.name, table=table, columns=use.columns, partitions=partitions)


def _estimate(scans: tuple[TableScan, ...]) -> Estimate:
    return Estimate(
        rows=sum(partition.rows for scan in scans for partition in scan.partitions),
        bytes=sum(_bytes(scan) for scan in scans),
        partitions=sum(len(scan.partitions) for scan in scans),
        partitions_total=sum(len(_all_partitions(scan)) for scan in scans),
    )


def _all_partitions(scan: TableScan) -> tuple[Partition, ...]:
    unplaced = scan.table.unplaced
    return scan.table.partitions + ((unplaced,) if unplaced is not None else ())


def _bytes(scan: TableScan) -> int:
    rows = sum(partition.rows for partition in scan.partitions)
    share = rows / scan.table.rows if scan.table.rows else 0.0
    total = 0.0
    for name in scan.columns:
        column = scan.table.column(name)
        size = column.bytes if column is not None else None
        total += rows * _UNKNOWN_COLUMN_BYTES if size is None else size * share
    return round(total)

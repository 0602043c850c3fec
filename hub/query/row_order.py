"""Which queries leave rows in the order of the files they are read from."""

from sqlglot import exp

from hub.tables.description import TableDescription

_SHORT_LIST = 4


def mixes_rows(tree: exp.Expr) -> bool:
    """Tell whether engines look a part of the tree up by a join, which loses the order of rows.

    DuckDB 2.0 does so for sub-queries, and for lists of more than four values
    wherever they stand (measured: 5 values, 10^6 rows in four files).
    """
    if any(node is not tree for node in tree.find_all(exp.Query)):
        return True
    return any(len(node.expressions) > _SHORT_LIST for node in tree.find_all(exp.In))


def asks_for_order_of_files(tree: exp.Query, table: TableDescription, alias: str) -> bool:
    """Tell whether a resolved SELECT of one table is sorted by exactly the table's order key."""
    order = tree.args.get("order")
    if order is None:
        return False
    names = []
    for item in order.expressions:
        column = item.this
        plain = isinstance(column, exp.Column) and column.table == alias
        if not plain or item.args.get("desc") or item.args.get("nulls_first"):
            return False
        names.append(column.name)
    return tuple(names) == table.order_key

"""Plans that only hand over columns of whole files: they need no query engine."""

from sqlglot import exp

from hub.query.plan import QueryPlan

_PARTS = {"expressions", "from_"}


def plain_columns(plan: QueryPlan) -> tuple[str, ...] | None:
    """Return the table's columns that a plan selects, in the order of the result.

    Null when the plan does anything else: computes, filters, sorts, cuts or
    joins. Rows of a plain plan are all rows of its one scan, in file order.
    """
    tree = plan.tree
    if not isinstance(tree, exp.Select) or len(plan.scans) != 1 or plan.inline:
        return None
    if any(value for name, value in tree.args.items() if name not in _PARTS):
        return None
    clause = tree.args.get("from_")
    source = clause.this if clause is not None else None
    if not isinstance(source, exp.Table) or source.name != plan.scans[0].name:
        return None
    columns = [projection.unalias() for projection in tree.expressions]
    if not all(isinstance(column, exp.Column) for column in columns):
        return None
    return tuple(column.name for column in columns)

"""Plan → SQL text of Spark, its tables as temporary views."""

from collections.abc import Mapping

from sqlglot import exp

from hub.query.plan import QueryPlan, TableScan
from hub.query.spark_rules import cure, keep_field

_TYPES = {
    "integer": "INT",
    "varchar": "STRING",
}


def render_spark(plan: QueryPlan, views: Mapping[str, str]) -> str:
    """Return a plan as SQL of Spark in ANSI mode, in the time zone UTC.

    Parameters
    ----------
    views
        Name of a view for each scan and each inline table of the plan.

    Raises
    ------
    UnsupportedSqlError, TooComplexError
        Spark cannot give the hub's answer; says what to do.
    """
    holder = exp.Subquery(this=plan.tree.copy())
    for node in reversed(list(holder.this.walk())):
        if isinstance(node, exp.Table) and node.name in views:
            node.set("this", exp.to_identifier(views[node.name], quoted=True))
            continue
        made = cure(node)
        if made is not None:
            keep_field(made, node)
            node.replace(made)
    sql: str = holder.this.sql(dialect="spark", comments=False)
    return sql


def spark_schema(scan: TableScan) -> str:
    """Return the columns that a scan reads, as Spark declares them; one at least."""
    names = scan.columns or (scan.table.columns[0].name,)
    columns = [column for column in map(scan.table.column, names) if column is not None]
    return ", ".join(
        f"{exp.to_identifier(column.name, quoted=True).sql(dialect='spark')} "
        f"{spark_type(column.type)}"
        for column in columns
    )


def spark_type(kind: str) -> str:
    """Return Spark's name of a column type."""
    if kind.endswith("[]"):
        return f"ARRAY<{spark_type(kind[:-2])}>"
    return _TYPES.get(kind, kind.upper())

"""Plan → SQL text of one engine; the only place where dialects are spelled."""

from urllib.parse import unquote, urlsplit

from sqlglot import exp

from hub.errors import UsageError
from hub.query.plan import QueryPlan, TableScan
from hub.tables.types import arrow_type

_DUCKDB_TYPES = {"binary": "BLOB", "timestamp": "TIMESTAMPTZ", "float": "REAL"}


def render_duckdb(plan: QueryPlan) -> str:
    """Return a plan as SQL of DuckDB, its tables as lists of Parquet files."""
    scans = {scan.name: scan for scan in plan.scans}
    tree = plan.tree.copy()
    for table in list(tree.find_all(exp.Table)):
        if table.name in scans:
            source = _parquet_files(scans[table.name])
            table.replace(exp.alias_(source, table.alias, table=True, quoted=True))
    return tree.sql(dialect="duckdb", comments=False)


def local_files(scan: TableScan) -> list[str]:
    """Return the paths of a scan's files, in order.

    Raises
    ------
    UsageError
        The table does not lie on a disk of this machine.
    """
    folder = _local_folder(scan.table.location)
    return [f"{folder}/{partition.path}" for partition in scan.partitions]


def _parquet_files(scan: TableScan) -> exp.Expr:
    if not scan.partitions:
        return _empty(scan)
    files = [exp.Literal.string(path) for path in local_files(scan)]
    options = [
        exp.EQ(this=exp.to_identifier("hive_partitioning"), expression=exp.false()),
    ]
    function = exp.Anonymous(
        this="read_parquet", expressions=[exp.Array(expressions=files), *options]
    )
    return exp.Table(this=function)


def _empty(scan: TableScan) -> exp.Expr:
    """Return a table without rows, with the columns that the query names."""
    columns = scan.columns or (scan.table.columns[0].name,)
    nulls = []
    for name in columns:
        column = scan.table.column(name)
        kind = column.type if column is not None else "bigint"
        null = exp.Cast(
            this=exp.Null(), to=exp.DataType.build(_duckdb_type(kind), dialect="duckdb")
        )
        nulls.append(exp.alias_(null, name, quoted=True))
    return exp.Subquery(this=exp.select(*nulls).where(exp.false()))


def _duckdb_type(kind: str) -> str:
    arrow_type(kind)
    if kind.endswith("[]"):
        return _duckdb_type(kind[:-2]) + "[]"
    return _DUCKDB_TYPES.get(kind, kind.upper())


def _local_folder(location: str) -> str:
    parts = urlsplit(location)
    if parts.scheme != "file":
        raise UsageError(f"This engine reads tables on disk, not on {parts.scheme}:.")
    return unquote(parts.path)

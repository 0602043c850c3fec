"""Plans that can be computed file by file, one row after the other.

A plan of one scan that only filters and projects gives the same rows whether
its files are read together or apart. Rows keep the order of the files, so a
LIMIT without a sort needs no more than the first fragments.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import sqlglot
from sqlglot import exp

from hub.query.functions import FUNCTIONS
from hub.query.plan import QueryPlan, TableScan
from hub.query.render import local_files
from hub.tables.types import arrow_type

_PARTS = {"expressions", "from_", "where", "limit", "offset"}
_ROWS = "SELECT * FROM read_parquet($files, hive_partitioning = false)"
_CUT = " WHERE file_row_number BETWEEN $first AND $last"
_TEXT_BYTES = 24
_VECTOR_LENGTH = 16


@dataclass(frozen=True, kw_only=True)
class FragmentedQuery:
    """One SQL text of DuckDB for all fragments; its parameters are the fragment's."""

    whole: str
    """For ``$files``."""

    cut: str
    """For the rows from ``$first`` to ``$last`` of ``$files``, which is one file."""

    offset: int
    limit: int | None
    """Of all rows; the fragments are not cut."""


@dataclass(frozen=True, kw_only=True)
class Fragment:
    """Whole files, or a range of the rows of one."""

    files: tuple[str, ...]
    rows: tuple[int, int] | None = None
    """First and last row, from 0; null for whole files."""


def fragmented(plan: QueryPlan) -> FragmentedQuery | None:
    """Return the query that every fragment of a plan runs; null for other plans."""
    tree = plan.tree
    if not isinstance(tree, exp.Select) or len(plan.scans) != 1 or plan.inline:
        return None
    if any(value for name, value in tree.args.items() if name not in _PARTS):
        return None
    clause = tree.args.get("from_")
    source = clause.this if clause is not None else None
    if not isinstance(source, exp.Table) or source.name != plan.scans[0].name:
        return None
    if any(_looks_beyond_a_row(node, tree) for node in tree.walk()):
        return None
    inner = tree.copy()
    inner.set("limit", None)
    inner.set("offset", None)
    return FragmentedQuery(
        whole=_sql(inner, ""),
        cut=_sql(inner, _CUT),
        offset=_number(tree, "offset") or 0,
        limit=_number(tree, "limit"),
    )


def fragments(plan: QueryPlan, target_bytes: int) -> Iterator[Fragment]:
    """Cut a plan's one scan into fragments of about so many bytes, in the order of its rows.

    Parameters
    ----------
    target_bytes
        Arrow bytes of the columns that a fragment reads and gives, if all of its rows match.
    """
    scan = plan.scans[0]
    most_rows = max(target_bytes // _row_bytes(plan, scan), 1)
    together: list[str] = []
    rows = 0
    for path, partition in zip(local_files(scan), scan.partitions, strict=True):
        if together and rows + partition.rows > most_rows:
            yield Fragment(files=tuple(together))
            together, rows = [], 0
        if partition.rows > most_rows:
            yield from _slices(path, partition.rows, most_rows)
            continue
        together.append(path)
        rows += partition.rows
    if together:
        yield Fragment(files=tuple(together))


def total_bytes(plan: QueryPlan) -> int:
    """Return the Arrow bytes of a plan's one scan, if all of its rows match."""
    return _row_bytes(plan, plan.scans[0]) * plan.estimate.rows


def _slices(path: str, rows: int, most_rows: int) -> Iterator[Fragment]:
    count = -(-rows // most_rows)
    edges = [rows * number // count for number in range(count + 1)]
    for first, end in pairwise(edges):
        yield Fragment(files=(path,), rows=(first, end - 1))


def _looks_beyond_a_row(node: exp.Expr, tree: exp.Expr) -> bool:
    if isinstance(node, exp.Query):
        return node is not tree
    if isinstance(node, exp.Anonymous):
        function = FUNCTIONS.get(str(node.this).lower())
        return function is None or function.is_aggregate
    return False


def _number(tree: exp.Expr, key: str) -> int | None:
    clause = tree.args.get(key)
    return int(clause.expression.name) if clause is not None else None


def _sql(tree: exp.Select, condition: str) -> str:
    table = tree.args["from_"].this
    rows: exp.Expr = sqlglot.parse_one(f"({_ROWS}{condition})", read="duckdb")
    made = tree.copy()
    made.args["from_"].set("this", exp.alias_(rows, table.alias, table=True, quoted=True))
    return made.sql(dialect="duckdb", comments=False)


def _row_bytes(plan: QueryPlan, scan: TableScan) -> int:
    read = [column.type for column in map(scan.table.column, scan.columns) if column is not None]
    return max(_bytes(read), _bytes([column.type for column in plan.columns]), 1)


def _bytes(kinds: Sequence[str]) -> int:
    return sum(_value_bytes(kind) for kind in kinds)


def _value_bytes(kind: str) -> int:
    if kind.endswith("[]"):
        return _VECTOR_LENGTH * _value_bytes(kind[:-2])
    if kind in {"varchar", "binary"}:
        return _TEXT_BYTES
    width: int = arrow_type(kind).bit_width
    return max(width // 8, 1)

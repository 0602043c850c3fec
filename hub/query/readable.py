"""Tree of a selection → SQL that a person can read, and the hub can run again."""

from collections.abc import Mapping, Sequence

import pyarrow as pa
from sqlglot import exp

from hub.query.parse import DIALECT

MOST_VALUES = 5_000
"""Values of a table that came along; SQL of users may not hold many more."""


def readable_sql(tree: exp.Select, inline: Mapping[str, pa.Table], order_key: Sequence[str]) -> str:
    """Return a selection as the hub's SQL.

    Parameters
    ----------
    tree
        From `hub.query.compose`.
    inline
        Tables that came with the selection; they become WITH clauses. Those
        with more than `MOST_VALUES` values are told in a comment instead: the
        text then shows what is done, and only the selection itself can be run.
    order_key
        Columns of the table's order, when the rows come in it; else empty.
    """
    copy = tree.copy()
    if order_key:
        copy.order_by(*(exp.column(name) for name in order_key), copy=False)
    notes = []
    for name, table in inline.items():
        if table.num_rows * table.num_columns > MOST_VALUES:
            notes.append(
                f"-- {name} has {table.num_rows:,} rows made from the selection, too many to "
                "spell out: run the selection itself\n"
            )
            continue
        copy = copy.with_(name, as_=_values(table), append=True, dialect=DIALECT, copy=False)
        copy.args["with_"].expressions[-1].set(
            "alias",
            exp.TableAlias(
                this=exp.to_identifier(name),
                columns=[exp.to_identifier(column) for column in table.column_names],
            ),
        )
    return "".join(notes) + copy.sql(dialect=DIALECT, pretty=True, comments=False)


def _values(table: pa.Table) -> exp.Values:
    columns = [[exp.convert(value) for value in column.to_pylist()] for column in table.columns]
    rows = [exp.Tuple(expressions=list(row)) for row in zip(*columns, strict=True)]
    return exp.Values(expressions=rows)

"""The rule of GROUP BY: outside aggregates, only grouped values may stand."""

from collections.abc import Iterator, Mapping, Sequence

from sqlglot import exp

from hub.query.errors import UnsupportedSqlError
from hub.query.fields import field_of, is_resolved
from hub.query.functions import FUNCTIONS
from hub.query.places import place
from hub.query.scope import Scope


def check_grouping(tree: exp.Select, keys: Sequence[exp.Expr], scope: Scope) -> None:
    """Refuse a resolved SELECT that mixes grouped and single values.

    Raises
    ------
    UnsupportedSqlError
        Names the column that is neither grouped nor in an aggregate.
    """
    outputs = list(tree.expressions)
    having, order = tree.args.get("having"), tree.args.get("order")
    sorts = [item.this for item in order.expressions] if order is not None else []
    values = (
        [output.this for output in outputs] + ([having.this] if having is not None else []) + sorts
    )
    aggregates = any(is_resolved(v) and field_of(v).has_aggregate for v in values)
    if not keys and not aggregates and having is None:
        return
    grouped = {key.sql(): _sizes(key)[id(key)] for key in keys}
    own = {relation.alias for relation in scope.relations}
    for value in values:
        for column in _single_columns(value, grouped, own):
            raise UnsupportedSqlError(
                f"Column {column.name} is neither in GROUP BY nor in an aggregate.",
                hint=f"Add it to GROUP BY, or write e.g. max({column.name}).",
                where=place(column),
            )


def _single_columns(
    value: exp.Expr, grouped: Mapping[str, int], own: set[str]
) -> Iterator[exp.Column]:
    """Yield the columns that stand outside of aggregates and of grouped values.

    ``grouped`` has the texts of the values and their sizes: writing a part as
    text takes its size in time, so only those of a fitting size are.
    """
    sizes = _sizes(value)
    fitting = set(grouped.values())
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if _is_aggregate(node) or (sizes[id(node)] in fitting and node.sql() in grouped):
            continue
        if isinstance(node, exp.Column):
            if node.table in own:
                yield node
            continue
        waiting.extend(node.iter_expressions())


def _sizes(tree: exp.Expr) -> dict[int, int]:
    """Return how many nodes each part of a tree has, by the part's ``id``."""
    sizes: dict[int, int] = {}
    for node in reversed(list(tree.walk())):
        sizes[id(node)] = 1 + sum(sizes[id(part)] for part in node.iter_expressions())
    return sizes


def _is_aggregate(node: exp.Expr) -> bool:
    if not isinstance(node, exp.Anonymous):
        return False
    rule = FUNCTIONS.get(str(node.this).lower())
    return rule is not None and rule.is_aggregate

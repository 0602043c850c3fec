"""The rule of GROUP BY: outside aggregates, only grouped values may stand."""

from collections.abc import Iterator, Sequence

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
    texts = {key.sql() for key in keys}
    own = {relation.alias for relation in scope.relations}
    for value in values:
        for column in _single_columns(value, texts, own):
            raise UnsupportedSqlError(
                f"Column {column.name} is neither in GROUP BY nor in an aggregate.",
                hint=f"Add it to GROUP BY, or write e.g. max({column.name}).",
                where=place(column),
            )


def _single_columns(value: exp.Expr, keys: set[str], own: set[str]) -> Iterator[exp.Column]:
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if node.sql() in keys or _is_aggregate(node):
            continue
        if isinstance(node, exp.Column):
            if node.table in own:
                yield node
            continue
        waiting.extend(node.iter_expressions())


def _is_aggregate(node: exp.Expr) -> bool:
    if not isinstance(node, exp.Anonymous):
        return False
    rule = FUNCTIONS.get(str(node.this).lower())
    return rule is not None and rule.is_aggregate

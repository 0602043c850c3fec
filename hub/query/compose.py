"""Selection + table → syntax tree: a SELECT in stock sqlglot nodes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
from sqlglot import exp

from hub.query.filter_condition import FilterWriter
from hub.query.operands import Operands, unknown_column
from hub.query.region_condition import region_condition
from hub.query.region_models import AllRegion
from hub.query.row_order import mixes_rows
from hub.query.selection import DerivedColumn, SampleFraction, SampleRows, Selection
from hub.query.validation import SelectionError
from hub.tables.description import RANDOM_COLUMN, TableDescription

SELECTED_TABLE = "_selected"

_RANDOM_BITS = 31


@dataclass(frozen=True, kw_only=True)
class Composed:
    """The query of a selection, its names not resolved yet."""

    tree: exp.Select
    """Tables are named as in SQL of the hub: ``"catalog@version".table``."""

    inline: Mapping[str, pa.Table] = field(default_factory=dict)
    """Small tables of the request, by their name in the tree."""

    in_table_order: bool = False
    """Rows are wanted in the order of the table's order key, and the tree does not
    sort: engines that keep the order of the files need nothing, others sort."""


def compose(selection: Selection, table: TableDescription) -> Composed:
    """Return the query of a selection.

    Raises
    ------
    SelectionError, ExpressionError, RegionError, UnknownColumnError
        The selection does not fit the table: unknown columns, types that do not
        compare, a region or a sample on a table without positions or random
        numbers, a name that is not looked up yet.
    """
    operands = Operands.of(selection, table)
    conditions, inline = _conditions(selection, operands)
    source: exp.Expr = _table(table)
    order = _order(selection, operands)
    sampled = isinstance(selection.sample, SampleRows)
    mixed = sampled or (not order and any(map(mixes_rows, conditions)))
    if mixed:
        source = _selected(selection, operands, conditions)
        conditions = []
    tree = exp.select(*_outputs(selection, operands)).from_(source)
    if conditions:
        tree = tree.where(*conditions, copy=False)
    if order or mixed:
        tree = tree.order_by(*order, *_ascending(table.order_key), copy=False)
    if selection.limit is not None:
        tree = tree.limit(selection.limit, copy=False)
    return Composed(tree=tree, inline=inline, in_table_order=not order and not mixed)


def _table(table: TableDescription) -> exp.Table:
    return exp.Table(
        this=exp.to_identifier(table.name, quoted=True),
        db=exp.to_identifier(f"{table.catalog}@{table.version}", quoted=True),
    )


def _conditions(
    selection: Selection, operands: Operands
) -> tuple[list[exp.Expr], dict[str, pa.Table]]:
    table = operands.table
    conditions: list[exp.Expr] = []
    inline: dict[str, pa.Table] = {}
    if not isinstance(selection.region, AllRegion):
        if table.position is None:
            raise SelectionError(
                f"{table.full_name} has no positions, so a region selects nothing in it.",
                hint="Leave the region out, or filter by columns.",
                where="region",
            )
        region = region_condition(selection.region.shape(), table.position)
        conditions.extend(region.conjuncts)
        inline.update(region.inline)
    if isinstance(selection.sample, SampleFraction) and selection.sample.log2:
        bound = exp.Literal.number(str(1 << (_RANDOM_BITS - selection.sample.log2)))
        conditions.append(exp.LT(this=_random(table), expression=bound))
    if selection.filters is not None:
        writer = FilterWriter(operands)
        condition = writer.condition(selection.filters)
        grouped = exp.Paren(this=condition) if isinstance(condition, exp.Or) else condition
        conditions.append(grouped)
        inline.update(writer.inline)
    return conditions, inline


def _random(table: TableDescription) -> exp.Column:
    if table.column(RANDOM_COLUMN) is None:
        raise SelectionError(
            f"{table.full_name} has no random numbers, so no sample can be drawn.",
            hint="Use a limit.",
            where="sample",
        )
    return exp.column(RANDOM_COLUMN, quoted=True)


def _outputs(selection: Selection, operands: Operands) -> list[exp.Expr]:
    if not selection.columns:
        return [exp.column(column.name, quoted=True) for column in operands.table.visible_columns]
    outputs: list[exp.Expr] = []
    for place, column in enumerate(selection.columns):
        if isinstance(column, DerivedColumn):
            tree = operands.derived[column.name.lower()].tree.copy()
            outputs.append(exp.alias_(tree, column.name, quoted=True))
        else:
            outputs.append(_plain_column(column, operands, f"columns[{place}]"))
    return outputs


def _plain_column(name: str, operands: Operands, where: str) -> exp.Column:
    found = operands.find(name)
    if found is None:
        raise unknown_column(name, operands.table, where)
    return exp.column(found.name, quoted=True)


def _order(selection: Selection, operands: Operands) -> list[exp.Expr]:
    entries: list[exp.Expr] = []
    for place, entry in enumerate(selection.order_by):
        derived = next(
            (
                column.name
                for column in selection.columns
                if isinstance(column, DerivedColumn) and column.name.lower() == entry.column.lower()
            ),
            None,
        )
        column = (
            exp.column(derived, quoted=True)
            if derived is not None
            else _plain_column(entry.column, operands, f"order_by[{place}].column")
        )
        # Said outright, for engines put nulls first or last as they like.
        entries.append(exp.Ordered(this=column, desc=entry.descending, nulls_first=False))
    return entries


def _ascending(names: Iterable[str]) -> list[exp.Expr]:
    return [
        exp.Ordered(this=exp.column(name, quoted=True), desc=False, nulls_first=False)
        for name in names
    ]


def _selected(selection: Selection, operands: Operands, conditions: list[exp.Expr]) -> exp.Subquery:
    """Return the rows that fulfil the conditions; of a sample those with the least numbers."""
    table = operands.table
    outputs = (*_outputs(selection, operands), *_order(selection, operands))
    wanted = {node.name for part in outputs for node in part.find_all(exp.Column)}
    wanted |= set(table.order_key)
    if isinstance(selection.sample, SampleRows):
        wanted.add(_random(table).name)
    columns = [exp.column(c.name, quoted=True) for c in table.columns if c.name in wanted]
    tree = exp.select(*columns).from_(_table(table))
    if conditions:
        tree = tree.where(*conditions, copy=False)
    if isinstance(selection.sample, SampleRows):
        names = dict.fromkeys([RANDOM_COLUMN, *table.order_key])
        tree = tree.order_by(*_ascending(names), copy=False)
        tree = tree.limit(selection.sample.rows, copy=False)
    return tree.subquery(SELECTED_TABLE, copy=False)

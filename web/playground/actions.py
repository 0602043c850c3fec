"""Buttons of the form that change the form itself: they work without script."""

from dataclasses import replace

from werkzeug.datastructures import MultiDict

from hub.tables.description import TableDescription
from hub.tables.types import is_numeric
from web.playground.fields import FilterRow, PlayFields


def act(fields: PlayFields, args: MultiDict[str, str], table: TableDescription) -> PlayFields:
    """Return the fields after the button that sent the form, if it was one of these.

    ``add=filter`` with ``new_filter``; ``add=column`` with ``new_name`` and
    ``new_expression``; ``up=<number>`` of a chosen column; ``drop=<number>`` of a
    filter; ``tick=all``.
    """
    added = args.get("add", "")
    if added == "filter":
        fields = _with_filter(fields, args.get("new_filter", "").strip(), table)
    if added == "column":
        name, expression = args.get("new_name", ""), args.get("new_expression", "")
        fields = _with_column(fields, name.strip(), expression.strip(), table)
    dropped = args.get("drop", "")
    if dropped.isdecimal() and len(dropped) < 6 and int(dropped) < len(fields.filters):
        kept = [row for number, row in enumerate(fields.filters) if number != int(dropped)]
        fields = replace(fields, filters=tuple(kept))
    fields = _with_column_up(fields, args.get("up", ""))
    if args.get("tick", "") == "all":
        fields = replace(fields, columns=(), was_sent=False)
    every = tuple(column.name for column in table.visible_columns)
    # All columns in the table's order is what no ticked column means.
    return replace(fields, columns=(), was_sent=False) if fields.columns == every else fields


def _with_column_up(fields: PlayFields, number: str) -> PlayFields:
    """Let a chosen column change places with the one before it."""
    place = int(number) if number.isdecimal() and len(number) < 6 else 0
    if not 1 <= place < len(fields.columns):
        return fields
    columns = list(fields.columns)
    columns[place - 1 : place + 1] = [columns[place], columns[place - 1]]
    return replace(fields, columns=tuple(columns))


def _with_filter(fields: PlayFields, column: str, table: TableDescription) -> PlayFields:
    if not column:
        return fields
    described = table.column(column)
    is_number = described is None or is_numeric(described.type)
    row = FilterRow(column=column, op="between" if is_number else "=")
    return replace(fields, filters=(*fields.filters, row))


def _with_column(
    fields: PlayFields, name: str, expression: str, table: TableDescription
) -> PlayFields:
    """Add a derived column; beside it, all columns become ticked ones."""
    if not name and not expression:
        return fields
    ticked = fields.columns or tuple(column.name for column in table.visible_columns)
    return replace(fields, columns=(*ticked, f"{name} = {expression}"))

"""Columns and expressions of a selection, found in a table: syntax tree and type."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from sqlglot import exp

from hub.nearest import hint_of_names
from hub.query.errors import UnknownColumnError
from hub.query.expression import column_names, parse_expression
from hub.query.selection import DerivedColumn, Selection
from hub.query.validation import SelectionError, join_path
from hub.tables.description import ColumnDescription, TableDescription
from hub.tables.types import is_integer, is_numeric

_WHOLE_NODES = (exp.Add, exp.Sub, exp.Mul, exp.Neg, exp.Paren, exp.Abs, exp.Least, exp.Greatest)
_WHOLE = (*_WHOLE_NODES, exp.Coalesce, exp.Column, exp.Identifier, exp.Literal)


def unknown_column(name: str, table: TableDescription, where: str) -> UnknownColumnError:
    """Return the error of a selection that names a column its table does not have."""
    by_original = next((c.name for c in table.columns if c.original_name == name), None)
    names = [column.name for column in table.visible_columns]
    hint = (
        f"In SQL and in selections it is called {by_original}."
        if by_original
        else hint_of_names(name, names, "columns")
    )
    return UnknownColumnError(f"{table.full_name} has no column {name}.", hint=hint, where=where)


@dataclass(frozen=True)
class Operand:
    """A value for each row."""

    tree: exp.Expr
    type: str
    """Column type; that of a computed value is ``bigint`` or ``double``."""

    text: str
    """As the user wrote it, for messages."""


@dataclass(frozen=True)
class Operands:
    """What the parts of one selection may name: columns of its table, computed columns."""

    table: TableDescription
    derived: Mapping[str, Operand] = field(default_factory=dict)
    """Computed columns by their name in lower case."""

    @classmethod
    def of(cls, selection: Selection, table: TableDescription) -> Self:
        """Find the computed columns of a selection.

        Raises
        ------
        SelectionError, ExpressionError, UnknownColumnError
            A computed column has the name of a column of the table, or names
            an unknown or non-numeric one.
        """
        plain = cls(table)
        derived = {}
        for place, column in enumerate(selection.columns):
            if isinstance(column, DerivedColumn):
                where = f"columns[{place}]"
                if plain.find(column.name) is not None:
                    raise SelectionError(
                        f"{column.name} is a column of {table.full_name} already.",
                        hint="Give the expression another name.",
                        where=join_path(where, "name"),
                    )
                path = join_path(where, "expression")
                derived[column.name.lower()] = plain.expression(column.expression, path)
        return cls(table, derived)

    def find(self, name: str) -> ColumnDescription | None:
        """Return the table's column of a name, in any case; null when there is none."""
        return self.table.column(name) or self.table.column(name.lower())

    def column(self, name: str, where: str) -> Operand:
        """Return a column of the table, or the expression of a computed one."""
        found = self.find(name)
        if found is not None:
            return Operand(exp.column(found.name, quoted=True), found.type, found.name)
        if name.lower() in self.derived:
            return self.derived[name.lower()]
        raise unknown_column(name, self.table, where)

    def expression(self, text: str, where: str) -> Operand:
        """Return a computed value; its columns are numeric, computed ones are put in."""
        known = [column.name for column in self.table.columns if is_numeric(column.type)]
        others = [column.name for column in self.table.columns if not is_numeric(column.type)]
        tree = parse_expression(text, [*others, *known, *self.derived], where=where)
        for name in column_names(tree):
            if name in others:
                kind = self.column(name, where).type
                raise SelectionError(
                    f"{name} is of type {kind}; expressions take numbers.", where=where
                )
        types = [self.column(name, where).type for name in column_names(tree)]
        tree = tree.transform(self._put_in)
        whole = all(map(is_integer, types)) and _is_whole(tree)
        return Operand(tree, "bigint" if whole else "double", text)

    def _put_in(self, node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and self.find(node.name) is None:
            tree = self.derived[node.name.lower()].tree.copy()
            return exp.Paren(this=tree) if isinstance(tree, exp.Binary | exp.Neg) else tree
        return node


def _is_whole(tree: exp.Expr) -> bool:
    """Tell whether arithmetic on whole numbers gives a whole number."""
    return all(
        isinstance(node, _WHOLE) and not (isinstance(node, exp.Literal) and not node.is_int)
        for node in tree.walk()
    )

"""What the resolver knows of each part of a query: type, NaN, description."""

from dataclasses import dataclass, replace

from sqlglot import exp

from hub.query.errors import UnsupportedSqlError
from hub.query.places import place
from hub.tables.description import ColumnDescription
from hub.tables.types import is_float

_META = "hub_field"


@dataclass(frozen=True, kw_only=True)
class Field:
    """The value of an expression, as far as it is known before running."""

    type: str
    """Column type; ``null`` for the bare NULL."""

    may_be_nan: bool = False

    column: ColumnDescription | None = None
    """The column it is, unit and all, while nothing was computed from it."""

    has_aggregate: bool = False

    def __deepcopy__(self, memo: dict[int, object]) -> "Field":
        """Return itself: a frozen value, and trees are copied often."""
        return self


def field_of_column(column: ColumnDescription) -> Field:
    """Return the field of a table's column; statistics may rule out NaN."""
    return Field(
        type=column.type,
        may_be_nan=is_float(column.type) and column.nans != 0,
        column=column,
    )


def set_field(node: exp.Expr, value: Field) -> None:
    """Note a node's field on the node, where copies keep it."""
    node.meta[_META] = value


def field_of(node: exp.Expr) -> Field:
    """Return the field of a resolved node.

    Raises
    ------
    UnsupportedSqlError
        The node is no value: the operator around it is none that queries use.
    """
    value = node.meta.get(_META)
    if not isinstance(value, Field):
        raise UnsupportedSqlError(
            f"{type(node).__name__.upper()} cannot be used as a value here.", where=place(node)
        )
    return value


def is_resolved(node: exp.Expr) -> bool:
    """Tell whether a node has its field."""
    return _META in node.meta


def with_aggregate(value: Field, *parts: Field) -> Field:
    """Return ``value``, marked when a part of it holds an aggregate."""
    return replace(value, has_aggregate=value.has_aggregate or any(p.has_aggregate for p in parts))


def parts_of(node: exp.Expr) -> list[Field]:
    """Return the fields of a node's direct operands."""
    return [field_of(part) for part in node.iter_expressions() if is_resolved(part)]

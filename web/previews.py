"""Rows of a result as text for an HTML table."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup, escape

from hub.explore.figures import decimal
from hub.tables.description import ColumnDescription
from hub.tables.stream import ResultStream
from hub.tables.types import is_float, is_numeric
from web.show import cell

_MAX_DECIMALS = {np.float32: 4, np.float64: 7}
_PLAIN_SMALLEST = 1e-3
_PLAIN_LARGEST = 1e9


@dataclass(frozen=True, kw_only=True)
class ShownColumn:
    """Head of a column."""

    name: str
    unit: Markup
    """With the common power of ten of the numbers below, when there is one."""

    is_number: bool


@dataclass(frozen=True, kw_only=True)
class ShownRows:
    """A table of text."""

    columns: tuple[ShownColumn, ...]
    rows: tuple[tuple[Markup, ...], ...]
    is_cut: bool
    """Whether there are more rows."""

    engine: str = ""

    @property
    def has_units(self) -> bool:
        """Whether the head needs a line for units."""
        return any(column.unit for column in self.columns)


def show_rows(stream: ResultStream) -> ShownRows:
    """Read a short stream to its end; numbers of a column get the same decimals."""
    table = stream.read_all()
    shown = [
        _show_column(column, values.to_pylist())
        for column, values in zip(stream.columns, table.columns, strict=True)
    ]
    return ShownRows(
        columns=tuple(head for head, _ in shown),
        rows=tuple(zip(*(cells for _, cells in shown), strict=True)),
        is_cut=stream.truncated,
        engine=stream.engine,
    )


def _show_column(
    column: ColumnDescription, values: Sequence[object]
) -> tuple[ShownColumn, list[Markup]]:
    unit = escape(column.unit)
    if column.type == "timestamp":
        unit = Markup("UTC")
    if not is_float(column.type):
        head = ShownColumn(name=column.name, unit=unit, is_number=is_numeric(column.type))
        return head, [cell(value) for value in values]
    kind = np.float32 if column.type == "float" else np.float64
    numbers = [value for value in values if isinstance(value, float) and math.isfinite(value)]
    exponent = _common_exponent(numbers)
    decimals = _decimals([float(kind(value)) / 10.0**exponent for value in numbers], kind)
    if exponent:
        unit = Markup("10<sup>%s</sup> %s") % (str(exponent).replace("-", "\u2212"), column.unit)
    head = ShownColumn(name=column.name, unit=unit, is_number=True)
    return head, [_float_cell(value, exponent, decimals) for value in values]


def _common_exponent(numbers: Sequence[float]) -> int:
    """Return the power of ten to take out of a column; 0 for numbers of ordinary size."""
    largest = max((abs(value) for value in numbers), default=0.0)
    if largest == 0 or _PLAIN_SMALLEST <= largest < _PLAIN_LARGEST:
        return 0
    return math.floor(math.log10(largest))


def _decimals(numbers: Sequence[float], kind: type[np.float32] | type[np.float64]) -> int:
    """Return the decimals that the shortest exact forms of the numbers need, within reason."""
    needed = 0
    for value in numbers:
        text = np.format_float_positional(kind(value), unique=True, trim="-")
        needed = max(needed, len(text.partition(".")[2]))
    return min(needed, _MAX_DECIMALS[kind])


def _float_cell(value: object, exponent: int, decimals: int) -> Markup:
    if not isinstance(value, float) or not math.isfinite(value):
        return cell(value)
    return escape(decimal(value / 10.0**exponent, decimals))

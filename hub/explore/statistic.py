"""`Statistic`: what a plot computes of the rows in a cell."""

from enum import StrEnum


class Statistic(StrEnum):
    """A statistic of the rows in one cell; all but the count are of an expression."""

    COUNT = "count"
    MEAN = "mean"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    STD = "std"
    """Of the population (division by n), as numpy's default: one row gives 0."""

    @property
    def is_exact(self) -> bool:
        """Whether the order in which rows are added changes no bit of the result."""
        return self in {Statistic.COUNT, Statistic.MIN, Statistic.MAX}

    @property
    def needs_expression(self) -> bool:
        """Whether the statistic is of an expression and not of the rows themselves."""
        return self is not Statistic.COUNT

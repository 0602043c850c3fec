"""Sentences about what a format does not keep, shared by several formats."""

from collections.abc import Sequence

from hub.tables.description import ColumnDescription

INTEGERS = ("tinyint", "smallint", "integer", "bigint")


def types_among(columns: Sequence[ColumnDescription], *wanted: str) -> bool:
    """Tell whether a column, or the elements of a list column, has one of the types.

    ``"[]"`` stands for any list, ``"decimal"`` for any decimal.
    """
    return any(_is_one_of(column.type, wanted) for column in columns)


def metadata_lost(title: str) -> str:
    """Return the sentence for formats that hold cells and names only."""
    return f"{title} has no place for units, UCDs, descriptions and provenance."


def _is_one_of(type_name: str, wanted: Sequence[str]) -> bool:
    if type_name.endswith("[]") and "[]" in wanted:
        return True
    return type_name.rstrip("[]").split("(")[0] in wanted

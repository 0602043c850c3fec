"""`DescriptionEdit`: what may be changed of a published version without ingesting again."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class ColumnEdit:
    """New words for a column; null leaves what is there."""

    unit: str | None = None
    ucd: str | None = None
    description: str | None = None


@dataclass(frozen=True, kw_only=True)
class DescriptionEdit:
    """New words for a version and its columns; null leaves what is there.

    Names, types and statistics follow from the files and cannot be edited.
    """

    title: str | None = None
    description: str | None = None
    citation: str | None = None
    licence: str | None = None

    columns: Mapping[str, Mapping[str, ColumnEdit]] = field(default_factory=dict)
    """Table → SQL name of the column → edit."""

"""``hub catalogs`` and ``hub describe``: what there is, and what is in it."""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import Any

from humanize import intcomma, naturalsize

from hub.access import LOCAL
from hub.assemble import Services, assemble
from hub.cli.command import Command
from hub.cli.tables import aligned
from hub.errors import UsageError
from hub.services.catalog_json import catalog_document, catalog_summaries, json_value
from hub.settings import Settings
from hub.tables.description import CatalogDescription, ColumnDescription, TableDescription
from hub.tables.names import TableReference, parse_reference

_MAX_VALUE = 20
"""Longest minimum or maximum shown, in letters; the JSON form has them whole."""


class VersionMissingError(UsageError):
    """A command that changes a version was not told which."""


def _configure_catalogs(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="text by default"
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", title="actions")
    remove = actions.add_parser("remove", help="remove a version and its files")
    remove.add_argument("version", metavar="NAME@VERSION", help="what to remove")
    default = actions.add_parser("default", help="make a version the default one")
    default.add_argument(
        "version", metavar="NAME@VERSION", help="the version that is meant by NAME"
    )


def _run_catalogs(arguments: Namespace, settings: Settings) -> int:
    services = assemble(settings)
    match arguments.action:
        case "remove":
            _remove(services, *_version(arguments.version))
        case "default":
            services.catalogs.set_default(*_version(arguments.version), LOCAL)
        case _:
            _list(services, arguments.format)
    return 0


def _version(text: str) -> tuple[str, str]:
    reference = parse_reference(text)
    if reference.version is None or reference.table is not None:
        raise VersionMissingError(
            f"{text} does not name one version.", hint="Write it as NAME@VERSION."
        )
    return reference.catalog, reference.version


def _remove(services: Services, name: str, version: str) -> None:
    removed = services.catalogs.remove(name, version, LOCAL)
    left = [other for other in services.catalogs.catalogs(LOCAL) if other.catalog == name]
    new_default = [other.version for other in left if other.default]
    if removed.default and new_default:
        sys.stderr.write(f"hub: note: {name}@{new_default[0]} is the default version now\n")


def _list(services: Services, output_format: str) -> None:
    catalogs = services.catalogs.catalogs(LOCAL)
    if output_format == "json":
        _write_json(catalog_summaries(catalogs))
    elif catalogs:
        sys.stdout.write(_catalogs_text(catalogs))
    else:
        sys.stderr.write(
            "hub: note: there are no catalogs yet; hub ingest makes them, hub demo brings four\n"
        )


def _catalogs_text(catalogs: Sequence[CatalogDescription]) -> str:
    rows = [
        (
            catalog.catalog,
            catalog.version + (" (default)" if catalog.default else ""),
            intcomma(sum(table.rows for table in catalog.tables)),
            _size(sum(table.bytes for table in catalog.tables)),
            ", ".join(table.name for table in catalog.tables),
            catalog.title,
        )
        for catalog in catalogs
    ]
    return aligned(("CATALOG", "VERSION", "ROWS", "SIZE", "TABLES", "TITLE"), rows, right="llrr")


def _configure_describe(parser: ArgumentParser) -> None:
    parser.add_argument("reference", metavar="NAME[@VERSION][.TABLE]", help="what to describe")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="text by default"
    )


def _run_describe(arguments: Namespace, settings: Settings) -> int:
    services = assemble(settings)
    reference = parse_reference(arguments.reference)
    catalog = services.catalogs.catalog(reference.catalog, reference.version, LOCAL)
    tables = _tables(services, catalog, reference)
    if arguments.format == "json":
        _write_json(catalog_document(catalog, tables))
    else:
        sys.stdout.write(_catalog_text(catalog, tables))
    return 0


def _tables(
    services: Services, catalog: CatalogDescription, reference: TableReference
) -> tuple[TableDescription, ...]:
    if reference.table is None:
        return catalog.tables
    table = services.catalogs.table(catalog.catalog, catalog.version, reference.table, LOCAL)
    return (table,)


def _catalog_text(catalog: CatalogDescription, tables: Sequence[TableDescription]) -> str:
    facts = {
        "title": catalog.title,
        "description": catalog.description,
        "citation": catalog.citation,
        "licence": catalog.licence,
        "published": f"{catalog.created:%Y-%m-%d %H:%M} UTC by {catalog.owner}",
    }
    default = " (default version)" if catalog.default else ""
    head = f"{catalog.catalog}@{catalog.version}{default}\n{_facts(facts)}"
    return head + "".join(f"\n{_table_text(table)}" for table in tables)


def _table_text(table: TableDescription) -> str:
    position = table.position
    epoch = f", epoch {position.epoch:g}" if position and position.epoch is not None else ""
    facts = {
        "rows": intcomma(table.rows),
        "size": _size(table.bytes),
        "location": table.location,
        "key": table.key or "",
        "position": f"{position.ra}, {position.dec} ({position.frame}{epoch})"
        if position
        else "none",
    }
    columns = aligned(
        ("COLUMN", "TYPE", "UNIT", "MIN", "MAX", "NULLS", "DESCRIPTION"),
        [_column_row(column) for column in table.visible_columns],
        right="lllrrr",
    )
    return f"table {table.name}\n{_facts(facts)}\n{_indented(columns)}"


def _column_row(column: ColumnDescription) -> tuple[str, ...]:
    renamed = column.original_name != column.name
    origin = f" [{column.original_name}]" if renamed else ""
    return (
        column.name,
        column.type,
        column.unit,
        _value(column.minimum),
        _value(column.maximum),
        "" if column.nulls is None else intcomma(column.nulls),
        f"{column.description}{origin}".strip(),
    )


def _value(value: Any) -> str:
    shown = json_value(value)
    text = f"{shown:.6g}" if isinstance(shown, float) else "" if shown is None else str(shown)
    return text if len(text) <= _MAX_VALUE else text[: _MAX_VALUE - 1] + "…"


def _size(number: int) -> str:
    return str(naturalsize(number))


def _facts(facts: dict[str, str]) -> str:
    lines = [
        (f"{name}:" if number == 0 else "", line)
        for name, text in facts.items()
        for number, line in enumerate(text.splitlines())
    ]
    return "".join(f"  {label:<13}{line}\n" for label, line in lines)


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())


def _write_json(document: Any) -> None:
    json.dump(document, sys.stdout, ensure_ascii=False, allow_nan=False, indent=2)
    sys.stdout.write("\n")


catalogs = Command(
    help="list the catalogs, remove one, or choose a default version",
    configure=_configure_catalogs,
    run=_run_catalogs,
)
describe = Command(
    help="tell what is in a catalog: tables, columns, units, ranges",
    configure=_configure_describe,
    run=_run_describe,
)

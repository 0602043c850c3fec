"""``hub query`` and ``hub select``: rows to a file or to stdout."""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from hub.access import LOCAL
from hub.assemble import Services, assemble
from hub.cli.command import Command
from hub.cli.interrupts import cancelled_by_interrupt
from hub.cli.selection_argument import read_selection
from hub.errors import UsageError
from hub.query.plan import QueryPlan
from hub.results.atomic import open_output
from hub.results.compress import COMPRESSIONS, check_compression, compressed
from hub.results.formats import Format, find_format, format_names
from hub.services.queries import FORMS
from hub.settings import Settings


def _add_output_options(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--engine", metavar="E", help="engine to run it; the default engine if left out"
    )
    parser.add_argument(
        "--format", metavar="F", default="csv", help=f"{', '.join(format_names())}; csv by default"
    )
    parser.add_argument("--compression", choices=tuple(COMPRESSIONS), help="for text formats")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="else to stdout")
    parser.add_argument(
        "--max-rows", metavar="N", type=_row_count, help="cut after N rows, and say so"
    )
    parser.add_argument(
        "--estimate", action="store_true", help="print as JSON what would be read, and run nothing"
    )


def _row_count(text: str) -> int:
    if not text.isdigit():
        raise UsageError(f"--max-rows takes a whole number, not {text}.")
    return int(text)


def _configure_query(parser: ArgumentParser) -> None:
    parser.add_argument("sql", nargs="?", metavar="SQL", help="one SELECT")
    parser.add_argument(
        "-f", "--file", metavar="FILE", help="read the SQL from a file, or - for stdin"
    )
    _add_output_options(parser)


def _configure_select(parser: ArgumentParser) -> None:
    parser.add_argument(
        "selection",
        metavar="SELECTION",
        help="JSON file, - for stdin, or NAME[@VERSION][.TABLE] for all of a table",
    )
    parser.add_argument(
        "--show", choices=(*FORMS, "hiveql", "spark"), help="print that and run nothing"
    )
    _add_output_options(parser)


def _run_query(arguments: Namespace, settings: Settings) -> int:
    sql = _sql_text(arguments)
    services = assemble(settings)
    return _deliver(services.queries.plan_sql(sql, LOCAL), arguments, services)


def _run_select(arguments: Namespace, settings: Settings) -> int:
    services = assemble(settings)
    selection = read_selection(arguments.selection, services.catalogs, LOCAL)
    if arguments.show:
        sys.stdout.write(services.queries.show(selection, arguments.show, LOCAL) + "\n")
        return 0
    return _deliver(services.queries.plan_selection(selection, LOCAL), arguments, services)


def _sql_text(arguments: Namespace) -> str:
    if (arguments.sql is None) == (arguments.file is None):
        raise UsageError("Give the SQL either as an argument or by -f FILE.")
    if arguments.sql is not None:
        return str(arguments.sql)
    if arguments.file == "-":
        return sys.stdin.read()
    try:
        return Path(arguments.file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{arguments.file} cannot be read as text.", hint="It takes a UTF-8 file."
        ) from error


def _deliver(plan: QueryPlan, arguments: Namespace, services: Services) -> int:
    output_format = find_format(arguments.format)
    if arguments.compression:
        check_compression(output_format, arguments.compression)
    if arguments.estimate:
        sys.stdout.write(_estimate_text(plan, arguments, services) + "\n")
        return 0
    _write_rows(plan, output_format, arguments, services)
    return 0


def _estimate_text(plan: QueryPlan, arguments: Namespace, services: Services) -> str:
    engine = services.queries.engine_name(arguments.engine)
    return json.dumps({**asdict(plan.estimate), "engine": engine})


def _write_rows(
    plan: QueryPlan, output_format: Format, arguments: Namespace, services: Services
) -> None:
    scratch = services.settings.home / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    with cancelled_by_interrupt() as cancel:
        stream = services.queries.stream(
            plan, engine=arguments.engine, max_rows=arguments.max_rows, cancel=cancel
        )
        if arguments.output is not None or not output_format.is_text:
            # Rows on a terminal or in a pipe of text are not kept: nobody loses them.
            for loss in output_format.losses(stream.columns):
                _note(f"{output_format.name}: {loss}")
        with stream, _sink(arguments) as sink:
            output_format.write(stream, sink, scratch=scratch)
    if stream.truncated:
        _note(f"cut after {stream.rows} rows (--max-rows {arguments.max_rows}); more rows match")


@contextmanager
def _sink(arguments: Namespace) -> Iterator[BinaryIO]:
    out = open_output(arguments.output) if arguments.output else nullcontext(sys.stdout.buffer)
    with out as sink:
        if arguments.compression:
            with compressed(sink, arguments.compression) as inner:
                yield inner
        else:
            yield sink


def _note(text: str) -> None:
    sys.stderr.write(f"hub: note: {text}\n")


query = Command(help="run SQL and write its rows", configure=_configure_query, run=_run_query)
select = Command(
    help="run a selection and write its rows", configure=_configure_select, run=_run_select
)

"""Selections and axes → binned plots; tables → maps of where their rows lie."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from hub.access import User
from hub.engines.base import Cancel
from hub.errors import HubError, UsageError
from hub.explore.arrays import NotNumericError
from hub.explore.axes import Axis, widened
from hub.explore.binning import Binned, Binner
from hub.explore.density import DensityCounter, SkyDensity, load_density, save_density
from hub.explore.overlap import read_ahead, share_out
from hub.explore.plot import BinnedPlot, Origin
from hub.explore.ranges import Range, RangeFinder, range_from_statistics
from hub.explore.request import AxisRequest, PlotRequest
from hub.explore.statistic import Statistic
from hub.query.plan import QueryPlan
from hub.query.selection import DerivedColumn, SampleFraction, SampleRows, Selection
from hub.query.words import in_words
from hub.services.queries import Queries
from hub.tables.description import KEY_COLUMN, ColumnDescription, TableDescription
from hub.tables.types import is_numeric

_NAMES = ("axis_x", "axis_y", "axis_of")
_COLUMN_PLACE = re.compile(r"columns\[(\d+)\]\.expression")
_WHOLE_SKY_LAST_KEY = (12 << 58) - 1


class NoPositionsError(UsageError):
    """A map of the sky is asked for a table without positions."""


@dataclass(frozen=True, kw_only=True)
class _Run:
    """Who asks, and how the engine is told."""

    user: User
    engine: str | None
    cancel: Cancel | None


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """One axis, or the expression of the statistic, with what is known about it."""

    expression: str
    column: ColumnDescription
    """As the plan describes it: type, unit and UCD."""

    plain: ColumnDescription | None
    """The table's column, with statistics, when the expression is no more than that."""

    request: AxisRequest | None = None


class Exploration:
    """Binned statistics; streams only the columns that a plot needs.

    Parameters
    ----------
    queries
        Plans and streams.
    cache
        Folder for what can be computed again (`sky_density`); null to keep nothing.
    threads
        Binners that work side by side.
    """

    def __init__(self, queries: Queries, cache: Path | None = None, threads: int = 1) -> None:
        self._queries = queries
        self._cache = cache
        self._threads = threads

    def plot(
        self,
        request: PlotRequest,
        user: User,
        *,
        engine: str | None = None,
        cancel: Cancel | None = None,
    ) -> BinnedPlot:
        """Return the exact binned statistic of a selection.

        Memory is that of the grid and some batches. One pass over the rows; one
        more, before it, for ranges that neither the request nor the table's
        statistics give.

        Raises
        ------
        UsageError, MissingError
            The selection, an expression, a range or the bins are refused.
        TransientError, FatalError
            The engine was stopped or failed (`hub.engines.base`).
        """
        run = _Run(user=user, engine=engine, cancel=cancel)
        selection = self._queries.freeze(request.selection, user)
        expressions = _expressions(request, selection)
        plan = self._plan(_with_columns(selection, expressions), run)
        table = plan.scans[0].table
        wanted = _wanted(request, expressions, plan, table)
        ranges = self._ranges(wanted, selection, table, run, fit=request.fit)
        bins = request.grid
        axes = [
            _axis(want, ends, count, table)
            for want, ends, count in zip(wanted, ranges, bins, strict=False)
            if want.request is not None
        ]
        binned, engine_name = self._binned(plan, axes, request.statistic, run)
        of = wanted[-1] if request.statistic.needs_expression else None
        return BinnedPlot(
            x=axes[0],
            y=axes[1] if request.y else None,
            statistic=request.statistic,
            of=of.expression if of else "",
            of_unit=of.column.unit if of else "",
            grid=binned.grid,
            filled=binned.filled,
            error=np.zeros(binned.grid.shape),
            counts=binned.counts,
            of_null=binned.of_null,
            of_nan=binned.of_nan,
            rows_total=table.rows,
            rows_read=plan.estimate.rows,
            fraction=1.0,
            exact=True,
            sample=_sample(selection),
            origin=Origin(
                table=table.full_name,
                selection=selection.canonical(),
                selection_id=selection.id(),
                engine=engine_name,
                created=plan.provenance.created,
                software=plan.provenance.software,
                citations=plan.provenance.citations,
                words=in_words(selection, table),
            ),
        )

    def _binned(
        self, plan: QueryPlan, axes: Sequence[Axis], statistic: Statistic, run: _Run
    ) -> tuple[Binned, str]:
        """Return what the rows of a plan make, and the name of the engine."""

        def make() -> Binner:
            return Binner(axes[0], axes[1] if len(axes) > 1 else None, statistic)

        if not statistic.is_exact:
            # Sums depend on the order in their last bits: one binner, so that plots repeat.
            binner = make()
            with self._batches(plan, run) as (batches, engine_name):
                for batch in batches:
                    binner.add(batch)
            return binner.finish(), engine_name
        with self._queries.stream(plan, engine=run.engine, cancel=run.cancel) as stream:
            first, *others = share_out(stream, make, Binner.add, self._threads)
            for other in others:
                first.merge(other)
            return first.finish(), stream.engine

    def sky_density(
        self,
        catalog: str,
        version: str | None,
        table: str,
        user: User,
        *,
        engine: str | None = None,
        cancel: Cancel | None = None,
    ) -> SkyDensity:
        """Return how many rows of a table lie where on the sky.

        A published table never changes, so the answer is kept on disk.

        Raises
        ------
        NoPositionsError
            The table has no positions.
        MissingError, TransientError, FatalError
            As `plot`.
        """
        run = _Run(user=user, engine=engine, cancel=cancel)
        wanted = Selection.parse({"catalog": catalog, "version": version, "table": table})
        selection = self._queries.freeze(wanted, user)
        plan = self._plan(selection, run)
        description = plan.scans[0].table
        if description.position is None:
            raise NoPositionsError(
                f"{description.full_name} has no positions, so it has no map of the sky."
            )
        # Planned first: a copy on disk must not answer whom the registry would refuse.
        path = self._density_path(description)
        kept = load_density(path) if path else None
        if kept is not None and kept.rows_total == description.rows:
            return kept
        density = self._count_sky(selection, description, run)
        if path:
            save_density(density, path)
        return density

    def _count_sky(self, selection: Selection, table: TableDescription, run: _Run) -> SkyDensity:
        keys = [(part.key_min, part.key_max) for part in table.partitions]
        counter = DensityCounter(
            min((low for low, _ in keys), default=0),
            max((high for _, high in keys), default=_WHOLE_SKY_LAST_KEY),
        )
        plan = self._plan(_with_columns(selection, [KEY_COLUMN]), run)
        with self._batches(plan, run) as (batches, _):
            for batch in batches:
                counter.add(batch)
        return counter.finish(table.rows)

    def _density_path(self, table: TableDescription) -> Path | None:
        if self._cache is None:
            return None
        # A version can be removed and ingested again: its columns' statistics tell.
        facts = repr((table.rows, table.bytes, table.columns)).encode()
        mark = hashlib.sha256(facts).hexdigest()[:16]
        return self._cache / "sky" / f"{table.full_name}-{mark}.npz"

    def _plan(self, selection: Selection, run: _Run) -> QueryPlan:
        try:
            plan = self._queries.plan_selection(selection, run.user)
        except HubError as error:
            error.where = _COLUMN_PLACE.sub(_place_in_request, error.where)
            raise
        # Sums of cells do not depend on the order, which costs an engine time.
        # A limit does: it takes the first rows.
        return plan if selection.limit is not None else replace(plan, in_table_order=False)

    @contextmanager
    def _batches(
        self, plan: QueryPlan, run: _Run
    ) -> Iterator[tuple[Iterator[pa.RecordBatch], str]]:
        """Give the batches of a plan, read ahead, and the name of the engine."""
        stream = self._queries.stream(plan, engine=run.engine, cancel=run.cancel)
        with stream:
            batches = read_ahead(stream)
            try:
                yield batches, stream.engine
            finally:
                batches.close()

    def _ranges(
        self,
        wanted: Sequence[_Wanted],
        selection: Selection,
        table: TableDescription,
        run: _Run,
        *,
        fit: bool,
    ) -> list[Range]:
        """Return the range of each axis: given, from statistics, or from one pass.

        The pass for a table's column is over the whole table, whose statistics
        it stands in for; that for an expression (or with ``fit``) is over the
        selected rows.
        """
        known: dict[int, Range] = {}
        of_table: list[int] = []
        of_selection: list[int] = []
        for number, want in enumerate(wanted):
            if want.request is None:
                continue
            if want.request.range is not None:
                known[number] = want.request.range
            elif want.plain is None or fit:
                of_selection.append(number)
            else:
                ends = range_from_statistics(want.plain, log=want.request.log)
                if ends is None:
                    of_table.append(number)
                else:
                    known[number] = ends
        whole = Selection.parse(
            {"catalog": table.catalog, "version": table.version, "table": table.name}
        )
        for numbers, rows in ((of_table, whole), (of_selection, selection)):
            axes = [wanted[number] for number in numbers]
            known.update(zip(numbers, self._pass(axes, rows, run), strict=True))
        return [known[number] for number in sorted(known)]

    def _pass(self, axes: Sequence[_Wanted], selection: Selection, run: _Run) -> list[Range]:
        if not axes:
            return []
        finder = RangeFinder(tuple(bool(axis.request and axis.request.log) for axis in axes))
        plan = self._plan(_with_columns(selection, [axis.expression for axis in axes]), run)
        with self._batches(plan, run) as (batches, _):
            for batch in batches:
                finder.add(batch)
        return finder.ranges()


def _expressions(request: PlotRequest, selection: Selection) -> list[str]:
    """Return the expressions of x, y and the statistic; names of made columns are resolved."""
    made = {
        column.name: column.expression
        for column in selection.columns
        if isinstance(column, DerivedColumn)
    }
    texts = [request.x.expression]
    if request.y is not None:
        texts.append(request.y.expression)
    if request.of is not None:
        texts.append(request.of)
    return [made.get(text.strip(), text.strip()) for text in texts]


def _place_in_request(match: re.Match[str]) -> str:
    """Return what the user calls the expression that stands in one of our columns."""
    number = int(match[1])
    return f"expression {number + 1} of the plot" if number < len(_NAMES) else match[0]


def _with_columns(selection: Selection, expressions: Sequence[str]) -> Selection:
    """Return the selection with other columns; its order only where a limit needs it."""
    document: dict[str, Any] = json.loads(selection.canonical())
    columns: list[Any] = [
        {"name": name, "expression": text} for name, text in zip(_NAMES, expressions, strict=False)
    ]
    if "limit" in document:
        ordering = {item["column"] for item in document.get("order_by", [])}
        columns += [
            column
            for column in document.get("columns", [])
            if isinstance(column, dict) and column["name"] in ordering
        ]
    else:
        document.pop("order_by", None)
    return Selection.parse({**document, "columns": columns})


def _wanted(
    request: PlotRequest, expressions: Sequence[str], plan: QueryPlan, table: TableDescription
) -> list[_Wanted]:
    axes: list[AxisRequest | None] = [request.x]
    if request.y is not None:
        axes.append(request.y)
    if request.of is not None:
        axes.append(None)
    wanted = []
    for axis, text, column in zip(axes, expressions, plan.columns, strict=False):
        if not (is_numeric(column.type) or column.type == "boolean"):
            raise NotNumericError(
                f"{text} is of type {column.type}, which has no place on an axis.",
                hint="Choose a column or an expression of numbers.",
            )
        unit = column.unit or _common_unit(text, table)
        wanted.append(
            _Wanted(
                expression=text,
                column=replace(column, unit=unit),
                plain=_plain_column(text, table),
                request=axis,
            )
        )
    return wanted


def _common_unit(text: str, table: TableDescription) -> str:
    """Return the unit of a sum or difference of columns with one unit, such as a colour."""
    terms = [table.column(term.strip().lower()) for term in re.split(r"[-+]", text)]
    units = {term.unit if term else "" for term in terms}
    return units.pop() if len(units) == 1 else ""


def _plain_column(text: str, table: TableDescription) -> ColumnDescription | None:
    """Return the column that an expression is, as expressions name columns: in any case."""
    if text.startswith('"') and text.endswith('"'):
        return table.column(text[1:-1].replace('""', '"'))
    return table.column(text.lower())


def _axis(want: _Wanted, ends: Range, bins: int, table: TableDescription) -> Axis:
    request = want.request or AxisRequest(expression=want.expression)
    low, high = ends if request.range else widened(*ends, bins, log=request.log)
    name = want.plain.name if want.plain else ""
    position = table.position
    ucd = want.column.ucd
    frame = ""
    if position is not None and name in (position.ra, position.dec):
        frame = position.frame
        ucd = ucd or ("pos.eq.ra" if name == position.ra else "pos.eq.dec")
    return Axis(
        expression=request.expression.strip(),
        low=low,
        high=high,
        bins=bins,
        log=request.log,
        unit=want.column.unit,
        ucd=ucd,
        column=name,
        frame=frame,
    )


def _sample(selection: Selection) -> str:
    """Return the selection's sample in words."""
    match selection.sample:
        case SampleFraction(log2=power) if power:
            return f"1/{2**power} sample"
        case SampleRows(rows=rows):
            return f"sample of {rows} rows"
        case _:
            return ""

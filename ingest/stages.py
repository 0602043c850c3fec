"""The stages of an ingest, in order: each a small function over the work so far."""

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pyarrow as pa

from hub.errors import FatalError, UsageError
from hub.tables.layout import DATA, UNPLACED
from ingest.choose_partitions import (
    choose_pixels,
    choose_row_ranges,
    size_model,
)
from ingest.columns import PlannedColumn, with_type
from ingest.encodings import SAMPLE_ROWS, choose_encodings
from ingest.hats_metadata import CollectionFacts, SkyMap, write_collection, write_common_metadata
from ingest.merging import MOST_RUNS, in_order, joined, merge_runs, run_groups
from ingest.plan import RANDOM, TablePlan, plan_table
from ingest.readers import (
    InputError,
    ReadOptions,
    Source,
    expand_inputs,
    find_reader,
    load_readers,
)
from ingest.runs import OpenRuns, run_rows, run_tasks, write_run
from ingest.sentinels import sentinel_notes
from ingest.sorting import sort_order
from ingest.table_schema import described_types, null_texts, table_schema
from ingest.types import settle_wide_integers
from ingest.work import InputFile, Work
from ingest.write_margin import MarginFacts, write_margin
from ingest.write_partitions import FileLayout, WrittenPartition, group_rows, write_partition

SPILL = "spill"

DISK_FACTOR = 2.2
"""Bytes on disk per byte of rows in memory: runs and output at once (measured)."""


class NoSpaceError(FatalError):
    """The disk of the warehouse is full, or too small for the table."""


def open_inputs(work: Work) -> None:
    """Find a reader for each file and read what the files say about themselves."""
    readers = load_readers()
    notes = work.request.notes
    work.progress.begin("looking at the input")
    options = ReadOptions(
        runner=work.runner, types=described_types(notes), null_texts=null_texts(notes)
    )
    for path in expand_inputs(work.request.inputs):
        source = find_reader(path, readers).open(path, options)
        work.sources.append(source)
        for text in source.notes:
            work.note(text)
    if not work.rows:
        names = ", ".join(str(source.path) for source in work.sources)
        raise InputError(f"There are no rows in {names}.", where=names)


def make_plan(work: Work) -> None:
    """Fix columns, position, key and names, and say what is converted."""
    work.plan = plan = plan_table(work.request, work.sources)
    for column in plan.columns:
        if column.note:
            work.note(f"column {column.original_name}: {column.note}")
    if plan.position is None and work.request.margin_arcsec is not None:
        raise UsageError(
            "A table without positions cannot have a margin.", hint="Leave --margin out."
        )
    if plan.position is None:
        work.note("no position columns were found: the table is ordered by row, not by place")
    else:
        position = plan.position
        work.note(
            f"positions are {position.lon.original_name}, {position.lat.original_name} "
            f"({position.frame})"
        )


def check_space(work: Work) -> None:
    """Refuse to start when the disk cannot hold runs and output."""
    needed = int(work.rows * work.row_bytes * DISK_FACTOR)
    free = shutil.disk_usage(work.folder).free
    if needed > free:
        raise NoSpaceError(
            f"The ingest needs about {needed // 10**6} MB of disk, "
            f"{work.folder} has {free // 10**6} MB free.",
            hint="Free some space, or set HUB_WAREHOUSE to a larger disk.",
        )


def write_runs(work: Work) -> None:
    """Read all rows once and write them as sorted runs."""
    spill = work.folder / SPILL
    spill.mkdir()
    request = work.request
    rows = run_rows(work.row_bytes, request.memory_bytes, request.threads)
    work.progress.begin("reading and sorting", work.rows)
    write = partial(write_run, plan=work.plan, folder=spill)
    for run in work.runner.map(write, run_tasks(work.sources, rows)):
        work.runs.append(run)
        work.progress.advance(run.rows)
    work.runs.sort(key=lambda run: run.number)


def merge_small_runs(work: Work) -> None:
    """Merge neighbouring runs while there are more than can be open at once."""
    level = 0
    while len(work.runs) > MOST_RUNS:
        work.progress.begin("merging runs", work.rows)
        merge = partial(merge_runs, plan=work.plan, level=level)
        merged = []
        for run in work.runner.map(merge, run_groups(work.runs)):
            merged.append(run)
            work.progress.advance(run.rows)
        work.runs = sorted(merged, key=lambda run: run.number)
        level += 1


def settle_types(work: Work) -> None:
    """Choose the final type of uint64 columns, now that the largest values are known."""
    plan = work.plan
    wide = [column for column in plan.columns if column.type == pa.uint64()]
    settled: dict[str, PlannedColumn] = {}
    for number, column in enumerate(wide):
        largest = max(run.largest[number] for run in work.runs)
        reason = f"the largest value is {largest}"
        settled[column.name] = with_type(column, settle_wide_integers(largest), reason)
        work.note(f"column {column.original_name}: {settled[column.name].note}")
    columns = tuple(settled.get(column.name, column) for column in plan.columns)
    work.schema = table_schema(replace(plan, columns=columns))
    work.plan = replace(plan, columns=columns)


def measure_encodings(work: Work) -> None:
    """Encode the first rows of the table each way, and keep what is smallest."""
    plan = work.plan
    with OpenRuns(work.runs, plan.order_column) as runs:
        sample = first_rows(runs, plan, work.schema)
    work.encodings = choose_encodings(sample, compact=work.request.compact)
    sample_bytes = sample.nbytes / sample.num_rows
    work.layout = FileLayout(
        schema=work.schema,
        encodings=work.encodings,
        order_column=plan.order_column,
        key=plan.key,
        group_rows=group_rows(sample_bytes),
    )


def first_rows(runs: OpenRuns, plan: TablePlan, schema: pa.Schema) -> pa.RecordBatch:
    """Return the first rows of the table in its order, in final types.

    At most `SAMPLE_ROWS`; which ones does not depend on how the runs were cut.
    """
    last = runs.key_of_rank(min(SAMPLE_ROWS, sum(keys.size for keys in runs.keys)))
    heads = [part.slice(0, SAMPLE_ROWS) for part in runs.slices(0, last)]
    keys, randoms = joined(heads, plan.order_column), joined(heads, RANDOM)
    order = sort_order(keys, randoms, has_sorted_runs=True)[:SAMPLE_ROWS]
    picked = next(in_order(heads, order, SAMPLE_ROWS))
    columns = [
        column if column.type == entry.type else column.cast(entry.type)
        for column, entry in zip(picked.columns, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def choose_partitions(work: Work) -> None:
    """Choose the partitions by bytes."""
    sample_rows = min(work.rows, SAMPLE_ROWS)
    model = size_model(work.schema, work.encodings, sample_rows)
    with OpenRuns(work.runs, work.plan.order_column) as runs:
        if work.plan.position is None:
            work.tasks = choose_row_ranges(runs, model, work.rows)
        else:
            work.tasks = choose_pixels(runs, model)


def write_partitions(work: Work) -> None:
    """Write the data files, largest first so that threads end together."""
    work.progress.begin("writing partitions", work.rows)
    write = partial(write_partition, runs=work.runs, layout=work.layout, folder=work.folder)
    by_size = sorted(work.tasks, key=lambda task: task.rows, reverse=True)
    for written in work.runner.map(write, by_size):
        work.written.append(written)
        work.progress.advance(written.partition.rows)
    work.written.sort(key=lambda written: written.partition.key_min)
    for written in work.written:
        for name, found in written.statistics.items():
            known = work.statistics.get(name)
            work.statistics[name] = found if known is None else known + found


def write_margins(work: Work) -> None:
    """Write the margin, if one was asked for; the runs must be there still."""
    radius_arcsec = work.request.margin_arcsec
    plan = work.plan
    if radius_arcsec is None or plan.ra is None or plan.dec is None:
        return
    work.progress.begin("writing the margin")
    facts = MarginFacts(
        name=work.collection_name,
        ra=plan.ra,
        dec=plan.dec,
        radius_arcsec=radius_arcsec,
        created=work.started,
    )
    placed = [w.partition for w in work.written if w.partition.path != UNPLACED]
    work.margin = write_margin(work.folder, placed, work.runs, work.layout, facts, work.runner)
    if not work.margin:
        work.note("no row is near the border of a partition: there is no margin to write")


def remove_runs(work: Work) -> None:
    """Delete the runs: every row is in a data file now."""
    shutil.rmtree(work.folder / SPILL)


def point_out_sentinels(work: Work) -> None:
    """Say which columns seem to hold numbers that mean null."""
    for text in sentinel_notes(work.plan.columns, work.statistics):
        work.note(text)
    unplaced = sum(w.partition.rows for w in work.written if w.partition.path == UNPLACED)
    if unplaced:
        work.note(f"{unplaced} rows have no position; they are kept apart and come last")


def write_metadata(work: Work) -> None:
    """Make the folder a HATS collection."""
    plan, request = work.plan, work.request
    placed = [w for w in work.written if w.partition.path != UNPLACED]
    if plan.ra is None or plan.dec is None or not placed:
        write_common_metadata(work.folder / DATA, work.schema)
        return
    facts = CollectionFacts(
        name=work.collection_name,
        title=request.notes.title or request.catalog,
        ra=plan.ra,
        dec=plan.dec,
        epoch=plan.epoch,
        partitions=[w.partition for w in placed],
        schema=work.schema,
        sky_map=_sky_map(placed),
        created=work.started,
        margins=(work.margin,) if work.margin else (),
    )
    write_collection(work.folder, facts)


def _sky_map(placed: list[WrittenPartition]) -> SkyMap:
    pixels = np.concatenate([w.map_pixels for w in placed])
    counts = np.concatenate([w.map_counts for w in placed])
    # Partitions of a higher order than the map's share its pixels.
    found, places = np.unique(pixels, return_inverse=True)
    return SkyMap(pixels=found, counts=np.bincount(places, weights=counts).astype(np.int64))


def fingerprint_inputs(work: Work) -> None:
    """Hash the input files for the provenance."""
    work.progress.begin("hashing the input")
    work.files = sorted(work.runner.map(_fingerprint, enumerate(work.sources)))


def _fingerprint(numbered: tuple[int, Source]) -> InputFile:
    number, source = numbered
    with source.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return InputFile(
        number=number,
        path=str(source.path),
        bytes=source.path.stat().st_size,
        rows=source.rows,
        sha256=digest,
    )


STAGES: tuple[Callable[[Work], None], ...] = (
    open_inputs,
    make_plan,
    check_space,
    write_runs,
    merge_small_runs,
    settle_types,
    measure_encodings,
    choose_partitions,
    write_partitions,
    write_margins,
    remove_runs,
    point_out_sentinels,
    fingerprint_inputs,
    write_metadata,
)
"""What happens to the files of a table; publishing follows (`ingest.run`)."""

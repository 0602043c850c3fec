"""The files of a table: order, partitions, determinism, memory, HATS."""

import io
from dataclasses import replace
from functools import cache
from itertools import pairwise

import hats
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xxhash
from astropy import units
from astropy.coordinates import SkyCoord
from astropy.io import fits
from hats.io.validation import is_valid_catalog, is_valid_collection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mocpy import MOC

from hub.sky.healpix import key_range, keys
from ingest import choose_partitions, merging, runs, stages, write_partitions
from ingest.progress import Progress, progress_line
from ingest.random_key import random_numbers, row_bits, text_bits
from tests.ingest.skies import sky, write_sky


@pytest.fixture
def small_partitions(monkeypatch):
    """Split and spill as for big tables."""
    monkeypatch.setattr(choose_partitions, "LARGEST_BYTES", 20_000)
    monkeypatch.setattr(write_partitions, "ROW_GROUP_ROWS", 500)


def expected_order(table, seed=0):
    key = keys(table.column("ra").to_numpy(), table.column("dec").to_numpy())
    random = random_numbers(row_bits(0, 0, table.num_rows), seed)
    return np.lexsort((np.arange(table.num_rows), random, key))


def test_rows_are_in_the_order_of_key_random_and_place(hub, tmp_path, small_partitions):
    table = sky(20_000)
    path = write_sky(tmp_path / "s.parquet", table, row_group_size=3000)
    done = hub.ingest(path, memory_bytes=64 * 2**20)
    assert done.column("id") == table.column("id").take(expected_order(table)).to_pylist()


def test_every_cell_survives(hub, tmp_path, small_partitions):
    table = sky(5000)
    rows = hub.ingest(write_sky(tmp_path / "s.parquet", table), key="id").rows()
    mine = rows.select(table.column_names).sort_by("id")
    assert mine.replace_schema_metadata().cast(table.schema).equals(table.sort_by("id"))


@given(rows=st.integers(1, 400), seed=st.integers(0, 2**32 - 1), limit=st.integers(500, 50_000))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=15
)
def test_every_row_lands_in_exactly_one_partition(
    new_hub, tmp_path_factory, monkeypatch, rows, seed, limit
):
    folder = tmp_path_factory.mktemp("one")
    monkeypatch.setattr(choose_partitions, "LARGEST_BYTES", limit)
    table = sky(rows, seed)
    hub = new_hub(f"{folder.name}-{seed}-{rows}-{limit}")
    done = hub.ingest(write_sky(folder / "s.parquet", table), threads=1)
    found = []
    for part in done.table.partitions:
        content = pq.ParquetFile(done.folder / part.path).read()
        key = content.column("_healpix_29").to_numpy()
        first, last = key_range(part.order, part.pixel)
        assert first <= part.key_min == key[0]
        assert key[-1] == part.key_max <= last
        assert part.rows == content.num_rows
        found += content.column("id").to_pylist()
    assert sorted(found) == sorted(table.column("id").to_pylist())
    ends = [(part.key_min, part.key_max) for part in done.table.partitions]
    assert all(left[1] < right[0] for left, right in pairwise(ends))


def test_partitions_are_split_by_bytes(hub, tmp_path, small_partitions):
    done = hub.ingest(write_sky(tmp_path / "s.parquet", sky(20_000)))
    orders = {part.order for part in done.table.partitions}
    assert len(orders) > 2
    same = [part for part in done.table.partitions if part.bytes > 60_000]
    # Only rows that share one position may be together in more than the limit.
    assert all(part.key_min == part.key_max for part in same)


def test_the_same_input_gives_the_same_bytes_whatever_threads_and_memory(
    new_hub, tmp_path, monkeypatch, small_partitions
):
    path = write_sky(tmp_path / "s.parquet", sky(20_000), row_group_size=1700)
    contents = []
    for threads, run_rows in ((1, 10**6), (2, 1000), (4, 3111)):
        monkeypatch.setattr(runs, "MOST_ROWS", run_rows)
        monkeypatch.setattr(runs, "LEAST_ROWS", 100)
        # With the smallest runs, also the merging of runs in two levels.
        monkeypatch.setattr(stages, "MOST_RUNS", 2 if run_rows == 1000 else 256)
        monkeypatch.setattr(merging, "GROUP_RUNS", 3)
        monkeypatch.setattr(merging, "BATCH_ROWS", 700)
        done = new_hub(f"t{threads}").ingest(path, threads=threads, key="id")
        contents.append([(file.name, file.read_bytes()) for file in done.files])
    assert contents[0] == contents[1] == contents[2]


def test_a_giant_row_group_is_read_in_batches(new_hub, tmp_path, monkeypatch):
    table = sky(20_000)
    small = write_sky(tmp_path / "a.parquet", table, row_group_size=1000)
    giant = write_sky(tmp_path / "b.parquet", table, row_group_size=20_000)
    monkeypatch.setattr(runs, "MOST_ROWS", 3000)
    monkeypatch.setattr(runs, "LEAST_ROWS", 100)
    first, second = new_hub("a").ingest(small), new_hub("b").ingest(giant)
    assert [f.read_bytes() for f in first.files] == [f.read_bytes() for f in second.files]


def test_hats_opens_and_validates_the_collection(hub, tmp_path, small_partitions):
    table = sky(5000)
    done = hub.ingest(write_sky(tmp_path / "s.parquet", table), epoch=2016.0)
    assert is_valid_collection(done.folder)
    assert is_valid_collection(done.folder, strict=True)
    assert is_valid_catalog(done.folder / "data", strict=True)
    catalog = hats.read_hats(done.folder).main_catalog
    assert catalog.catalog_info.total_rows == 5000
    assert len(catalog.get_healpix_pixels()) == len(done.table.partitions)
    assert catalog.schema.names == done.rows().schema.names
    counts = np.zeros(12 * 4**8)
    with fits.open(done.folder / "data" / "skymap.fits") as hdus:
        counts[hdus[1].data["PIXEL"]] = hdus[1].data.field(1)
    assert counts.sum() == 5000
    moc = MOC.from_fits(done.folder / "data" / "moc.fits")
    assert moc.contains_lonlat(
        table.column("ra").to_numpy() * units.deg, table.column("dec").to_numpy() * units.deg
    ).all()


def test_data_files_say_how_they_are_sorted_and_hold_no_partition_columns(hub, tmp_path):
    done = hub.ingest(write_sky(tmp_path / "s.parquet", sky(3000)), key="id")
    for path in done.files:
        footer = pq.read_metadata(path)
        names = footer.schema.to_arrow_schema().names
        assert names[-2:] == ["_healpix_29", "_random"]
        assert not {"Norder", "Dir", "Npix"} & set(names)
        group = footer.row_group(0)
        order = [names[column.column_index] for column in group.sorting_columns]
        assert order == ["_healpix_29", "_random"]
        assert group.column(0).has_offset_index
        assert group.column(names.index("_healpix_29")).compression == "UNCOMPRESSED"


def test_compact_files_are_smaller(new_hub, tmp_path):
    table = sky(20_000)
    rng = np.random.default_rng(2)
    table = table.append_column("flux", pa.array(rng.normal(20, 1, 20_000).astype("f4")))
    path = write_sky(tmp_path / "s.parquet", table)
    plain, compact = new_hub("p").ingest(path), new_hub("c").ingest(path, compact=True)
    assert compact.table.bytes < 0.95 * plain.table.bytes
    assert compact.rows().equals(plain.rows())


def test_a_table_without_positions_keeps_the_order_of_the_input(hub, tmp_path, monkeypatch):
    monkeypatch.setattr(choose_partitions, "LARGEST_BYTES", 20_000)
    monkeypatch.setattr(runs, "MOST_ROWS", 700)
    table = sky(5000).select(["id", "mag", "name"])
    one = write_sky(tmp_path / "1.parquet", table.slice(0, 1234))
    two = write_sky(tmp_path / "2.parquet", table.slice(1234))
    done = hub.ingest(one, two)
    assert done.column("id") == table.column("id").to_pylist()
    assert done.column("_row") == list(range(5000))
    assert done.table.position is None
    assert done.table.order_key == ("_row",)
    assert len(done.table.partitions) > 2
    assert done.table.partitions[0].key_min == 0
    assert "no position columns" in done.said
    bits = np.concatenate([row_bits(0, 0, 1234), row_bits(1, 0, 5000 - 1234)])
    assert done.column("_random") == random_numbers(bits, 0).tolist()


def test_random_numbers_follow_the_documented_formula(hub, tmp_path):
    def splitmix64(value):
        mask = 2**64 - 1
        value = (value + 0x9E3779B97F4A7C15) & mask
        value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & mask
        value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & mask
        return value ^ (value >> 31)

    rows = hub.ingest(write_sky(tmp_path / "s.parquet", sky(100)), key="id", seed=7).rows()
    expected = [splitmix64(key ^ splitmix64(7)) >> 33 for key in rows.column("id").to_pylist()]
    assert rows.column("_random").to_pylist() == expected


@given(texts=st.lists(st.text(max_size=100), max_size=20))
@settings(deadline=None)
def test_text_keys_are_hashed_as_xxh64(texts):
    expected = [xxhash.xxh64_intdigest(text.encode()) for text in texts]
    assert text_bits(pa.array(texts, pa.string())).tolist() == expected


def test_statistics_are_those_of_the_rows(hub, tmp_path, small_partitions):
    table = sky(5000)
    done = hub.ingest(write_sky(tmp_path / "s.parquet", table))
    for name in table.column_names:
        column = done.table.column(name)
        bounds = pa.compute.min_max(table.column(name))
        assert column.minimum == bounds["min"].as_py()
        assert column.maximum == bounds["max"].as_py()
        assert column.nulls == table.column(name).null_count
    footers = [pq.read_metadata(path) for path in done.files]
    groups = [footer.row_group(n) for footer in footers for n in range(footer.num_row_groups)]
    in_files = sum(group.column(n).total_compressed_size for group in groups for n in range(8))
    assert sum(column.bytes for column in done.table.columns) == in_files


def test_progress_is_drawn_on_a_terminal_only():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    assert progress_line("sorting", 500_000, 2_000_000, 0.5) == (
        "sorting: 500,000 of 2,000,000 rows, 1,000,000 rows/s, 0:02 left"
    )
    for stream, draws in ((Terminal(), True), (io.StringIO(), False)):
        progress = Progress(stream)
        progress.begin("sorting", 10)
        progress.note("look")
        progress.end()
        assert ("sorting" in stream.getvalue()) is draws
        assert "hub: note: look\n" in stream.getvalue()


def test_one_partition_can_hold_one_repeated_position(hub, tmp_path, small_partitions):
    table = sky(3000)
    same = table.set_column(1, "ra", pa.array(np.full(3000, 5.0)))
    same = same.set_column(2, "dec", pa.array(np.full(3000, 5.0)))
    done = hub.ingest(write_sky(tmp_path / "s.parquet", same))
    assert len(done.table.partitions) == 1
    assert replace(done.table.partitions[0], bytes=0, path="").rows == 3000


@pytest.mark.parametrize("radius_arcsec", [10.0, 600.0])
def test_a_margin_holds_every_row_near_a_border(hub, tmp_path, small_partitions, radius_arcsec):
    table = sky(20_000)
    done = hub.ingest(
        write_sky(tmp_path / "s.parquet", table), margin_arcsec=radius_arcsec, threads=2
    )
    assert is_valid_collection(done.folder, strict=True)
    collection = hats.read_hats(done.folder)
    name = f"margin_{radius_arcsec:g}arcsec"
    assert collection.default_margin == name
    # A step of the margin to any side leads into the partitions whose margin has the row.
    ra, dec = table.column("ra").to_numpy(), table.column("dec").to_numpy()
    own = owners(done.table, ra, dec)
    places = SkyCoord(ra * units.deg, dec * units.deg)
    for angle in range(0, 360, 30):
        moved = places.directional_offset_by(angle * units.deg, radius_arcsec * units.arcsec)
        other = owners(done.table, moved.ra.deg, moved.dec.deg)
        for row in np.flatnonzero((other != own) & (other >= 0)):
            part = done.table.partitions[other[row]]
            path = done.folder / part.path.replace("data/", f"{name}/", 1)
            assert table.column("id")[int(row)].as_py() in ids(path)


@cache
def ids(path):
    return set(pq.read_table(path, columns=["id"], partitioning=None).column("id").to_pylist())


def owners(table, ra, dec):
    """Number of the partition that holds each position; -1 for none."""
    key = keys(ra, dec)
    found = np.full(key.size, -1)
    for number, part in enumerate(table.partitions):
        first, last = key_range(part.order, part.pixel)
        found[(key >= first) & (key <= last)] = number
    return found

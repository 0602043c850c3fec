"""Rows with NaN are found by filters: files promise no bounds for columns that hold it."""

import math
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from hub.access import LOCAL
from hub.assemble import assemble
from hub.cli.parser import HubParser
from hub.settings import Settings
from ingest.commands import ingest as command


def test_filters_find_rows_with_nan(tmp_path: Path) -> None:
    rows = 3000
    table = pa.table(
        {
            "ra": [360.0 * i / rows for i in range(rows)],
            "dec": [0.0] * rows,
            "f": [math.nan if i % 10 == 0 else 5.0 for i in range(rows)],
            "g": pa.array([None if i % 7 == 0 else 5.0 for i in range(rows)], pa.float32()),
        }
    )
    pq.write_table(table, tmp_path / "in.parquet")
    settings = Settings.load({}, tmp_path / "home")
    count = _ingested(settings, tmp_path / "in.parquet")
    assert count("isnan(f)") == 300
    assert count("f <> 5") == 300
    assert count("NOT (f <= 5)") == 300
    assert count("NOT (f BETWEEN 0 AND 9)") == 300
    assert count("f = 5") == 2700
    assert count("g IS NULL") == 429
    files = list((tmp_path / "home").rglob("Npix=*/part-0.parquet"))
    footers = [pq.read_metadata(path).row_group(0) for path in files]
    # Border pixels hold single rows, some of them without a NaN.
    for path, footer in zip(files, footers, strict=True):
        values = pq.ParquetFile(path).read(["f"]).column("f").to_pylist()
        found = footer.column(2).statistics
        has_bounds = found is not None and found.has_min_max
        assert has_bounds is not any(math.isnan(value) for value in values)
    whole = [footer for footer in footers if footer.num_rows > 1]
    assert all(footer.column(3).statistics.has_min_max for footer in whole)


def _ingested(settings: Settings, path: Path) -> Callable[[str], int]:
    parser = HubParser()
    command.configure(parser)
    options = parser.parse_args(["catalog", "nans", "1.0", str(path)])
    assert command.run(options, settings) == 0
    queries = assemble(settings).queries

    def count(condition: str) -> int:
        plan = queries.plan_sql(f"SELECT count(*) AS n FROM nans.main WHERE {condition}", LOCAL)
        with queries.stream(plan) as stream:
            return int(stream.read_all()["n"][0].as_py())

    return count

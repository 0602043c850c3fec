"""Speed against peers, measured in the same run: ``make bench``.

Exit status 1 when a bound is broken. Needs 4 GB of scratch space for 10^7 rows.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from bench_cone import measure_cone
from bench_heat_map import measure_heat_map
from bench_ingest import measure_ingest, write_inputs
from bench_votable import measure_votable
from measure import Measurement, show

from hub.access import LOCAL
from hub.assemble import assemble
from hub.settings import Settings


def main() -> int:
    """Run all benchmarks and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000, help="rows of the mock survey")
    parser.add_argument("--scratch", type=Path, help="folder for temporary files")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hub-bench-", dir=options.scratch) as folder:
        measurements = run(Path(folder), options.rows)
    print(show(measurements))
    return 0 if all(measurement.holds for measurement in measurements) else 1


def run(folder: Path, rows: int) -> list[Measurement]:
    """Ingest a survey and measure with it."""
    home = folder / "home"
    home.mkdir()
    inputs = write_inputs(folder / "inputs", rows)
    measurements = [measure_ingest(home, inputs, rows)]
    services = assemble(Settings.load(os.environ, home))
    table = services.catalogs.table("mock", None, "main", LOCAL)
    location = services.warehouse.local_of_url(table.location)
    files = [str(location / partition.path) for partition in table.partitions]
    measurements.append(measure_votable(services, folder))
    measurements.append(measure_cone(services, files, rows))
    measurements.extend(measure_heat_map(services, files, rows))
    return measurements


if __name__ == "__main__":
    sys.exit(main())

"""A heat map of every row, against what DuckDB needs to hand over the columns or to group."""

import duckdb
import numpy as np
from measure import Measurement, best_of

from hub.access import LOCAL
from hub.assemble import Services
from hub.explore.request import AxisRequest, PlotRequest
from hub.query.selection import Selection

X, Y = "mag_i", "z_phot"
X_RANGE, Y_RANGE = (14.0, 25.0), (0.0, 4.0)
BINS = 512
MAY_TAKE_TIMES_THE_STREAM = 1.3


def measure_heat_map(services: Services, files: list[str], rows: int) -> list[Measurement]:
    """Time of an exact heat map with counts, ranges given."""
    request = PlotRequest(
        selection=Selection.parse({"catalog": "mock"}),
        x=AxisRequest(expression=X, range=X_RANGE),
        y=AxisRequest(expression=Y, range=Y_RANGE),
        bins=(BINS, BINS),
    )
    database = duckdb.connect()
    database.execute(f"SET threads = {services.settings.threads}")
    source = f"read_parquet({files!r})"
    grouped = f"""
        SELECT floor(({X} - {X_RANGE[0]}) * {BINS / (X_RANGE[1] - X_RANGE[0])})::INT AS x,
               floor(({Y} - {Y_RANGE[0]}) * {BINS / (Y_RANGE[1] - Y_RANGE[0])})::INT AS y,
               count(*) AS n
        FROM {source}
        WHERE {X} >= {X_RANGE[0]} AND {X} < {X_RANGE[1]}
          AND {Y} >= {Y_RANGE[0]} AND {Y} < {Y_RANGE[1]}
        GROUP BY 1, 2
    """
    totals = {}

    def ours() -> None:
        plot = services.exploration.plot(request, LOCAL)
        totals["ours"] = int(np.sum(plot.grid))

    def bare_stream() -> None:
        for _ in database.sql(f"SELECT {X}, {Y} FROM {source}").to_arrow_reader():
            pass

    def group_by() -> None:
        table = database.sql(grouped).to_arrow_table()
        totals["peer"] = int(np.sum(table["n"].to_numpy()))

    seconds, stream_seconds, group_seconds = best_of(7, ours, bare_stream, group_by)
    if abs(totals["ours"] - totals["peer"]) > 1e-6 * rows:
        raise AssertionError(f"The heat maps differ: {totals}.")
    what = f"heat map {BINS} x {BINS} of {rows:,} rows"
    return [
        Measurement(
            what=what,
            seconds=seconds,
            peer="DuckDB, bare stream of the columns",
            peer_seconds=stream_seconds,
            bound=f"ratio at least {1 / MAY_TAKE_TIMES_THE_STREAM:.2f}",
            holds=seconds <= MAY_TAKE_TIMES_THE_STREAM * stream_seconds,
        ),
        Measurement(
            what=what,
            seconds=seconds,
            peer="DuckDB, GROUP BY",
            peer_seconds=group_seconds,
            bound="ratio above 1",
            holds=seconds < group_seconds,
        ),
    ]

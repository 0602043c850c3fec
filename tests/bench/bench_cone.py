"""A cone of 1 degree, all columns, against DuckDB with a box on the same files."""

import duckdb
from measure import Measurement, best_of

from hub.access import LOCAL
from hub.assemble import Services
from hub.query.selection import Selection

RA_DEG, DEC_DEG, RADIUS_DEG = 12.0, 20.0, 1.0
MUST_TAKE_AT_MOST_S = 0.050


def measure_cone(services: Services, files: list[str], rows: int) -> Measurement:
    """Time of a warm cone search: planned, read, all rows in memory."""
    region = {"kind": "cone", "ra_deg": RA_DEG, "dec_deg": DEC_DEG, "radius_deg": RADIUS_DEG}
    selection = Selection.parse({"catalog": "mock", "region": region})
    database = duckdb.connect()
    peer_sql = f"""
        SELECT * FROM read_parquet({files!r})
        WHERE dec BETWEEN {DEC_DEG - RADIUS_DEG} AND {DEC_DEG + RADIUS_DEG}
          AND ra BETWEEN {RA_DEG - 1.07 * RADIUS_DEG} AND {RA_DEG + 1.07 * RADIUS_DEG}
          AND 2 * asin(sqrt(pow(sin(radians(dec - {DEC_DEG}) / 2), 2)
              + cos(radians(dec)) * cos(radians({DEC_DEG}))
              * pow(sin(radians(ra - {RA_DEG}) / 2), 2))) <= radians({RADIUS_DEG})
    """
    found = {}

    def ours() -> None:
        plan = services.queries.plan_selection(selection, LOCAL)
        with services.queries.stream(plan) as stream:
            found["ours"] = stream.read_all().num_rows

    def peer() -> None:
        found["peer"] = database.sql(peer_sql).to_arrow_table().num_rows

    seconds, peer_seconds = best_of(15, ours, peer)
    if found["ours"] != found["peer"] or not found["ours"]:
        raise AssertionError(f"The cones differ: {found}.")
    return Measurement(
        what=f"cone of 1 deg in {rows:,} rows, warm ({found['ours']:,} rows found)",
        seconds=seconds,
        peer="DuckDB, box",
        peer_seconds=peer_seconds,
        bound=f"at most {MUST_TAKE_AT_MOST_S * 1000:g} ms",
        holds=seconds <= MUST_TAKE_AT_MOST_S,
    )

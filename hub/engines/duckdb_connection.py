"""A DuckDB that can read some folders and nothing else, and what its errors mean.

The embedded engine and the tasks of Spark compute with it, so both are locked
down alike and fail in the same words.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

BATCH_ROWS = 122_880
"""Rows of a batch at most, as DuckDB makes them: 10 columns of doubles are 10 MB."""

# What the engine says holds file names and its own SQL, so each kind of
# failure has its own words here; the engine's go to the log.
FILES = ("The files of the table cannot be read.", "Run hub doctor.")
OVERFLOW = (
    "A whole number in the query went beyond 64 bits.",
    "Cast to double before computing: CAST(x AS double).",
)
CONVERSION = (
    "A value in the query cannot be converted to the type asked for.",
    "Leave such values out with WHERE before the CAST.",
)
MANY_ROWS = (
    "A sub-query that is used as a value gave more than one row.",
    "Take one by min, max or LIMIT 1, or use IN.",
)
UNKNOWN = (
    "The engine could not run the query.",
    "HUB_DEBUG=1 tells more, and so does the log of a server.",
)
RANGE = ("A value in the query is outside of what its function takes.", "")
_FAILURES: tuple[tuple[type[Exception], tuple[str, str]], ...] = (
    (
        duckdb.OutOfMemoryException,
        (
            "The query needs more memory than the hub may use.",
            "Take fewer columns or rows, or raise HUB_MEMORY.",
        ),
    ),
    (duckdb.OutOfRangeException, OVERFLOW),
    (duckdb.ConversionException, CONVERSION),
    (
        duckdb.InvalidInputException,
        RANGE,
    ),
    (duckdb.IOException, FILES),
)


def open_connection(
    folders: Sequence[str], *, spill: Path, memory_bytes: int, threads: int
) -> duckdb.DuckDBPyConnection:
    """Open an instance in memory, locked down.

    Parameters
    ----------
    folders
        The only folders it may read.
    spill
        Folder for what does not fit into memory; DuckDB makes it when it needs it.
    memory_bytes
        Beyond it the instance spills.
    """
    spill.parent.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(
        config={
            "threads": str(threads),
            "memory_limit": f"{memory_bytes // 2**20}MiB",
            "temp_directory": str(spill),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
            # Deep but legal: chains of operators are limited in hub.query.parse.
            "max_expression_depth": "5000",
        }
    )
    # These belong to extensions that load with the first statement.
    connection.execute("SET TimeZone = 'UTC'")
    # Published files never change, so their footers can be kept.
    connection.execute("SET parquet_metadata_cache = true")
    # The order matters: the last of these closes the door behind the others.
    connection.execute("SET allowed_directories = $1", [list(folders)])
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def failure_words(error: Exception) -> tuple[str, str]:
    """Return the message and the hint that a failure has for users."""
    text = str(error)
    if "more than one row" in text.lower():
        return MANY_ROWS
    for kind, words in _FAILURES:
        if isinstance(error, kind):
            return words
    # What fails behind the first batch comes through Arrow, as an OSError with that text.
    if "Out of Range" in text or "Overflow" in text:
        return OVERFLOW
    if "Conversion Error" in text:
        return CONVERSION
    return FILES if isinstance(error, OSError) else UNKNOWN

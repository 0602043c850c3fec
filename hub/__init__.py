"""The exploration hub: tables, selections, queries, plots and results.

This package knows nothing of the web, of ingest, of Spark jobs or of data
products; what they add reaches it by entry points (see ``docs/architecture.md``).
"""

__version__ = "0.1.0"

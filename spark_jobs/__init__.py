"""Doors to Spark: jobs that call the library; nothing here yet."""

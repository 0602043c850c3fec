"""Ingest: files that astronomers have become tables that every engine reads."""

"""Engines: the seam, and one module for each of them."""

"""Positions and shapes on the sky, and the HEALPix pixels that they touch."""

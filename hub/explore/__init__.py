"""Binned statistics of selections: axes, kernels, counts, pictures and their captions."""

"""Files of catalogues and of gamma-ray telescopes into the hub's tables."""

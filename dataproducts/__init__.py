"""Physics products made with Gammapy; nothing here yet."""

"""The web side: pages, API and the commands that serve them."""

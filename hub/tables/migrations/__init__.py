"""Steps from one revision of the hub database to the next, as Alembic runs them."""

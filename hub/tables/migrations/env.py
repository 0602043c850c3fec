"""Runs the migrations on the connection that `hub.tables.migrate` hands over."""

from alembic import context

from hub.tables.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    # Both databases can undo changes of the schema, so a broken migration leaves nothing.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()

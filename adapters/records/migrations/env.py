"""Run by alembic for every command: takes the steps on the connection, and in the transaction, that it is given."""

from __future__ import annotations

from alembic import context

from adapters.records.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite changes a column only by making its table anew; alembic's batch mode does that
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()

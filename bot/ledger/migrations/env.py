"""Alembic's entry: run the revisions on the connection that upgrade() was given."""

from alembic import context

from bot.ledger.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()

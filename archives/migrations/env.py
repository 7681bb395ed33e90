"""Run by Alembic: does the steps on the connection that it was given, in the transaction that is begun there."""

from alembic import context

from archives.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()

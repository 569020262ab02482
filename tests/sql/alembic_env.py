"""What Alembic runs for each command, with the connection and the tables that its caller has put in the settings."""

from alembic import context

settings = context.config.attributes

context.configure(
    connection=settings["connection"],
    target_metadata=settings["metadata"],
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()

"""What Alembic runs: upgrade.py and autogenerate hand their open connection over."""

from alembic import context

from foureyes.migrations.compare import OPTIONS

context.configure(connection=context.config.attributes["connection"], **OPTIONS)
# One transaction for all migrations, also on SQLite, whose driver Alembic takes for one that can't: a migration that
# fails leaves the database as it was.
with context.begin_transaction():
    context.run_migrations()

"""Migrations: Alembic on SQLite and PostgreSQL."""

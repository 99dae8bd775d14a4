"""How the tables come to be and change, on SQLite and PostgreSQL alike; Alembic is imported only while they do."""

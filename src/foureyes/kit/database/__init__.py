"""The one door to the store: SQLite when embedded, PostgreSQL when distributed; a transaction is a plain function."""

"""Stores for tests: a SQLite file of each test's own, or a PostgreSQL database of each process, emptied each time."""

import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path

import asyncpg

from foureyes import models
from foureyes.kit.database.open import open_database
from foureyes.kit.database.port import Database
from foureyes.migrations.upgrade import upgrade
from servers import apart, dsn, postgres_url

STORES = ("sqlite", "postgres")
TABLES = models.User.metadata
_PREFIX = "foureyes_test_"


@asynccontextmanager
async def open_store(kind: str, folder: Path) -> AsyncIterator[Database]:
    """A store with every table, empty."""
    database = open_database(store_url(kind, folder), patience=timedelta(seconds=5))
    try:
        yield database
    finally:
        await database.close()


def store_url(kind: str, folder: Path) -> str:
    """The address of a store with every table, empty: for tests that start processes of their own."""
    if kind == "sqlite":
        return _sqlite_store(folder)
    url = _postgres_store()
    apart(_empty(url))
    return url


def _sqlite_store(folder: Path) -> str:
    path = folder / "foureyes.sqlite"
    path.write_bytes(_sqlite_template())
    return f"sqlite:///{path}"


@cache
def _sqlite_template() -> bytes:
    """A migrated file without rows: making one takes a tenth of a second, copying it a millisecond."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.sqlite"
        apart(upgrade(f"sqlite:///{path}"))
        return path.read_bytes()


@cache
def _postgres_store() -> str:
    name = f"{_PREFIX}{os.getpid()}"

    async def make() -> None:
        connection = await asyncpg.connect(dsn(postgres_url("postgres")))
        await _drop_abandoned(connection)
        await connection.execute(f'CREATE DATABASE "{name}"')
        await connection.close()
        await upgrade(postgres_url(name))

    apart(make())
    return postgres_url(name)


async def _drop_abandoned(connection: asyncpg.Connection) -> None:
    """Drop what test processes left that are no more: they may have been killed."""
    rows = await connection.fetch("SELECT datname FROM pg_database WHERE datname LIKE $1", f"{_PREFIX}%")
    for name in (row["datname"] for row in rows):
        pid = name.removeprefix(_PREFIX)
        if not pid.isdigit() or not _alive(int(pid)) or int(pid) == os.getpid():
            await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


async def _empty(url: str) -> None:
    connection = await asyncpg.connect(dsn(url))
    names = ", ".join(f'"{table.name}"' for table in TABLES.sorted_tables)
    await connection.execute(f"TRUNCATE {names} CASCADE")
    await connection.close()

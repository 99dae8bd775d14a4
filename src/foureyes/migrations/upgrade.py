"""Bringing a store to the version that this code was written for, and telling whether it is there."""

import asyncio
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, NullPool, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import Session

from foureyes.errors import DatabaseError, MigrationNeededError
from foureyes.kit.database import postgres, sqlite
from foureyes.kit.database.backup import copy_sqlite
from foureyes.kit.database.open import open_database, parsed_url
from foureyes.kit.database.port import Database

HERE = Path(__file__).parent

# Any number that no other program on the same server is likely to have chosen: the bytes of "foureyes".
_ADVISORY_LOCK = int.from_bytes(b"foureyes")
_PATIENCE = 60
# Short, for whoever waits behind a migration that itself waits for a lock waits as well.
_LOCK_TIMEOUT = "5s"


def wanted(folder: Path = HERE) -> str:
    """The version that this code was written for: the number of the newest migration. Imports no Alembic."""
    return max(path.name[:4] for path in (folder / "versions").glob("[0-9]*.py"))


async def check(database: Database) -> None:
    """Return when the store can be used. One of a newer release can: migrations keep the release before them running.

    Raises:
        MigrationNeededError: its tables are older than this code, or not there.
        DatabaseUnavailableError: it can't be reached.
    """
    found = await database.read(_version)
    if found < wanted():
        raise MigrationNeededError(found, wanted())


async def current(url: str) -> str:
    """The version of the store at `url`; empty where no table was ever made.

    Raises:
        DatabaseUnavailableError: it can't be reached.
    """
    # Asking would make the file.
    if _is_sqlite(parsed := parsed_url(url)) and not _path(parsed).exists():
        return ""
    database = open_database(url, connections=1)
    try:
        return await database.read(_version)
    finally:
        await database.close()


async def upgrade(url: str, *, folder: Path = HERE, patience: int = _PATIENCE) -> str:
    """Bring the store at `url` to the version of `folder`, and return the version it is at now.

    All or nothing, and safe to run twice at once: the second one waits, for `patience` seconds at most. A SQLite file
    that holds something is copied first, to `NAME.before-VERSION` beside it.

    Raises:
        DatabaseUnavailableError: it can't be reached, or somebody held a lock for too long: nothing was changed.
    """
    parsed = parsed_url(url)
    if _is_sqlite(parsed):
        return await asyncio.to_thread(_upgrade_sqlite, _path(parsed), folder, patience)
    try:
        return await _upgrade_postgres(parsed, folder, patience)
    except (DBAPIError, OSError) as exc:
        raise postgres.translated(exc) from exc


def _version(session: Session) -> str:
    return _version_of(session.connection())


def _version_of(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.scalar(text("SELECT version_num FROM alembic_version")) or ""


def _upgrade_sqlite(path: Path, folder: Path, patience: int) -> str:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # A table is altered by making it anew; with foreign keys on, dropping the old one would delete what refers to it.
    engine = sqlite.sqlite_engine(path, size=1, immediate=True, foreign_keys=False, patience=patience)
    try:
        with engine.connect() as connection:
            found = _version_of(connection)
        if found and found < wanted(folder):
            copy_sqlite(path, path.with_name(f"{path.name}.before-{wanted(folder)}"))
        with engine.begin() as connection:
            found = _migrate(connection, folder)
            if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise DatabaseError(
                    f"the migration would leave rows of {broken[0]} that refer to nothing in {broken[2]}"
                )
            return found
    except DBAPIError as exc:
        raise sqlite.translated(exc) from exc
    finally:
        engine.dispose()


async def _upgrade_postgres(url: URL, folder: Path, patience: int) -> str:
    # No limit on statements: an index over millions of rows takes its time.
    engine = create_async_engine(url, poolclass=NullPool, connect_args={"timeout": 5})
    try:
        async with engine.connect() as connection:
            await connection.execute(text(f"SET lock_timeout = '{patience}s'"))
            # Of the session, not of the transaction: a migration may have to commit before it makes an index.
            await connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _ADVISORY_LOCK})
            await connection.execute(text(f"SET lock_timeout = '{_LOCK_TIMEOUT}'"))
            await connection.commit()
            found = await connection.run_sync(_migrate, folder)
            await connection.commit()
            return found
    finally:
        await engine.dispose()


def _migrate(connection: Connection, folder: Path) -> str:
    """Run what is missing on an open connection; the version afterwards."""
    found = _version_of(connection)
    if found < wanted(folder):
        from alembic import command  # noqa: PLC0415  # Costs a start that does not migrate 80 ms.

        command.upgrade(alembic_config(connection, folder), "head")
    return _version_of(connection)


def alembic_config(connection: Connection, folder: Path = HERE) -> Any:  # noqa: ANN401  # Its type would import Alembic.
    """Alembic's configuration, with our open connection for env.py."""
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _is_sqlite(url: URL) -> bool:
    return url.drivername == "sqlite"


def _path(url: URL) -> Path:
    return Path(url.database or "")

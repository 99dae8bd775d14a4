"""Backups of the store while it is in use: SQLite's own backup, or pg_dump. Copying the file would tear it."""

import asyncio
import os
import sqlite3  # noqa: TID251  # SQLAlchemy has no word for SQLite's backup call.
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from foureyes.errors import DatabaseError, MissingProgramError, UsageError
from foureyes.kit import process
from foureyes.kit.database.instance import held
from foureyes.kit.database.open import open_database, parsed_url
from foureyes.kit.database.sqlite import translated

_LONGEST = process.Limits(time=timedelta(hours=12), memory=None)
_SQLITE_SIGN, _POSTGRES_SIGN = b"SQLite format 3\0", b"PGDMP"


async def backup(url: str, target: Path) -> None:
    """Write the store at `url` to the new file `target`, as it was at one moment, while others read and write.

    Raises:
        UsageError: there is no store at `url`, `target` is there already, or pg_dump is not installed.
        DatabaseError: the store can't be read, or `target` can't be written.
    """
    parsed = parsed_url(url)
    _expect_none(target)
    with _complete(target) as part:
        if parsed.drivername == "sqlite":
            await asyncio.to_thread(copy_sqlite, Path(parsed.database or ""), part)
        else:
            await _postgres_program("pg_dump", parsed, ["--format=custom", f"--file={part}"])


async def restore(url: str, source: Path, *, force: bool = False) -> None:
    """Make the store at `url` what it was when `source` was written. All or nothing. Stop the server before.

    With `force` a store that is there already is replaced; a SQLite file is kept beside it as `NAME.replaced`.

    Raises:
        UsageError: `source` is no backup of such a store, a store is there already, or pg_restore is not installed.
        InstanceRunningError: a server works on the same SQLite file.
        DatabaseError: `source` is damaged, or the store can't be written.
    """
    parsed = parsed_url(url)
    sqlite = parsed.drivername == "sqlite"
    if not _starts_with(source, _SQLITE_SIGN if sqlite else _POSTGRES_SIGN):
        raise UsageError(f"{source} is no backup of a {'SQLite' if sqlite else 'PostgreSQL'} store.")
    if sqlite:
        await asyncio.to_thread(_restore_sqlite, Path(parsed.database or ""), source, force=force)
        return
    if not force and await _has_tables(url):
        raise UsageError("There are tables in that database already: name an empty one, or add --force.")
    clean = ["--clean", "--if-exists"] if force else []
    await _postgres_program("pg_restore", parsed, [*clean, "--single-transaction", "--exit-on-error", str(source)])


def _expect_none(target: Path) -> None:
    if target.exists():
        raise UsageError(f"{target} is there already: name a new file.")


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a SQLite file that may be in use; `target` is replaced, and sound. Blocks.

    Raises:
        UsageError: there is no such file.
        DatabaseError: it is damaged, or can't be read or written.
    """
    if not source.is_file():
        raise UsageError(f"There is no database at {source}.")
    target.unlink(missing_ok=True)
    target.touch(mode=0o600)
    try:
        with closing(_opened(source)) as reading, closing(_opened(target)) as writing:
            # In one step: page by page, SQLite begins again each time that another process has written.
            reading.backup(writing)
            # Else whoever reads the copy leaves a log beside it.
            writing.execute("PRAGMA journal_mode = DELETE")
            verdict = writing.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.Error as exc:
        raise translated(exc) from exc
    if verdict != "ok":
        raise DatabaseError(f"{source} is damaged: {verdict}")


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=60, isolation_level=None)


def _restore_sqlite(path: Path, source: Path, *, force: bool) -> None:
    with held(path.parent):
        if path.exists() and not force:
            raise UsageError(f"{path} is there already: give another --data-dir, or add --force.")
        with _complete(path) as part:
            copy_sqlite(source, part)
            _set_aside(path)


def _set_aside(path: Path) -> None:
    """Move a SQLite file away with its log: beside another file of that name, the log would be taken for its own."""
    for ending in ("-shm", "-wal", ""):
        old = path.with_name(path.name + ending)
        if old.exists():
            old.replace(path.with_name(f"{path.name}.replaced{ending}"))


@contextmanager
def _complete(target: Path) -> Iterator[Path]:
    """A name to write under; `target` appears when all is written, and nothing is left when something failed."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = target.with_name(f"{target.name}.part")
    # A backup holds what the store holds: nobody else on the machine may read it.
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    try:
        yield part
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _starts_with(path: Path, sign: bytes) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(sign)) == sign
    except OSError as exc:
        raise UsageError(f"{path} can't be read: {exc.strerror}.") from exc


async def _has_tables(url: str) -> bool:
    def look(session: Session) -> bool:
        return bool(inspect(session.connection()).get_table_names())

    database = open_database(url, connections=1)
    try:
        return await database.read(look)
    finally:
        await database.close()


async def _postgres_program(name: str, url: URL, arguments: Sequence[str]) -> None:
    program = process.program(name)
    if program is None:
        raise MissingProgramError(name, "of the server's version or newer (package postgresql-client)")
    base = ["--no-owner", "--no-privileges", "--no-password", f"--dbname={url.database}"]
    done = await process.run([program, *base, *arguments], env=_connection(url), limits=_LONGEST)
    if done.code:
        said = done.stderr.decode(errors="replace").strip() or f"{name} ended with {done.code}"
        raise DatabaseError(said.splitlines()[0])


def _connection(url: URL) -> dict[str, str]:
    """Where and who, as libpq's variables: arguments of a program can be read by everyone on the machine."""
    one = {name: value for name, value in url.query.items() if isinstance(value, str)}
    given = {
        "PGHOST": url.host or one.get("host"),
        "PGPORT": str(url.port) if url.port else one.get("port"),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGSSLMODE": one.get("ssl"),
    }
    return process.plain_environment(**{name: value for name, value in given.items() if value})

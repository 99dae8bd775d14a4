"""A small store of values by key with expiry: in memory, or in one SQLite file that several processes share."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, TypeVar

from foureyes.errors import StoreError
from foureyes.kit import clock

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StoreStats:
    """How much a store holds: live entries and the bytes of their values."""

    entries: int
    size: int


class KeyValueStore(Protocol):
    async def get(self, key: str) -> bytes | None:
        """The value, or None where there is none or it has expired."""
        ...

    async def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        """The values of those of `keys` that are there, in one go."""
        ...

    async def put(self, key: str, value: bytes, *, lifetime: timedelta) -> None: ...

    async def put_many(self, entries: Mapping[str, bytes], *, lifetime: timedelta) -> None:
        """Keep all of `entries`, or none when it fails."""
        ...

    async def stats(self) -> StoreStats: ...

    async def clear(self) -> int:
        """Remove everything; how many entries there were."""
        ...


class MemoryStore:
    """The twin that ends with the process."""

    def __init__(self) -> None:
        self._entries: dict[str, tuple[bytes, datetime]] = {}

    async def get(self, key: str) -> bytes | None:
        value, expiry = self._entries.get(key, (None, None))
        return value if expiry and expiry > clock.now() else None

    async def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        found = {key: await self.get(key) for key in keys}
        return {key: value for key, value in found.items() if value is not None}

    async def put(self, key: str, value: bytes, *, lifetime: timedelta) -> None:
        self._entries[key] = (value, clock.now() + lifetime)

    async def put_many(self, entries: Mapping[str, bytes], *, lifetime: timedelta) -> None:
        for key, value in entries.items():
            await self.put(key, value, lifetime=lifetime)

    async def stats(self) -> StoreStats:
        return StoreStats(len(self._entries), sum(len(value) for value, _ in self._entries.values()))

    async def clear(self) -> int:
        count = len(self._entries)
        self._entries.clear()
        return count


class SqliteStore:
    """One table in a SQLite file (WAL). Calls run in a thread, one at a time, committed before they return.

    Every call may raise StoreError: the file can't be opened, read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = asyncio.Lock()
        self._connection: sqlite3.Connection | None = None

    async def get(self, key: str) -> bytes | None:
        def read(db: sqlite3.Connection) -> bytes | None:
            row = db.execute(
                "SELECT value FROM entries WHERE key = ? AND expiry > ?", (key, clock.now().timestamp())
            ).fetchone()
            return row[0] if row else None

        return await self._call(read)

    async def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        def read(db: sqlite3.Connection) -> dict[str, bytes]:
            # One statement however many keys there are: SQLite caps the number of parameters.
            rows = db.execute(
                "SELECT key, value FROM entries WHERE key IN (SELECT value FROM json_each(?)) AND expiry > ?",
                (json.dumps(list(keys)), clock.now().timestamp()),
            )
            return dict(rows.fetchall())

        return await self._call(read) if keys else {}

    async def put(self, key: str, value: bytes, *, lifetime: timedelta) -> None:
        await self.put_many({key: value}, lifetime=lifetime)

    async def put_many(self, entries: Mapping[str, bytes], *, lifetime: timedelta) -> None:
        def write(db: sqlite3.Connection) -> None:
            expiry = (clock.now() + lifetime).timestamp()
            db.executemany(
                "INSERT OR REPLACE INTO entries (key, value, expiry) VALUES (?, ?, ?)",
                [(key, value, expiry) for key, value in entries.items()],
            )

        await self._call(write)

    async def stats(self) -> StoreStats:
        def count(db: sqlite3.Connection) -> StoreStats:
            row = db.execute(
                "SELECT count(*), coalesce(sum(length(value)), 0) FROM entries WHERE expiry > ?",
                (clock.now().timestamp(),),
            ).fetchone()
            return StoreStats(*row)

        return await self._call(count)

    async def clear(self) -> int:
        return await self._call(lambda db: db.execute("DELETE FROM entries").rowcount)

    async def close(self) -> None:
        async with self._lock:
            if self._connection is not None:
                await asyncio.to_thread(self._connection.close)
                self._connection = None

    async def _call(self, work: Callable[[sqlite3.Connection], T]) -> T:
        async with self._lock:
            return await asyncio.to_thread(self._transact, work)

    def _transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            if self._connection is None:
                self._connection = self._open()
            with self._connection:
                return work(self._connection)
        except (OSError, sqlite3.Error) as exc:
            raise StoreError(self._path, str(exc)) from exc

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        connection = sqlite3.connect(self._path, timeout=10, check_same_thread=False)
        try:
            _prepare(connection)
        except sqlite3.Error:
            # Nobody else will ever hold it: an open file would be left until the garbage is collected.
            connection.close()
            raise
        return connection


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    with connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value BLOB NOT NULL, expiry REAL NOT NULL)"
            " WITHOUT ROWID"
        )
        # What has expired is swept out once a process, so that the file does not grow for ever.
        connection.execute("DELETE FROM entries WHERE expiry <= ?", (clock.now().timestamp(),))

"""One contract for the stores, and what only a file must stand: other processes, kills and damage."""

import asyncio
import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from foureyes.errors import StoreError
from foureyes.kit.keyvalue import KeyValueStore, MemoryStore, SqliteStore, StoreStats

DAY = timedelta(days=1)
GONE = timedelta(seconds=-1)


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[KeyValueStore]:
    if request.param == "memory":
        yield MemoryStore()
        return
    opened = SqliteStore(tmp_path / "deep" / "cache.sqlite3")
    yield opened
    await opened.close()


async def test_what_was_put_is_there_and_nothing_else(store: KeyValueStore) -> None:
    await store.put("a", b"\x00bytes\xff", lifetime=DAY)
    assert await store.get("a") == b"\x00bytes\xff"
    assert await store.get("b") is None


async def test_a_later_value_replaces_an_earlier_one(store: KeyValueStore) -> None:
    await store.put("a", b"1", lifetime=DAY)
    await store.put("a", b"2", lifetime=DAY)
    assert await store.get("a") == b"2"


async def test_what_has_expired_is_gone(store: KeyValueStore) -> None:
    await store.put("a", b"1", lifetime=GONE)
    assert await store.get("a") is None
    assert await store.get_many(["a"]) == {}


async def test_many_at_once(store: KeyValueStore) -> None:
    entries = {f"key {number}": str(number).encode() for number in range(3000)}
    await store.put_many(entries, lifetime=DAY)
    assert await store.get_many([*entries, "missing"]) == entries
    assert await store.get_many([]) == {}


async def test_keys_may_hold_anything(store: KeyValueStore) -> None:
    key = "'; DROP TABLE entries; -- \n \u202e \"[]"
    await store.put(key, b"1", lifetime=DAY)
    assert await store.get_many([key]) == {key: b"1"}


async def test_clearing_counts_and_empties(store: KeyValueStore) -> None:
    await store.put_many({"a": b"12", "b": b"345"}, lifetime=DAY)
    assert await store.stats() == StoreStats(entries=2, size=5)
    assert await store.clear() == 2
    assert await store.stats() == StoreStats(entries=0, size=0)


async def test_a_file_keeps_its_values_for_the_next_process(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite3"
    first = SqliteStore(path)
    await first.put("a", b"1", lifetime=DAY)
    await first.close()
    second = SqliteStore(path)
    assert await second.get("a") == b"1"
    await second.close()


async def test_opening_sweeps_out_what_has_expired(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite3"
    first = SqliteStore(path)
    await first.put("old", b"1", lifetime=GONE)
    await first.close()
    second = SqliteStore(path)
    await second.get("anything")
    await second.close()
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM entries").fetchone() == (0,)


async def test_two_processes_share_one_file(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite3"
    writers = [SqliteStore(path) for _ in range(4)]
    await asyncio.gather(
        *(
            writer.put(f"{index}-{number}", b"x", lifetime=DAY)
            for index, writer in enumerate(writers)
            for number in range(20)
        )
    )
    assert (await writers[0].stats()).entries == 80
    for writer in writers:
        await writer.close()


WRITER = """
import asyncio, sys
from datetime import timedelta
from pathlib import Path
from foureyes.kit.keyvalue import SqliteStore

async def main():
    store = SqliteStore(Path(sys.argv[1]))
    for number in range(100000):
        await store.put(f"{number}", b"x" * 500, lifetime=timedelta(days=1))
        print(number, flush=True)

asyncio.run(main())
"""


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite3"
    for _ in range(3):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        acknowledged = [writer.stdout.readline() for _ in range(15)]
        os.kill(writer.pid, signal.SIGKILL)
        acknowledged += writer.stdout.readlines()
        writer.wait(timeout=20)
        writer.stdout.close()
        with contextlib.closing(sqlite3.connect(path)) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            kept = {int(row[0]) for row in db.execute("SELECT key FROM entries")}
        # The last line may have been cut in the middle of its number.
        assert {int(line) for line in acknowledged if line.endswith("\n")} <= kept


async def test_a_place_that_can_not_be_written_is_a_clear_error(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(StoreError, match="file"):
        await SqliteStore(blocked / "cache.sqlite3").put("a", b"1", lifetime=DAY)


async def test_a_file_that_is_no_database_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite3"
    path.write_bytes(b"this is not a database at all, not even nearly" * 100)
    with pytest.raises(StoreError, match="cache"):
        await SqliteStore(path).get("a")


async def test_a_lock_held_by_another_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite3"
    store = SqliteStore(path)
    await store.put("a", b"1", lifetime=DAY)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(store.put("b", b"2", lifetime=DAY))
    await asyncio.sleep(0.3)
    assert not writing.done()
    other.execute("COMMIT")
    other.close()
    await writing
    assert await store.get("b") == b"2"
    await store.close()

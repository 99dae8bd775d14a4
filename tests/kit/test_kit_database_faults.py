"""The store under faults: what was acknowledged is there, what failed says so, and the next piece of work goes on."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from foureyes import models
from foureyes.errors import DatabaseUnavailableError, StorageFullError
from foureyes.kit import clock
from foureyes.kit.database.open import open_database
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from servers import dsn, postgres_url
from stores import open_store, store_url

WRITER = """
import asyncio, sys
from sqlalchemy import text
from foureyes.kit.database.open import open_database
from foureyes.kit.ids import new_id
ADD = text("INSERT INTO workspaces (id, name, personal, created_at) VALUES (:id, 'w', 0, '2026-01-01 00:00:00.000000')")
async def write(database):
    while True:
        key = new_id().hex
        await database.write(lambda session: session.execute(ADD, {"id": key}))
        print(key, flush=True)
async def main():
    database = open_database(sys.argv[1])
    await asyncio.gather(*(write(database) for _ in range(8)))
asyncio.run(main())
"""


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_store("sqlite", tmp_path) as database:
        yield database


@pytest.fixture
async def postgres(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_store("postgres", tmp_path) as database:
        yield database


def add(session: Session, name: str = "w", key: UUID | None = None) -> None:
    values = {"id": key or new_id(), "name": name, "personal": True, "created_at": clock.now()}
    session.execute(insert(models.Workspace).values(values))


def add_once(session: Session, key: UUID) -> None:
    values = {"id": key, "name": "w", "personal": True, "created_at": clock.now()}
    session.execute(postgresql.insert(models.Workspace).values(values).on_conflict_do_nothing())


def add_large(session: Session) -> None:
    add(session, "x" * 200_000)


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(models.Workspace)) or 0


async def test_connections_that_break_lose_nothing(postgres: Database) -> None:
    other = await asyncpg.connect(dsn(postgres_url("postgres")))
    name = await postgres.read(lambda session: session.scalar(text("SELECT current_database()")))
    kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = $1"
    killed = 0

    async def write_many() -> None:
        for _ in range(30):
            await postgres.write(add_once, new_id())

    async def kill_many() -> None:
        nonlocal killed
        for _ in range(8):
            killed += await other.fetchval(kill, name)
            await asyncio.sleep(0.03)

    await asyncio.gather(kill_many(), *(write_many() for _ in range(8)))
    await other.close()
    assert killed
    assert await postgres.read(count) == 240


async def test_a_server_that_is_not_there_is_named_after_a_while() -> None:
    database = open_database("postgresql://nobody@127.0.0.1:1/none", patience=timedelta(seconds=0.5))
    began = clock.steady()
    with pytest.raises(DatabaseUnavailableError) as caught:
        await database.write(add)
    assert clock.steady() - began >= 0.2
    assert (caught.value.status, caught.value.retry_after) == (503, timedelta(seconds=5))
    await database.close()


async def test_a_full_disk_is_told_and_writing_goes_on_when_there_is_room(sqlite: Database) -> None:
    await sqlite.write(add)
    pages = await sqlite.write(lambda session: session.scalar(text("PRAGMA page_count")))
    await sqlite.write(lambda session: session.execute(text(f"PRAGMA max_page_count = {pages + 5}")))
    with pytest.raises(StorageFullError) as caught:
        await sqlite.write(add_large)
    assert (caught.value.status, caught.value.retry_after) == (503, timedelta(minutes=1))
    assert await sqlite.read(count) == 1
    await sqlite.write(lambda session: session.execute(text("PRAGMA max_page_count = 1000000")))
    await sqlite.write(add_large)
    assert await sqlite.read(count) == 2


async def test_a_full_disk_never_loses_what_was_acknowledged_in_the_same_batch(sqlite: Database) -> None:
    pages = await sqlite.write(lambda session: session.scalar(text("PRAGMA page_count")))
    await sqlite.write(lambda session: session.execute(text(f"PRAGMA max_page_count = {pages + 5}")))
    works = [add, add_large, add, add, add_large, add]
    results = await asyncio.gather(*(sqlite.write(work) for work in works), return_exceptions=True)
    assert {type(result) for result in results} <= {type(None), StorageFullError}
    assert await sqlite.read(count) == results.count(None)


async def test_a_transaction_that_sqlite_gives_up_fails_for_all_of_its_batch(sqlite: Database) -> None:
    def give_up(session: Session) -> None:
        session.connection().exec_driver_sql("ROLLBACK")
        session.execute(text("SELECT nonsense FROM nowhere"))

    results = await asyncio.gather(*(sqlite.write(work) for work in (add, add, give_up, add)), return_exceptions=True)
    assert isinstance(results[2], Exception)
    assert await sqlite.read(count) == results.count(None)
    await sqlite.write(add)


async def test_another_process_that_writes_is_waited_for(sqlite: Database, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "foureyes.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(sqlite.write(add))
    await asyncio.sleep(0.3)
    assert not writing.done()
    assert await sqlite.read(count) == 0
    other.execute("COMMIT")
    other.close()
    await writing
    assert await sqlite.read(count) == 1


@pytest.mark.parametrize("error", [KeyError("x"), StopIteration(), SystemExit(3), RecursionError()])
async def test_whatever_work_raises_its_caller_hears_and_the_writer_goes_on(
    sqlite: Database, error: BaseException
) -> None:
    def fail(session: Session) -> None:
        add(session)
        raise error

    # Gathered, so that SystemExit ends no loop.
    outcome = await asyncio.wait_for(asyncio.gather(caught(sqlite, fail), return_exceptions=True), timeout=10)
    assert type(outcome[0]) in (type(error), RuntimeError)
    await sqlite.write(add)
    assert await sqlite.read(count) == 1


async def caught(database: Database, work: object) -> BaseException | None:
    try:
        await database.write(work)  # type: ignore[arg-type]
    except BaseException as error:  # noqa: BLE001  # Handed to the test as it is.
        return error
    return None


async def test_a_caller_that_stops_waiting_harms_nobody(sqlite: Database, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "foureyes.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    tasks = [asyncio.create_task(sqlite.write(add, str(number))) for number in range(6)]
    await asyncio.sleep(0.1)
    for task in tasks[::2]:
        task.cancel()
    other.execute("COMMIT")
    other.close()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(result, asyncio.CancelledError) for result in results] == [True, False] * 3
    await sqlite.write(add, "after")
    assert await sqlite.read(count) >= 4


@pytest.mark.parametrize("number", range(5))
def test_a_writer_that_is_killed_has_lost_nothing_that_it_acknowledged(tmp_path: Path, number: int) -> None:
    url = store_url("sqlite", tmp_path)
    process = subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    told = [process.stdout.readline().strip() for _ in range(50 + 30 * number)]
    os.kill(process.pid, signal.SIGKILL)
    # The last line may be torn.
    told += [line.strip() for line in process.communicate()[0].splitlines() if len(line) == 32]
    connection = sqlite3.connect(tmp_path / "foureyes.sqlite")
    kept = {row[0] for row in connection.execute("SELECT id FROM workspaces")}
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    assert set(told) <= kept

"""Backups: whole while others write, restored or refused, and a data folder that one server holds."""

import asyncio
import itertools
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from foureyes import models
from foureyes.errors import DatabaseError, InstanceRunningError, UsageError
from foureyes.kit import clock
from foureyes.kit.database.backup import backup, restore
from foureyes.kit.database.instance import held
from foureyes.kit.database.open import open_database
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.migrations.upgrade import current, wanted
from servers import dsn, postgres_url
from stores import open_store, store_url

HOLD = (
    "import sys, time; from pathlib import Path; from foureyes.kit.database.instance import held\n"
    "with held(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
)


def add(session: Session, number: int) -> None:
    """Two rows that belong together."""
    for part in "ab":
        values = {"id": new_id(), "name": f"{number} {part}", "personal": True, "created_at": clock.now()}
        session.execute(insert(models.Workspace).values(values))


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(models.Workspace)) or 0


async def count_at(url: str) -> int:
    database = open_database(url)
    try:
        return await database.read(count)
    finally:
        await database.close()


async def keep_writing(database: Database, acknowledged: list[int]) -> None:
    for number in itertools.count():
        await database.write(add, number)
        acknowledged.append(number)


@pytest.fixture
async def empty_postgres() -> AsyncIterator[str]:
    name = f"foureyes_restored_{uuid4().hex}"
    connection = await asyncpg.connect(dsn(postgres_url("postgres")))
    await connection.execute(f'CREATE DATABASE "{name}"')
    yield postgres_url(name)
    await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await connection.close()


async def test_twenty_backups_while_writing_are_all_whole(tmp_path: Path) -> None:
    async with open_store("sqlite", tmp_path) as database:
        acknowledged: list[int] = []
        writing = asyncio.create_task(keep_writing(database, acknowledged))
        for number in range(20):
            await asyncio.sleep(0.02)
            before = len(acknowledged)
            await backup(f"sqlite:///{tmp_path}/foureyes.sqlite", tmp_path / f"{number}.backup")
            url = f"sqlite:///{tmp_path}/restored-{number}/foureyes.sqlite"
            await restore(url, tmp_path / f"{number}.backup")
            found = await count_at(url)
            assert found % 2 == 0
            assert found >= 2 * before > 0 or number == 0
            assert check(tmp_path / f"restored-{number}/foureyes.sqlite") == "ok"
        writing.cancel()
    assert await current(url) == wanted()


def check(path: Path) -> str:
    connection = sqlite3.connect(path)
    verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
    connection.close()
    return str(verdict)


@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="pg_dump is not installed")
async def test_postgres_is_backed_up_while_writing_and_restored(tmp_path: Path, empty_postgres: str) -> None:
    async with open_store("postgres", tmp_path) as database:
        acknowledged: list[int] = []
        writing = asyncio.create_task(keep_writing(database, acknowledged))
        await database.write(add, -1)
        try:
            await backup(database._engine.url.render_as_string(hide_password=False), tmp_path / "backup")
        except DatabaseError as error:
            if "version mismatch" in str(error):
                pytest.skip("pg_dump is older than the server of the tests")
            raise
        writing.cancel()
    await restore(empty_postgres, tmp_path / "backup")
    first = await count_at(empty_postgres)
    assert first >= 2
    assert first % 2 == 0
    with pytest.raises(UsageError, match="--force"):
        await restore(empty_postgres, tmp_path / "backup")
    await restore(empty_postgres, tmp_path / "backup", force=True)
    assert await count_at(empty_postgres) == first
    assert await current(empty_postgres) == wanted()


async def test_a_backup_is_for_its_owner_alone_and_one_file(tmp_path: Path) -> None:
    await backup(store_url("sqlite", tmp_path), tmp_path / "out/backup")
    assert (tmp_path / "out/backup").stat().st_mode & 0o077 == 0
    assert names(tmp_path / "out") == ["backup"]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def spoil(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


async def test_a_backup_replaces_no_file(tmp_path: Path) -> None:
    target = spoil(tmp_path / "backup", b"mine")
    with pytest.raises(UsageError, match="there already"):
        await backup(store_url("sqlite", tmp_path), target)
    assert target.read_bytes() == b"mine"


async def test_a_backup_of_nothing_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no database"):
        await backup(f"sqlite:///{tmp_path}/none.sqlite", tmp_path / "backup")
    assert names(tmp_path) == []


async def test_a_store_is_replaced_only_by_force_and_then_kept_aside(tmp_path: Path) -> None:
    url = store_url("sqlite", tmp_path)
    await backup(url, tmp_path / "backup")
    database = open_database(url)
    await database.write(add, 1)
    await database.close()
    with pytest.raises(UsageError, match="--force"):
        await restore(url, tmp_path / "backup")
    await restore(url, tmp_path / "backup", force=True)
    assert await count_at(url) == 0
    assert await count_at(f"{url}.replaced") == 2


async def test_a_log_that_was_left_behind_is_not_taken_for_the_restored_file_s(tmp_path: Path) -> None:
    url = store_url("sqlite", tmp_path)
    await backup(url, tmp_path / "backup")
    crash(tmp_path / "foureyes.sqlite")
    assert "foureyes.sqlite-wal" in names(tmp_path)
    await restore(url, tmp_path / "backup", force=True)
    assert check(tmp_path / "foureyes.sqlite") == "ok"
    assert await count_at(url) == 0


def crash(path: Path) -> None:
    """Write into the log of a store, and be killed."""
    script = (
        "import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('PRAGMA journal_mode = WAL');"
        "c.execute('CREATE TABLE stray (id)'); c.commit(); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, path], check=False)


def test_a_missing_pg_dump_is_named(tmp_path: Path) -> None:
    script = (
        "import asyncio; from pathlib import Path; from foureyes.kit.database.backup import backup\n"
        "asyncio.run(backup('postgresql://user@localhost/name', Path('backup')))"
    )
    environment = os.environ | {"PATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "MissingProgramError: pg_dump" in done.stderr
    assert names(tmp_path) == []


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_what_is_no_backup_is_refused(tmp_path: Path, kind: str) -> None:
    url = store_url(kind, tmp_path)
    with pytest.raises(UsageError, match="no backup"):
        await restore(url, spoil(tmp_path / "text", b"hello"), force=True)
    with pytest.raises(UsageError, match="can't be read"):
        await restore(url, tmp_path / "missing", force=True)
    assert await count_at(url) == 0


async def test_a_damaged_backup_leaves_the_store_as_it_is(tmp_path: Path) -> None:
    url = store_url("sqlite", tmp_path)
    await backup(url, tmp_path / "backup")
    whole = (tmp_path / "backup").read_bytes()
    with pytest.raises(DatabaseError):
        await restore(url, spoil(tmp_path / "half", whole[: len(whole) // 2]), force=True)
    assert await count_at(url) == 0
    assert not [name for name in names(tmp_path) if "part" in name or "replaced" in name]


async def test_a_store_that_a_server_works_on_is_not_replaced(tmp_path: Path) -> None:
    url = store_url("sqlite", tmp_path)
    await backup(url, tmp_path / "backup")
    process = hold(tmp_path)
    with pytest.raises(InstanceRunningError, match=f"process {process.pid}"):
        await restore(url, tmp_path / "backup", force=True)
    end(process)
    await restore(url, tmp_path / "backup", force=True)


def hold(folder: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, folder], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


def end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.communicate()


def test_a_folder_is_held_until_its_process_is_killed(tmp_path: Path) -> None:
    process = hold(tmp_path / "new")
    for _ in range(2):
        with pytest.raises(InstanceRunningError, match=f"process {process.pid}"), held(tmp_path / "new"):
            pass
    end(process)
    with held(tmp_path / "new"):
        pass


def test_a_folder_is_held_once_in_one_process_and_let_go(tmp_path: Path) -> None:
    with held(tmp_path), pytest.raises(InstanceRunningError), held(tmp_path):
        pass
    with held(tmp_path):
        pass

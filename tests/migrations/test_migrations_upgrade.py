"""Migrations: the tables of the models, on both stores, once whoever asks and however often, or not at all."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import Column, Integer, MetaData, String, insert, inspect, select, text
from sqlalchemy.orm import Session

from foureyes import models
from foureyes.errors import DatabaseError, DatabaseUnavailableError, MigrationNeededError
from foureyes.kit import clock
from foureyes.kit.database.open import open_database
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.migrations import compare
from foureyes.migrations.upgrade import HERE, check, current, upgrade, wanted
from servers import dsn, postgres_url
from stores import STORES

NEXT = f"{int(wanted()) + 1:04}"


@pytest.fixture(params=STORES)
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a store without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new.sqlite'}"
        return
    name = f"foureyes_migrations_{uuid4().hex}"
    connection = await asyncpg.connect(dsn(postgres_url("postgres")))
    await connection.execute(f'CREATE DATABASE "{name}"')
    yield postgres_url(name)
    await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await connection.close()


@pytest.fixture
async def store(url: str) -> AsyncIterator[Database]:
    await upgrade(url)
    database = open_database(url)
    yield database
    await database.close()


def with_next(folder: Path, body: str) -> Path:
    """The migrations, and one more."""
    shutil.copytree(HERE, folder)
    head = f"import sqlalchemy as sa\nfrom alembic import op\nrevision = '{NEXT}'\ndown_revision = '{wanted()}'\n"
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    (folder / f"versions/{NEXT}_more.py").write_text(f"{head}def upgrade() -> None:\n{lines}\n")
    return folder


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def add_review(session: Session) -> None:
    workspace, now = new_id(), clock.now()
    session.execute(insert(models.Workspace).values(id=workspace, name="w", personal=True, created_at=now))
    words = {"kind": "review", "trigger": "rest", "status": "pending"}
    session.add(models.Review(id=new_id(), workspace_id=workspace, request={}, created_at=now, changed_at=now, **words))


async def test_models_and_migrations_do_not_drift_apart(store: Database) -> None:
    found = await store.read(lambda session: compare.differences(session.connection()))
    assert found == []


async def test_drift_would_be_noticed(store: Database) -> None:
    def with_another_column(session: Session) -> list[object]:
        metadata = MetaData(naming_convention=models.User.metadata.naming_convention)
        for table in models.User.metadata.sorted_tables:
            table.to_metadata(metadata)
        metadata.tables["users"].append_column(Column("shoe_size", Integer))
        # A type of its own: the copies share theirs with the models, which other tests look at.
        metadata.tables["users"].c.name.type = String(7)
        return compare.differences(session.connection(), metadata)

    found = await store.read(with_another_column)
    assert {str(one[0][0] if isinstance(one, list) else one[0]) for one in found} == {"add_column", "modify_type"}


async def test_a_new_store_has_no_version_and_then_the_newest(url: str) -> None:
    assert await current(url) == ""
    assert await upgrade(url) == wanted()
    assert await current(url) == wanted()


async def test_asking_for_the_version_makes_no_file(tmp_path: Path) -> None:
    assert await current(f"sqlite:///{tmp_path / 'none.sqlite'}") == ""
    assert names(tmp_path) == []


async def test_a_second_time_changes_nothing(store: Database, url: str) -> None:
    await store.write(add_review)
    assert await upgrade(url) == wanted()
    assert await store.read(lambda session: len(session.scalars(select(models.Review)).all())) == 1


async def test_several_at_once_are_safe(url: str) -> None:
    assert await asyncio.gather(*(upgrade(url) for _ in range(4))) == [wanted()] * 4


async def test_several_processes_at_once_are_safe(url: str) -> None:
    script = "import asyncio, sys; from foureyes.migrations.upgrade import upgrade; asyncio.run(upgrade(sys.argv[1]))"
    started = [await asyncio.create_subprocess_exec(sys.executable, "-c", script, url) for _ in range(3)]
    assert [await process.wait() for process in started] == [0, 0, 0]
    assert await current(url) == wanted()


async def test_a_store_without_tables_can_not_be_used(url: str) -> None:
    database = open_database(url)
    with pytest.raises(MigrationNeededError, match="version none") as caught:
        await check(database)
    await database.close()
    assert (caught.value.found, caught.value.wanted) == ("", wanted())


@pytest.mark.parametrize(("version", "usable"), [("0001", wanted() == "0001"), (wanted(), True), ("9999", True)])
async def test_an_older_store_is_refused_and_a_newer_one_taken(store: Database, version: str, usable: bool) -> None:
    change = text("UPDATE alembic_version SET version_num = :version").bindparams(version=version)
    await store.write(lambda session: session.execute(change))
    if usable:
        await check(store)
    else:
        with pytest.raises(MigrationNeededError, match="foureyes migrate"):
            await check(store)


async def test_a_store_of_a_newer_release_is_left_alone(store: Database, url: str) -> None:
    await store.write(lambda session: session.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    assert await upgrade(url) == "9999"


async def test_a_migration_that_fails_leaves_everything_as_it_was(store: Database, url: str, tmp_path: Path) -> None:
    await store.write(add_review)
    body = "op.create_table('extra', sa.Column('id', sa.Integer()))\nop.execute('SELECT nonsense FROM nowhere')"
    with pytest.raises(DatabaseError):
        await upgrade(url, folder=with_next(tmp_path / "next", body))
    assert await current(url) == wanted()
    tables = await store.read(lambda session: inspect(session.connection()).get_table_names())
    assert "extra" not in tables


async def test_making_a_table_anew_keeps_what_refers_to_it(store: Database, url: str, tmp_path: Path) -> None:
    await store.write(add_review)
    body = "with op.batch_alter_table('workspaces') as table:\n    table.alter_column('name', type_=sa.String(150))"
    assert await upgrade(url, folder=with_next(tmp_path / "next", body)) == NEXT
    assert await store.read(lambda session: len(session.scalars(select(models.Review)).all())) == 1


async def test_a_lock_that_is_held_too_long_stops_the_migration(store: Database, url: str, tmp_path: Path) -> None:
    if url.startswith("sqlite"):
        pytest.skip("SQLite has one writer: the migration waits its turn")
    folder = with_next(tmp_path / "next", "op.add_column('users', sa.Column('shoe_size', sa.Integer()))")
    other = await asyncpg.connect(dsn(url))
    async with other.transaction():
        await other.execute("LOCK TABLE users IN ACCESS SHARE MODE")
        with pytest.raises(DatabaseUnavailableError, match="lock timeout"):
            await upgrade(url, folder=folder)
    await other.close()
    assert await upgrade(url, folder=folder) == NEXT


async def test_another_migration_is_waited_for_only_so_long(store: Database, url: str) -> None:
    if url.startswith("sqlite"):
        pytest.skip("SQLite's own lock is tested with the database")
    other = await asyncpg.connect(dsn(url))
    await other.execute("SELECT pg_advisory_lock($1)", int.from_bytes(b"foureyes"))
    with pytest.raises(DatabaseUnavailableError, match="lock timeout"):
        await upgrade(url, patience=1)
    await other.close()
    assert await upgrade(url, patience=1) == wanted()


async def test_a_copy_is_kept_beside_a_file_that_is_migrated(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    url = f"sqlite:///{path}"
    await upgrade(url)
    assert not any("before" in name for name in names(tmp_path))
    folder = with_next(tmp_path / "next", "op.create_table('extra', sa.Column('id', sa.Integer()))")
    await upgrade(url, folder=folder)
    assert await current(f"sqlite:///{path}.before-{NEXT}") == wanted()
    assert await current(url) == NEXT


async def test_rows_that_would_refer_to_nothing_stop_the_migration(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    await upgrade(url)
    database = open_database(url)
    await database.write(add_review)
    await database.close()
    with pytest.raises(DatabaseError, match="refer to nothing in workspaces"):
        await upgrade(url, folder=with_next(tmp_path / "next", "op.execute('DELETE FROM workspaces')"))
    assert await current(url) == wanted()


def test_the_newest_file_is_the_newest_migration_of_one_line() -> None:
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    scripts = ScriptDirectory(str(HERE))
    assert scripts.get_heads() == [wanted()]
    chain = [script.revision for script in scripts.walk_revisions()]
    assert sorted(chain, reverse=True) == chain
    assert all(script.path.rpartition("/")[2].startswith(script.revision) for script in scripts.walk_revisions())


def test_alembic_is_not_imported_to_check() -> None:
    script = "import sys, foureyes.migrations.upgrade as upgrade; upgrade.wanted(); sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_migrations_are_in_the_wheel(tmp_path: Path) -> None:
    top = HERE.parents[2]
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(top / name, tmp_path)
    shutil.copytree(top / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel"], cwd=tmp_path, check=True, capture_output=True
    )
    names = subprocess.run(
        [sys.executable, "-m", "zipfile", "-l", *map(str, tmp_path.glob("dist/*.whl"))],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert {path.name for path in (HERE / "versions").glob("0*.py")} <= set(names.replace("/", " ").split())
    assert "foureyes/migrations/script.py.mako" in names

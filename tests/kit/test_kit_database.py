"""The store: one transaction for each piece of work, several in one commit, and what happens after."""

import asyncio

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from foureyes import models
from foureyes.errors import DatabaseError
from foureyes.kit import clock, metrics
from foureyes.kit.database.base import database_now
from foureyes.kit.database.port import Database, after_commit
from foureyes.kit.database.sqlite import SqliteDatabase
from foureyes.kit.ids import new_id


def add_workspace(session: Session, name: str) -> None:
    session.execute(insert(models.Workspace).values(id=new_id(), name=name, personal=True, created_at=clock.now()))


def names(session: Session) -> list[str]:
    return list(session.scalars(select(models.Workspace.name).order_by(models.Workspace.id)))


async def test_what_was_written_is_read(database: Database) -> None:
    await database.write(add_workspace, "one")
    assert await database.read(names) == ["one"]


async def test_work_that_fails_leaves_nothing_and_the_work_beside_it_alone(database: Database) -> None:
    def fail(session: Session) -> None:
        add_workspace(session, "half")
        raise KeyError("on purpose")

    results = await asyncio.gather(
        *(database.write(add_workspace, f"good {number}") for number in range(20)),
        database.write(fail),
        return_exceptions=True,
    )
    assert [type(result) for result in results if result is not None] == [KeyError]
    assert len(await database.read(names)) == 20


async def test_a_broken_constraint_is_told_to_who_broke_it(database: Database) -> None:
    same = new_id()

    def add(session: Session) -> None:
        session.execute(insert(models.Workspace).values(id=same, name="x", personal=False, created_at=clock.now()))

    await database.write(add)
    with pytest.raises(IntegrityError):
        await database.write(add)


async def test_actions_run_after_the_commit_and_see_it(database: Database) -> None:
    seen: list[int] = []

    async def look() -> None:
        seen.append(await database.read(lambda session: session.scalar(select(func.count(models.Workspace.id))) or 0))

    def work(session: Session) -> None:
        add_workspace(session, "one")
        after_commit(session, look)

    await database.write(work)
    await database.settled()
    assert seen == [1]


async def test_a_rollback_drops_the_actions(database: Database) -> None:
    ran: list[int] = []

    async def act() -> None:
        ran.append(1)

    def work(session: Session) -> None:
        after_commit(session, act)
        raise KeyError("on purpose")

    with pytest.raises(KeyError):
        await database.write(work)
    await database.settled()
    assert ran == []


async def test_an_action_that_fails_does_not_fail_the_write(database: Database) -> None:
    async def act() -> None:
        raise ConnectionError("the broker is away")

    await database.write(lambda session: after_commit(session, act))
    await database.settled()


async def test_the_clock_of_the_database_gives_aware_times_close_to_ours(database: Database) -> None:
    before = clock.now()
    now = await database.read(lambda session: session.scalar(select(database_now())))
    assert now is not None
    assert abs((now - before).total_seconds()) < 60


async def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    def work(session: Session) -> None:
        session.execute(
            insert(models.Workspace).values(
                id=new_id(), name="x", personal=False, created_at=clock.now().replace(tzinfo=None)
            )
        )

    with pytest.raises(Exception, match="no time zone"):
        await database.write(work)


async def test_what_an_error_says_holds_no_value_of_its_statement(database: Database) -> None:
    statement = text("INSERT INTO nowhere (content) VALUES (:content)")
    with pytest.raises(DatabaseError) as caught:
        await database.write(lambda session: session.execute(statement, {"content": "somebody's sources"}))
    told: BaseException | None = caught.value
    while told is not None:
        assert "somebody" not in str(told)
        told = told.__cause__


@pytest.mark.parametrize("verb", ["read", "write"])
async def test_transactions_are_timed(database: Database, verb: str) -> None:
    def count() -> float:
        return metrics.REGISTRY.get_sample_value("foureyes_database_seconds_count", {"verb": verb}) or 0

    before = count()
    await getattr(database, verb)(lambda session: session.scalar(text("SELECT 1")))
    assert count() == before + 1


async def test_postgres_compiles_no_statements(database: Database) -> None:
    if isinstance(database, SqliteDatabase):
        pytest.skip("SQLite has no compiler")
    assert await database.read(lambda session: session.scalar(text("SHOW jit"))) == "off"

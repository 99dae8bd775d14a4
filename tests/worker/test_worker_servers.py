"""Several workers on one database; and a database that dies under them."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
from worker_world import all_are, process, program, some_are, working

from drills.servers import Postgres, folder_of_drill
from foureyes.kit import clock
from foureyes.kit.database.open import open_database
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.migrations.upgrade import upgrade
from foureyes.models.reviews import ReviewKind, ReviewStatus
from servers import redis_server
from submitted import changed, life, row, rows, submitted, workspace


@pytest.fixture
def mortal() -> Iterator[Postgres]:
    """A PostgreSQL of this test's own, which may be killed."""
    with folder_of_drill() as folder:
        server = Postgres(folder / "postgres")
        yield server
        server.close()


@pytest.fixture
async def on_mortal(mortal: Postgres) -> AsyncIterator[Database]:
    await upgrade(mortal.url)
    database = open_database(mortal.url, patience=timedelta(seconds=60))
    yield database
    await database.close()


async def test_reviews_that_run_while_postgresql_is_killed_complete_once(mortal: Postgres, on_mortal: Database) -> None:
    ids = await submitted(on_mortal, await workspace(on_mortal), *["wait 1.5; steps 5"] * 6)
    async with working(on_mortal):
        await some_are(on_mortal, ids, ReviewStatus.PROCESSING, 6)
        await asyncio.to_thread(mortal.restart)
        await all_are(on_mortal, ids, ReviewStatus.COMPLETED)
    for review_id in ids:
        ends = [step for step in await life(on_mortal, review_id) if step.status is ReviewStatus.COMPLETED]
        assert len(ends) == 1


async def test_a_worker_process_outlives_its_postgresql(mortal: Postgres, on_mortal: Database) -> None:
    place = await workspace(on_mortal)
    async with process(program(mortal.url)) as worker:
        before = await submitted(on_mortal, place, "wait 0.2")
        await all_are(on_mortal, before, ReviewStatus.COMPLETED)
        await asyncio.to_thread(mortal.kill)
        await asyncio.sleep(1)
        await asyncio.to_thread(mortal.start)
        after = await submitted(on_mortal, place, *["wait 0.2"] * 3)
        await all_are(on_mortal, after, ReviewStatus.COMPLETED)
        assert worker.returncode is None


async def test_a_database_that_is_away_counts_against_no_review(mortal: Postgres, on_mortal: Database) -> None:
    [review_id] = await submitted(on_mortal, await workspace(on_mortal), "wait 1")
    async with working(on_mortal):
        await all_are(on_mortal, [review_id], ReviewStatus.PROCESSING)
        await asyncio.to_thread(mortal.restart)
        await all_are(on_mortal, [review_id], ReviewStatus.COMPLETED)
    assert (await row(on_mortal, review_id)).failures == 0


async def test_two_workers_for_different_kinds_leave_each_other_theirs(database: Database) -> None:
    place, prefix = await workspace(database), f"worker-test-{new_id()}"
    reviews = await submitted(database, place, *["wait 0.1"] * 4)
    plans = await submitted(database, place, *["wait 0.1"] * 4, kind=ReviewKind.ARCHITECTURE)
    url = redis_server()
    async with (
        working(database, url=url, prefix=prefix, kinds=(ReviewKind.REVIEW,)),
        working(database, url=url, prefix=prefix, kinds=(ReviewKind.ARCHITECTURE,)),
    ):
        await all_are(database, [*reviews, *plans], ReviewStatus.COMPLETED)
    workers = [{(await life(database, one))[0].worker_id for one in ids} for ids in (reviews, plans)]
    assert [len(each) for each in workers] == [1, 1]
    assert workers[0] != workers[1]


async def test_what_no_worker_is_there_for_waits(database: Database) -> None:
    place = await workspace(database)
    [plan] = await submitted(database, place, "steps 1", kind=ReviewKind.ARCHITECTURE)
    async with working(database, kinds=(ReviewKind.REVIEW,)):
        await all_are(database, await submitted(database, place, "steps 1"), ReviewStatus.COMPLETED)
    assert (await row(database, plan)).status is ReviewStatus.PENDING


async def test_the_cap_of_a_workspace_holds_over_two_workers(database: Database) -> None:
    ids = await submitted(database, await workspace(database), *["wait 60"] * 8)
    grace = timedelta(0)
    async with working(database, per_workspace=3, grace=grace), working(database, per_workspace=3, grace=grace):
        await some_are(database, ids, ReviewStatus.PROCESSING, 3)
        # Long enough for both to have looked once more.
        await asyncio.sleep(1)
        assert sum(review.status is ReviewStatus.PROCESSING for review in await rows(database, ids)) == 3


async def test_deferrals_end_after_a_day(database: Database) -> None:
    [review_id] = await submitted(database, await workspace(database), "defer 99", age=timedelta(hours=25))
    async with working(database):
        await all_are(database, [review_id], ReviewStatus.FAILED)
    review = await row(database, review_id)
    assert "put off for 24 hours" in review.error
    assert review.dead_at is not None


async def test_a_provider_that_is_away_is_tried_by_one_before_its_time(database: Database) -> None:
    ids = await submitted(database, await workspace(database), *["steps 1"] * 3)
    later = clock.now() + timedelta(hours=1)
    for review_id in ids:
        put_off = {"status": ReviewStatus.DEFERRED, "error_code": "model-overloaded", "deferrals": 1}
        await changed(database, review_id, not_before=later, **put_off)
    async with working(database):
        # One after the other, for scripted reviews are answered by no model that would wake the others.
        await some_are(database, ids, ReviewStatus.COMPLETED, 1)
        still = [review for review in await rows(database, ids) if review.not_before == later]
        assert still

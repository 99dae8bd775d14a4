"""Children that carry reviews out: kept for the next one, blamed only for what they had begun."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from worker_world import all_are, eventually, program, some_are, working

from foureyes.kit.bus import MemoryBus
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.models.reviews import ReviewKind, ReviewStatus
from foureyes.queue.port import MemoryQueue
from foureyes.runs.port import Claimed
from foureyes.runs.repository.claims import Claimer, claim
from foureyes.runs.scripted import ScriptedCarrier
from foureyes.runs.service import Desk
from foureyes.worker.isolated import Isolation, Isolator
from stores import open_store, store_url
from submitted import changed, life, row, rows, submitted, workspace

LEASE = timedelta(seconds=60)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_store("sqlite", tmp_path) as database:
        yield database


@pytest.fixture
def isolation(tmp_path: Path) -> Isolation:
    return isolation_on(tmp_path)


def isolation_on(tmp_path: Path, *, rest: timedelta = timedelta(seconds=60)) -> Isolation:
    command = [*program(store_url("sqlite", tmp_path)), "alone"]
    return Isolation(command, dict(os.environ), places=2, rest=rest)


@asynccontextmanager
async def isolator_on(database: Database, isolation: Isolation) -> AsyncIterator[tuple[Isolator, Desk]]:
    desk = Desk(database, MemoryQueue(), MemoryBus(), ScriptedCarrier())
    isolator = Isolator(isolation, desk)
    yield isolator, desk
    await isolator.close()
    assert _children() == set()


async def suspects(database: Database, *titles: str) -> list[Claimed]:
    """Claimed reviews that were there when two workers died."""
    for review_id in await submitted(database, await workspace(database), *titles):
        await changed(database, review_id, crashes=2)
    return await database.write(claim, Claimer(new_id(), LEASE, 100), tuple(ReviewKind), 50, bus=MemoryBus())


def _children() -> set[int]:
    return {int(one) for one in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()}


async def statuses(database: Database, claimed: Sequence[Claimed]) -> list[str]:
    return [str(review.status) for review in await rows(database, [one.review_id for one in claimed])]


async def test_one_child_carries_out_one_review_after_the_other(store: Database, isolation: Isolation) -> None:
    async with isolator_on(store, isolation) as (isolator, _):
        seen = set()
        claimed = await suspects(store, *["steps 2"] * 3)
        for one in claimed:
            await isolator.run(one)
            seen |= _children()
        assert len(seen) == 1
        assert await statuses(store, claimed) == ["completed"] * 3


async def test_a_child_that_rested_too_long_ends(store: Database, tmp_path: Path) -> None:
    async with isolator_on(store, isolation_on(tmp_path, rest=timedelta(milliseconds=50))) as (isolator, _):
        for one in await suspects(store, "steps 1"):
            await isolator.run(one)

        async def gone() -> bool:
            return not _children()

        await eventually(gone)


async def test_a_death_is_the_fault_of_the_review_that_was_carried_out(store: Database, isolation: Isolation) -> None:
    async with isolator_on(store, isolation) as (isolator, _):
        good, bad, other = await suspects(store, "steps 1", "crash 99", "wait 0.5")
        await isolator.run(good)
        await asyncio.gather(isolator.run(bad), isolator.run(other))
        assert await statuses(store, [good, bad, other]) == ["completed", "failed", "completed"]
        assert "it was killed by SIGKILL" in (await row(store, bad.review_id)).error


async def test_a_child_that_died_while_it_rested_blames_nobody(store: Database, isolation: Isolation) -> None:
    async with isolator_on(store, isolation) as (isolator, _):
        first, second = await suspects(store, "steps 1", "steps 2")
        await isolator.run(first)
        [child] = _children()
        os.kill(child, signal.SIGKILL)
        await isolator.run(second)
        review = await row(store, second.review_id)
        assert review.status in (ReviewStatus.COMPLETED, ReviewStatus.PENDING)
        assert review.crashes == 2


async def test_a_child_that_can_not_start_gives_the_review_back_unblamed(store: Database) -> None:
    broken = Isolation([sys.executable, "-c", "raise SystemExit(3)"], dict(os.environ))
    async with isolator_on(store, broken) as (isolator, _):
        [one] = await suspects(store, "steps 1")
        await isolator.run(one)
        review = await row(store, one.review_id)
        assert (review.status, review.crashes, review.failures) == (ReviewStatus.PENDING, 2, 0)


async def test_a_run_that_is_cancelled_ends_its_child(store: Database, isolation: Isolation) -> None:
    async with isolator_on(store, isolation) as (isolator, _):
        [one] = await suspects(store, "block 60")
        running = asyncio.create_task(isolator.run(one))

        async def started() -> bool:
            return bool(_children())

        await eventually(started)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert _children() == set()


async def test_a_review_that_somebody_else_has_meanwhile_is_left_alone(store: Database, isolation: Isolation) -> None:
    async with isolator_on(store, isolation) as (isolator, _):
        [one] = await suspects(store, "steps 1")
        await changed(store, one.review_id, fence=one.fence + 1)
        await isolator.run(one)
        assert [step.status for step in await life(store, one.review_id)] == ["processing"]


async def test_watchers_hear_of_progress_in_a_child(store: Database, isolation: Isolation) -> None:
    async with isolator_on(store, isolation) as (isolator, desk), desk.bus.listen() as heard:
        [one] = await suspects(store, "steps 3; wait 0.5")
        await isolator.run(one)
        async with asyncio.timeout(15):
            types = [(await anext(heard)).type for _ in range(2)]
    assert any("progress" in each for each in types)


async def test_suspects_keep_nobody_waiting_who_is_none(store: Database, isolation: Isolation) -> None:
    place = await workspace(store)
    slow = await submitted(store, place, *["block 60"] * 4)
    for review_id in slow:
        await changed(store, review_id, crashes=2)
    async with working(store, slots=4, isolation=isolation, grace=timedelta(0)):
        await some_are(store, slow, ReviewStatus.PROCESSING, 2)
        good = await submitted(store, place, *["steps 1"] * 4)
        await all_are(store, good, ReviewStatus.COMPLETED)
        assert (await statuses_of(store, slow)).count("processing") == 2


async def statuses_of(database: Database, ids: Sequence[object]) -> list[str]:
    return [str(review.status) for review in await rows(database, ids)]

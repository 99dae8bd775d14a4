"""One run, from its claim to a named state; and what a worker may write that has lost it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from foureyes.engine.values import OnProgress, Progress, Stage
from foureyes.errors import DatabaseUnavailableError, LostFenceError
from foureyes.kit import clock, metrics
from foureyes.kit.bus import MemoryBus, News
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.models.events import Event
from foureyes.models.reviews import Review, ReviewKind, ReviewStatus
from foureyes.models.workers import WorkerRow
from foureyes.queue.port import MemoryQueue
from foureyes.runs import service
from foureyes.runs.port import Claimed
from foureyes.runs.progress import ProgressBoard, Teller
from foureyes.runs.repository.claims import Claimer, claim
from foureyes.runs.repository.leases import end_leases_of_others, enrol, hold, note_progress, renew
from foureyes.runs.scripted import ScriptedCarrier, ScriptedOutcome
from foureyes.runs.service import Desk
from foureyes.settings import Settings
from log_capture import captured_log
from submitted import changed, life, row, submitted, workspace

LEASE = timedelta(seconds=30)


def desk_on(database: Database, **parts: object) -> Desk:
    return Desk(database, MemoryQueue(), MemoryBus(), ScriptedCarrier(), **parts)


async def claimed_one(database: Database, title: str) -> Claimed:
    await submitted(database, await workspace(database), title)
    claimer = Claimer(new_id(), LEASE, 100)
    [one] = await database.write(claim, claimer, tuple(ReviewKind), 1, bus=MemoryBus())
    return one


async def carried_out(database: Database, title: str) -> tuple[Review, Desk]:
    """The row after one run of a review that does what `title` says."""
    desk = desk_on(database)
    one = await claimed_one(database, title)
    await service.run(one, desk)
    await database.settled()
    return await row(database, one.review_id), desk


async def test_a_run_that_comes_to_its_end_completes_the_review(database: Database) -> None:
    review, _ = await carried_out(database, "a title")
    assert (review.status, review.verdict, review.lease_until) == (ReviewStatus.COMPLETED, "silent", None)


async def test_a_failed_run_waits_for_another_attempt(database: Database) -> None:
    review, desk = await carried_out(database, "fail 1")
    assert (review.status, review.failures, review.error_code) == (ReviewStatus.PENDING, 1, "malformed-answer")
    assert review.not_before is not None
    assert review.dead_at is None
    assert isinstance(desk.queue, MemoryQueue)
    assert desk.queue.jobs == [(review.id, "review", review.not_before)]


async def test_a_deferred_run_leaves_its_place_and_comes_again_later(database: Database) -> None:
    review, desk = await carried_out(database, "defer 1")
    assert (review.status, review.failures, review.deferrals) == (ReviewStatus.DEFERRED, 0, 1)
    assert (review.worker_id, review.lease_until) == (None, None)
    assert isinstance(desk.queue, MemoryQueue)
    assert desk.queue.jobs == [(review.id, "review", review.not_before)]


async def test_what_was_asked_for_wrongly_fails_at_once(database: Database) -> None:
    review, _ = await carried_out(database, "refuse")
    assert (review.status, review.error_code, review.dead_at) == (ReviewStatus.FAILED, "malformed-patch", None)
    assert "Make it with `git diff`" in review.error


async def test_what_an_operator_can_mend_is_a_dead_letter(database: Database) -> None:
    review, _ = await carried_out(database, "unauthorised")
    assert review.status is ReviewStatus.FAILED
    assert review.dead_at is not None


async def test_every_end_stands_in_the_feed(database: Database) -> None:
    review, _ = await carried_out(database, "refuse")
    [event] = await database.read(lambda session: list(session.scalars(select(Event))))
    assert (event.verb, event.review_id, event.facts["error_code"]) == ("review.failed", review.id, "malformed-patch")


class Broken:
    """An outcome that can't be stored."""

    def store(self, session: Session, review: Review, *, at: datetime) -> None:
        raise RuntimeError("a defect")


class Given:
    """A carrier that does as it is told, and then gives what it was given."""

    def __init__(self, outcome: object, before: Callable[[], Awaitable[None]] | None = None) -> None:
        self._outcome = outcome
        self._before = before

    async def carry_out(self, claimed: Claimed, *, on_progress: OnProgress) -> object:
        if self._before is not None:
            await self._before()
        return self._outcome


async def test_an_outcome_that_can_not_be_stored_is_a_failure(database: Database) -> None:
    one = await claimed_one(database, "a title")
    await service.run(one, Desk(database, MemoryQueue(), MemoryBus(), Given(Broken())))
    review = await row(database, one.review_id)
    assert (review.status, review.failures, review.error_code) == (ReviewStatus.PENDING, 1, "internal")


async def test_a_run_that_lost_its_review_stores_nothing(database: Database) -> None:
    one = await claimed_one(database, "a title")

    async def rob() -> None:
        await changed(database, one.review_id, fence=2)

    await service.run(one, Desk(database, MemoryQueue(), MemoryBus(), Given(ScriptedOutcome("mine"), rob)))
    review = await row(database, one.review_id)
    assert (review.status, review.headline) == (ReviewStatus.PROCESSING, "")


@pytest.mark.parametrize("ending", [service.stop, service.release])
async def test_no_end_is_written_without_the_fence(
    database: Database, ending: Callable[[Claimed, Desk], Awaitable[None]]
) -> None:
    one = await claimed_one(database, "a title")
    await changed(database, one.review_id, fence=2)
    with pytest.raises(LostFenceError):
        await ending(one, desk_on(database))
    assert (await row(database, one.review_id)).status is ReviewStatus.PROCESSING


async def test_a_review_that_ended_can_not_be_held(database: Database) -> None:
    one = await claimed_one(database, "a title")
    await service.run(one, desk_on(database))
    with pytest.raises(LostFenceError):
        await database.write(hold, one.review_id, one.fence)


async def test_a_crash_alone_counts_and_the_third_is_the_last(database: Database) -> None:
    one = await claimed_one(database, "a title")
    await changed(database, one.review_id, crashes=2)
    await service.crashed(one, desk_on(database), most=3, reason="it was killed by SIGSEGV")
    review = await row(database, one.review_id)
    assert (review.status, review.crashes, review.error_code) == (ReviewStatus.FAILED, 3, "crashed")
    assert "SIGSEGV" in (await life(database, review.id))[-1].reason


async def test_a_crash_before_the_last_gives_another_try(database: Database) -> None:
    one = await claimed_one(database, "a title")
    await service.crashed(one, desk_on(database), most=3, reason="it was killed by SIGSEGV")
    review = await row(database, one.review_id)
    assert (review.status, review.crashes) == (ReviewStatus.PENDING, 1)


class Away:
    """A database that can't be reached a few times, before it is the real one again."""

    def __init__(self, database: Database, times: int) -> None:
        self._database = database
        self._times = times

    async def write(self, work: Callable[..., object], *args: object, **kwargs: object) -> object:
        self._times -= 1
        if self._times >= 0:
            raise DatabaseUnavailableError("gone for a moment")
        return await self._database.write(work, *args, **kwargs)


async def test_a_result_is_kept_while_the_database_is_away(database: Database) -> None:
    one = await claimed_one(database, "a title")
    await service.run(one, Desk(Away(database, 1), MemoryQueue(), MemoryBus(), ScriptedCarrier()))
    assert (await row(database, one.review_id)).status is ReviewStatus.COMPLETED


async def test_a_sign_of_life_prolongs_only_what_is_still_held(database: Database) -> None:
    first, second = await claimed_one(database, "1"), await claimed_one(database, "2")
    await changed(database, second.review_id, fence=9)
    worker = a_worker()
    await database.write(enrol, worker)
    held = [(one.review_id, one.fence) for one in (first, second)]
    [kept] = await database.write(renew, worker, held, timedelta(hours=1))
    assert (kept.review_id, kept.fence, kept.stop_asked) == (first.review_id, 1, False)
    lease = (await row(database, first.review_id)).lease_until
    other = (await row(database, second.review_id)).lease_until
    assert lease is not None
    assert other is not None
    assert lease - other > timedelta(minutes=50)


async def test_progress_is_noted_only_with_the_fence(database: Database) -> None:
    first, second = await claimed_one(database, "1"), await claimed_one(database, "2")
    await changed(database, second.review_id, fence=9)
    latest = [((one.review_id, one.fence), Progress(Stage.ASK, 3, 7)) for one in (first, second)]
    await database.write(note_progress, latest)
    noted, refused = await row(database, first.review_id), await row(database, second.review_id)
    assert (noted.stage, noted.done, noted.total) == ("ask", 3, 7)
    assert (refused.stage, refused.done, refused.total) == ("", 0, 0)


async def test_leases_of_others_can_be_ended_and_ones_own_stay(database: Database) -> None:
    mine, other = await claimed_one(database, "1"), await claimed_one(database, "2")
    own = (await row(database, mine.review_id)).worker_id
    assert own is not None
    assert await database.write(end_leases_of_others, own) == 1
    ended = (await row(database, other.review_id)).lease_until
    assert ended is not None
    assert ended <= clock.now() + timedelta(seconds=1)


def a_worker() -> WorkerRow:
    at = clock.now()
    return WorkerRow(
        id=new_id(),
        host="here",
        pid=1,
        version="1",
        kinds=["review"],
        slots=1,
        draining=False,
        started_at=at,
        seen_at=at,
    )


async def test_watchers_hear_of_progress_a_few_times_and_of_the_last(database: Database) -> None:
    one = await claimed_one(database, "a title")
    bus, board, heard = MemoryBus(), ProgressBoard(), list[News]()
    async with bus.listen() as news:
        with Teller(one, bus, board) as tell:
            for done in range(1, 51):
                tell(Progress(Stage.ASK, done, 50))
                await asyncio.sleep(0.005)
            async with asyncio.timeout(10):
                async for item in news:
                    heard.append(item)
                    if item.facts["done"] == 50:
                        break
    assert len(heard) < 25
    assert board.take() == [((one.review_id, one.fence), Progress(Stage.ASK, 50, 50))]
    assert board.take() == []


async def test_after_its_end_a_run_tells_nothing(database: Database) -> None:
    one = await claimed_one(database, "a title")
    bus = MemoryBus()
    async with bus.listen() as news:
        with Teller(one, bus, ProgressBoard()) as tell:
            tell(Progress(Stage.ASK, 1, 2))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(news), 0.3)


def _sample(name: str, **labels: str) -> float:
    return metrics.REGISTRY.get_sample_value(name, labels) or 0


async def test_the_stages_of_a_run_are_timed_also_the_last_one(database: Database) -> None:
    names = ("collect", "ask")
    before = [_sample("foureyes_stage_seconds_count", stage=name) for name in names]
    one = await claimed_one(database, "a title")
    with Teller(one, MemoryBus(), ProgressBoard()) as tell:
        tell(Progress(Stage.COLLECT))
        tell(Progress(Stage.ASK, 1, 2))
        tell(Progress(Stage.ASK, 2, 2))
    assert [_sample("foureyes_stage_seconds_count", stage=name) for name in names] == [count + 1 for count in before]


@pytest.mark.parametrize(
    ("title", "code", "more"), [("fail 1", "malformed-answer", 1), ("refuse", "malformed-patch", 0)]
)
async def test_failures_are_counted_by_their_code_but_not_those_of_who_asked(
    database: Database, title: str, code: str, more: int
) -> None:
    before = _sample("foureyes_failures_total", code=code)
    await carried_out(database, title)
    assert _sample("foureyes_failures_total", code=code) == before + more


async def test_every_line_of_a_run_names_its_request_and_review(database: Database) -> None:
    one = replace(await claimed_one(database, "a title"), request_id="build-4711")
    with captured_log(Settings()) as log:
        await service.run(one, desk_on(database))
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["run_begun", "run_completed"]
    assert {(line["request_id"], line["review"]) for line in lines} == {("build-4711", str(one.review_id))}

"""A whole worker: what it takes, what it leaves, and in which order."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select
from worker_world import all_are, eventually, some_are, working

from foureyes.engine.values import OnProgress
from foureyes.kit import clock
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.models.events import Event
from foureyes.models.reviews import Review, ReviewKind, ReviewStatus
from foureyes.models.workers import WorkerRow
from foureyes.queue.port import QueueDepth
from foureyes.runs.port import Claimed
from foureyes.runs.scripted import ScriptedOutcome
from foureyes.worker.pulse import Pace
from servers import redis_server
from submitted import changed, life, retitled, row, rows, submitted, workspace


class Noting:
    """A carrier that notes in which order workspaces are served, one short wait each."""

    def __init__(self) -> None:
        self.begun: list[Claimed] = []

    async def carry_out(self, claimed: Claimed, *, on_progress: OnProgress) -> ScriptedOutcome:
        self.begun.append(claimed)
        await asyncio.sleep(0.02)
        return ScriptedOutcome("done")


async def test_what_is_submitted_and_enqueued_is_completed(database: Database) -> None:
    [review_id] = await submitted(database, await workspace(database), "wait 0")
    async with working(database, pace=Pace()) as world:
        await world.queue.enqueue(review_id, "review")
        await all_are(database, [review_id], ReviewStatus.COMPLETED)
    assert [step.status for step in await life(database, review_id)] == ["processing", "completed"]


async def test_a_completed_review_says_when_and_how_long(database: Database) -> None:
    [review_id] = await submitted(database, await workspace(database), "wait 0.05")
    async with working(database):
        await all_are(database, [review_id], ReviewStatus.COMPLETED)
    review = await row(database, review_id)
    assert review.seconds is not None
    assert review.seconds >= 0.05
    assert review.finished_at is not None
    assert review.lease_until is None
    assert review.headline == "Done with fence 1."
    verbs = await database.read(lambda session: list(session.scalars(select(Event.verb))))
    assert verbs == ["review.completed"]


async def test_what_no_broker_ever_heard_of_is_found(database: Database) -> None:
    ids = await submitted(database, await workspace(database), "wait 0", "wait 0", "wait 0")
    async with working(database):
        await all_are(database, ids, ReviewStatus.COMPLETED)


async def test_a_broker_that_is_away_stops_nobody(database: Database) -> None:
    ids = await submitted(database, await workspace(database), "wait 0", "wait 0")
    async with working(database, url="redis://127.0.0.1:1"):
        await all_are(database, ids, ReviewStatus.COMPLETED)


async def test_a_worker_serves_its_kinds_alone(database: Database) -> None:
    place = await workspace(database)
    [mine] = await submitted(database, place, "wait 0", kind=ReviewKind.DEBUG)
    [other] = await submitted(database, place, "wait 0", kind=ReviewKind.REVIEW)
    async with working(database, kinds=[ReviewKind.DEBUG]):
        await all_are(database, [mine], ReviewStatus.COMPLETED)
    assert (await row(database, other)).status is ReviewStatus.PENDING


async def test_no_more_are_in_flight_than_there_are_slots(database: Database) -> None:
    ids = await submitted(database, await workspace(database), *["wait 0.3"] * 8)
    async with working(database, slots=3):
        await some_are(database, ids, ReviewStatus.PROCESSING, 3)
        held = select(func.count()).where(Review.status == ReviewStatus.PROCESSING)
        assert await database.read(lambda session: session.scalar(held)) == 3
        await all_are(database, ids, ReviewStatus.COMPLETED)


async def test_a_flood_of_one_tenant_keeps_no_other_waiting(database: Database) -> None:
    flooding, quiet = await workspace(database), await workspace(database)
    flood = await submitted(database, flooding, *[f"flood {number}" for number in range(200)])
    carrier = Noting()
    async with working(database, slots=8, carrier=carrier) as world:
        await some_are(database, flood, ReviewStatus.COMPLETED, 8)
        before = len(carrier.begun)
        [late] = await submitted(database, quiet, "one")
        await world.queue.enqueue(late, "review")
        await all_are(database, [late], ReviewStatus.COMPLETED)
        after = [one.workspace_id for one in carrier.begun[before:]].index(quiet)
        await all_are(database, flood, ReviewStatus.COMPLETED)
    # Two rounds of its slots at the most: those that were being filled when it came, and the next.
    assert after <= 16


async def test_places_that_a_capped_tenant_may_not_have_are_left_to_others(database: Database) -> None:
    flooding, quiet = await workspace(database), await workspace(database)
    flood = await submitted(database, flooding, *["wait 0.4"] * 6)
    async with working(database, slots=4, per_workspace=2) as world:
        await some_are(database, flood, ReviewStatus.PROCESSING, 2)
        others = await submitted(database, quiet, "wait 0", "wait 0")
        for review_id in others:
            await world.queue.enqueue(review_id, "review")
        await all_are(database, others, ReviewStatus.COMPLETED)
        assert [review.status for review in await rows(database, flood)][4:] == [ReviewStatus.PENDING] * 2
        # Nothing was enqueued for these: a place that falls free is filled at once.
        await all_are(database, flood, ReviewStatus.COMPLETED)


async def test_a_deferred_review_comes_again_and_counts_as_no_failure(database: Database) -> None:
    [review_id] = await submitted(database, await workspace(database), "defer 2")
    async with working(database):
        await all_are(database, [review_id], ReviewStatus.COMPLETED)
    review = await row(database, review_id)
    assert (review.deferrals, review.failures) == (2, 0)
    statuses = [step.status for step in await life(database, review_id)]
    assert statuses == ["processing", "deferred", "processing", "deferred", "processing", "completed"]


async def test_a_running_review_that_is_cancelled_stops(database: Database) -> None:
    [review_id] = await submitted(database, await workspace(database), "wait 60")
    async with working(database):
        await all_are(database, [review_id], ReviewStatus.PROCESSING)
        await changed(database, review_id, cancel_asked_at=clock.now())
        await all_are(database, [review_id], ReviewStatus.CANCELLED)


async def test_a_running_review_that_a_newer_one_replaced_stops(database: Database) -> None:
    older, newer = await submitted(database, await workspace(database), "wait 60", "wait 0")
    async with working(database):
        await all_are(database, [older], ReviewStatus.PROCESSING)
        await changed(database, older, superseded_by=newer)
        await all_are(database, [older], ReviewStatus.SUPERSEDED)


async def test_a_worker_that_is_robbed_stops_without_a_word(database: Database) -> None:
    [review_id] = await submitted(database, await workspace(database), "wait 60")
    async with working(database) as world:
        await all_are(database, [review_id], ReviewStatus.PROCESSING)
        await changed(database, review_id, fence=7, lease_until=clock.now() + timedelta(hours=1))
        await asyncio.wait_for(world.stopped(), 20)
    review = await row(database, review_id)
    assert (review.status, review.fence) == (ReviewStatus.PROCESSING, 7)
    assert len(await life(database, review_id)) == 1


async def test_a_long_run_keeps_its_lease(database: Database) -> None:
    [review_id] = await submitted(database, await workspace(database), "wait 2.5")
    async with working(database), working(database):
        await all_are(database, [review_id], ReviewStatus.COMPLETED)
    assert (await row(database, review_id)).fence == 1


async def test_progress_reaches_the_row(database: Database) -> None:
    [review_id] = await submitted(database, await workspace(database), "steps 5; wait 60")

    async def noted() -> bool:
        review = await row(database, review_id)
        return (review.stage, review.done, review.total) == ("ask", 5, 5)

    async with working(database, grace=timedelta(milliseconds=100)):
        await eventually(noted)


async def test_a_worker_that_stops_finishes_what_can_be_finished_in_time(database: Database) -> None:
    ids = await submitted(database, await workspace(database), *["wait 0.5"] * 3)
    async with working(database) as world:
        await all_are(database, ids, ReviewStatus.PROCESSING)
        await world.stopped()
    assert {(await row(database, one)).status for one in ids} == {ReviewStatus.COMPLETED}


async def test_what_takes_longer_is_given_back_at_once_and_counts_as_no_crash(database: Database) -> None:
    [review_id] = await submitted(database, await workspace(database), "wait 60")
    async with working(database, grace=timedelta(milliseconds=100)) as world:
        await all_are(database, [review_id], ReviewStatus.PROCESSING)
        await world.stopped()
    review = await row(database, review_id)
    assert (review.status, review.crashes, review.lease_until) == (ReviewStatus.PENDING, 0, None)
    assert [step.status for step in await life(database, review_id)] == ["processing", "pending"]


async def test_a_second_signal_cuts_the_grace_short(database: Database) -> None:
    [review_id] = await submitted(database, await workspace(database), "wait 60")
    async with working(database, grace=timedelta(hours=1)) as world:
        await all_are(database, [review_id], ReviewStatus.PROCESSING)
        world.stopping.set()
        world.hurry.set()
        await world.stopped()
    assert (await row(database, review_id)).status is ReviewStatus.PENDING


async def test_what_a_stopped_worker_gives_back_another_goes_on_with(database: Database) -> None:
    prefix = f"worker-test-{new_id()}"
    [review_id] = await submitted(database, await workspace(database), "wait 60")
    # The other one sweeps once an hour: what it learns, it learns from the broker.
    deaf = Pace(sweep=timedelta(hours=1))
    async with working(database, url=redis_server(), prefix=prefix, grace=timedelta(milliseconds=100)) as first:
        await all_are(database, [review_id], ReviewStatus.PROCESSING)
        await retitled(database, review_id, "wait 0")
        async with working(database, url=redis_server(), prefix=prefix, pace=deaf):
            await first.stopped()
            await all_are(database, [review_id], ReviewStatus.COMPLETED)
    assert (await row(database, review_id)).fence == 2


async def test_a_worker_that_works_alone_takes_over_at_once_what_the_last_one_left(database: Database) -> None:
    [review_id] = await submitted(database, await workspace(database), "wait 0")
    later = clock.now() + timedelta(hours=1)
    await changed(database, review_id, status=ReviewStatus.PROCESSING, fence=1, worker_id=new_id(), lease_until=later)
    async with working(database, alone=True):
        await all_are(database, [review_id], ReviewStatus.COMPLETED)
    assert (await row(database, review_id)).fence == 2


async def test_a_worker_stands_in_the_list_while_it_works(database: Database) -> None:
    [review_id] = await submitted(database, await workspace(database), "wait 60")

    async def listed() -> bool:
        workers = await database.read(lambda session: list(session.scalars(select(WorkerRow))))
        return [(one.running, one.slots, one.kinds) for one in workers] == [(1, 5, ["review"])]

    async with working(database, slots=5, kinds=[ReviewKind.REVIEW], grace=timedelta(milliseconds=100)):
        await all_are(database, [review_id], ReviewStatus.PROCESSING)
        await eventually(listed)
    assert await database.read(lambda session: session.scalar(select(func.count()).select_from(WorkerRow))) == 0


async def test_a_worker_that_was_struck_off_enters_itself_again(database: Database) -> None:
    async def listed() -> bool:
        return bool(await database.read(lambda session: session.scalar(select(WorkerRow.id))))

    async with working(database):
        await eventually(listed)
        await database.write(lambda session: session.execute(WorkerRow.__table__.delete()))
        await eventually(listed)


async def test_workers_of_long_ago_are_forgotten(database: Database) -> None:
    async with working(database):
        await eventually(lambda: _workers(database, 1))
        await database.write(
            lambda session: session.add(
                WorkerRow(
                    id=new_id(),
                    host="gone",
                    pid=1,
                    version="0",
                    kinds=[],
                    slots=1,
                    started_at=clock.now() - timedelta(days=2),
                    seen_at=clock.now() - timedelta(days=1),
                )
            )
        )
    async with working(database):
        await eventually(lambda: _workers(database, 1))


async def _workers(database: Database, count: int) -> bool:
    return await database.read(lambda session: session.scalar(select(func.count()).select_from(WorkerRow))) == count


async def test_permits_are_used_up_by_whoever_served_them(database: Database) -> None:
    ids = await submitted(database, await workspace(database), *["wait 0"] * 30)
    async with working(database, url=redis_server()) as world:
        await asyncio.gather(*(world.queue.enqueue(review_id, "review") for review_id in ids))
        await all_are(database, ids, ReviewStatus.COMPLETED)

        async def empty() -> bool:
            return await world.queue.depth("review") == QueueDepth(0, 0, 0)

        await eventually(empty)


@pytest.mark.parametrize("title", ["fail 2", "defect 2"])
async def test_what_fails_twice_may_succeed_the_third_time(database: Database, title: str) -> None:
    [review_id] = await submitted(database, await workspace(database), title)
    async with working(database):
        for failures in (1, 2):
            await eventually(partial(_failures, database, failures))
            # Time passes.
            await changed(database, review_id, not_before=None)
        await all_are(database, [review_id], ReviewStatus.COMPLETED)


async def _failures(database: Database, count: int) -> bool:
    return await database.read(lambda session: session.scalar(select(Review.failures))) == count

"""Who may carry a review out: one worker at a time, the fairest review first."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from foureyes.kit import clock
from foureyes.kit.bus import MemoryBus
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.models.reviews import ReviewKind, ReviewStatus
from foureyes.runs.port import Claimed
from foureyes.runs.repository.claims import Claimer, claim, waiting_count, waiting_ids
from submitted import changed, life, row, rows, submitted, workspace

LEASE = timedelta(seconds=30)


def claimer(per_workspace: int = 1000, *, worker_id: UUID | None = None) -> Claimer:
    return Claimer(worker_id or new_id(), LEASE, per_workspace)


async def claimed(
    database: Database,
    limit: int = 1,
    *,
    by: Claimer | None = None,
    kinds: Sequence[ReviewKind] = (ReviewKind.REVIEW,),
) -> list[Claimed]:
    return await database.write(claim, by or claimer(), kinds, limit, bus=MemoryBus())


async def test_a_claim_takes_the_review_for_the_time_of_its_lease(database: Database) -> None:
    [review_id] = await submitted(database, await workspace(database), "a title")
    by = claimer()
    [one] = await claimed(database, by=by)
    review = await row(database, review_id)
    assert (one.review_id, one.fence, one.request.title) == (review_id, 1, "a title")
    assert (review.status, review.fence, review.worker_id) == (ReviewStatus.PROCESSING, 1, by.worker_id)
    assert review.lease_until is not None
    assert review.started_at is not None
    assert review.lease_until - review.started_at == LEASE


async def test_a_claim_is_written_into_the_life_of_the_review(database: Database) -> None:
    [review_id] = await submitted(database, await workspace(database), "a title")
    by = claimer()
    await claimed(database, by=by)
    [step] = await life(database, review_id)
    assert (step.status, step.fence, step.worker_id) == (ReviewStatus.PROCESSING, 1, by.worker_id)


async def test_nobody_claims_what_somebody_has(database: Database) -> None:
    await submitted(database, await workspace(database), "a title")
    assert len(await claimed(database)) == 1
    assert await claimed(database) == []


async def test_the_oldest_comes_first(database: Database) -> None:
    ids = await submitted(database, await workspace(database), "1", "2", "3")
    assert [one.review_id for one in await claimed(database, 2)] == ids[:2]
    assert [one.review_id for one in await claimed(database, 2)] == ids[2:]


async def test_only_the_kinds_of_a_worker_are_claimed(database: Database) -> None:
    await submitted(database, await workspace(database), "a title", kind=ReviewKind.DEBUG)
    assert await claimed(database, kinds=[ReviewKind.REVIEW, ReviewKind.FIX]) == []
    assert len(await claimed(database, kinds=[ReviewKind.DEBUG])) == 1


async def test_what_is_put_off_waits_for_its_time(database: Database) -> None:
    [early, late] = await submitted(database, await workspace(database), "1", "2")
    await changed(database, early, status=ReviewStatus.DEFERRED, not_before=clock.now() - timedelta(seconds=1))
    await changed(database, late, status=ReviewStatus.PENDING, not_before=clock.now() + timedelta(hours=1))
    assert [one.review_id for one in await claimed(database, 9)] == [early]


async def test_what_is_over_is_never_claimed(database: Database) -> None:
    ids = await submitted(database, await workspace(database), "1", "2", "3", "4")
    for review_id, status in zip(ids, [status for status in ReviewStatus if status.ended], strict=True):
        await changed(database, review_id, status=status)
    assert await claimed(database, 9) == []


async def test_a_lease_that_ran_out_is_taken_over_with_a_higher_fence(database: Database) -> None:
    [review_id] = await submitted(database, await workspace(database), "a title")
    await claimed(database)
    await changed(database, review_id, lease_until=clock.now() - timedelta(seconds=1))
    [one] = await claimed(database)
    assert (one.fence, one.crashes, one.failures) == (2, 1, 0)
    assert [step.reason for step in await life(database, review_id)] == ["", "The worker that had it died."]


async def test_dead_workers_alone_never_use_a_review_up(database: Database) -> None:
    [review_id] = await submitted(database, await workspace(database), "a title")
    await claimed(database)
    counts = []
    for _ in range(6):
        await changed(database, review_id, lease_until=clock.now() - timedelta(seconds=1))
        counts += [one.crashes for one in await claimed(database)]
    assert counts == [1, 2, 2, 2, 2, 2]


async def test_what_no_version_can_read_fails_and_holds_up_nobody(database: Database) -> None:
    broken, sound = await submitted(database, await workspace(database), "1", "2")
    await changed(database, broken, request={"kind": "review", "source": {"type": "punch cards"}})
    assert [one.review_id for one in await claimed(database, 9)] == [sound]
    review = await row(database, broken)
    assert (review.status, review.error_code) == (ReviewStatus.FAILED, "unreadable-request")


async def test_a_workspace_has_no_more_in_flight_than_it_may(database: Database) -> None:
    await submitted(database, await workspace(database), *"123456")
    by = claimer(4)
    assert len(await claimed(database, 3, by=by)) == 3
    assert len(await claimed(database, 3, by=by)) == 1
    assert await claimed(database, 3, by=by) == []


async def test_a_place_that_falls_free_is_given_again(database: Database) -> None:
    await submitted(database, await workspace(database), *"123")
    by = claimer(1)
    [first] = await claimed(database, by=by)
    await changed(database, first.review_id, status=ReviewStatus.COMPLETED)
    assert len(await claimed(database, by=by)) == 1


async def test_a_dead_worker_takes_no_place_of_its_workspace(database: Database) -> None:
    first, second = await submitted(database, await workspace(database), "1", "2")
    by = claimer(1)
    await claimed(database, by=by)
    await changed(database, first, lease_until=clock.now() - timedelta(seconds=1))
    assert [one.review_id for one in await claimed(database, by=by)] == [first]
    assert await claimed(database, by=by) == []
    assert (await row(database, second)).status is ReviewStatus.PENDING


async def test_a_flood_does_not_keep_another_workspace_waiting(database: Database) -> None:
    flooding, quiet = await workspace(database), await workspace(database)
    await submitted(database, flooding, *[str(number) for number in range(40)])
    await claimed(database, 8)
    [late] = await submitted(database, quiet, "the only one")
    assert [one.review_id for one in await claimed(database)] == [late]


async def test_one_claim_of_many_deals_them_out_evenly(database: Database) -> None:
    workspaces = [await workspace(database) for _ in range(3)]
    for one in workspaces:
        await submitted(database, one, *"123456")
    taken = Counter(one.workspace_id for one in await claimed(database, 9))
    assert taken == dict.fromkeys(workspaces, 3)


async def test_many_claims_at_once_give_each_review_once_and_keep_the_cap(database: Database) -> None:
    first, second = await workspace(database), await workspace(database)
    await submitted(database, first, *[str(number) for number in range(60)])
    ids = await submitted(database, second, *[str(number) for number in range(10)])
    found = await asyncio.gather(*(claimed(database, 2, by=claimer(20)) for _ in range(64)))
    everything = [one for some in found for one in some]
    assert len({one.review_id for one in everything}) == len(everything) == 30
    assert Counter(one.workspace_id for one in everything) == {first: 20, second: 10}
    assert {review.fence for review in await rows(database, ids)} == {1}


async def test_what_waits_can_be_counted_and_named(database: Database) -> None:
    ids = await submitted(database, await workspace(database), "1", "2", "3")
    kinds = [ReviewKind.REVIEW]
    assert await database.read(waiting_count, kinds, 2) == 2
    await claimed(database)
    assert await database.read(waiting_ids, kinds, 9) == [(review_id, ReviewKind.REVIEW) for review_id in ids[1:]]
    assert await database.read(waiting_count, [ReviewKind.DEBUG], 9) == 0


async def test_no_more_that_seem_to_kill_workers_are_claimed_than_may_run_alone(database: Database) -> None:
    ids = await submitted(database, await workspace(database), *["a title"] * 6)
    for suspect in ids[:4]:
        await changed(database, suspect, crashes=2)
    found = await database.write(claim, claimer(), (ReviewKind.REVIEW,), 6, bus=MemoryBus(), suspects=1)
    assert [one.review_id for one in found if one.crashes] == ids[:1]
    assert {one.review_id for one in found if not one.crashes} == set(ids[4:])


async def test_a_death_that_makes_a_review_suspicious_counts_before_it_is_claimed(database: Database) -> None:
    [review_id] = await submitted(database, await workspace(database), "a title")
    await claimed(database)
    await changed(database, review_id, crashes=1, lease_until=clock.now() - LEASE)
    kinds = (ReviewKind.REVIEW,)
    assert await database.write(claim, claimer(), kinds, 1, bus=MemoryBus(), suspects=0) == []
    [one] = await database.write(claim, claimer(), kinds, 1, bus=MemoryBus(), suspects=1)
    assert one.crashes == 2


async def test_suspects_count_towards_the_cap_of_their_workspace(database: Database) -> None:
    first, *_ = await submitted(database, await workspace(database), *["a title"] * 4)
    await changed(database, first, crashes=2)
    assert len(await claimed(database, 10, by=claimer(2))) == 2
    assert await claimed(database, 10, by=claimer(2)) == []

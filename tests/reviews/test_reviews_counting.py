"""Ends that no worker writes are counted in their day exactly once; and what is retried needs its sources."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from askers import House
from foureyes.kit import clock, metrics
from foureyes.kit.logging import correlated
from foureyes.models.blobs import Blob
from foureyes.models.reviews import Review, ReviewDay, ReviewStatus
from foureyes.reviews.changing import requeue
from foureyes.reviews.repository.admin import DeadLetters


async def counted(ours: House) -> dict[str, tuple[int, int]]:
    """How many reviews ended, and how many of these were copies, by status."""
    days = await ours.database.read(lambda session: session.scalars(select(ReviewDay)).all())
    return {day.status.value: (day.reviews, day.cached) for day in days}


def _review(session: Session, review_id: UUID) -> Review:
    return session.get_one(Review, review_id)


async def test_one_that_waits_and_is_cancelled_twice_is_counted_once(ours: House) -> None:
    review_id = await ours.submit()
    await ours.client.post(f"/api/reviews/{review_id}/cancel")
    await ours.client.post(f"/api/reviews/{review_id}/cancel")
    assert await counted(ours) == {"cancelled": (1, 0)}


async def test_one_that_waits_and_is_replaced_is_counted_as_superseded(ours: House) -> None:
    await ours.submit(supersedes="pull/7", title="first")
    await ours.submit(supersedes="pull/7", title="second")
    assert await counted(ours) == {"superseded": (1, 0)}


async def test_a_copy_of_an_equal_review_is_counted_as_completed_and_cached(ours: House) -> None:
    await ours.complete(await ours.submit())
    await ours.submit()
    assert await counted(ours) == {"completed": (1, 1)}


async def test_each_end_of_one_that_is_retried_is_counted(ours: House) -> None:
    review_id = await ours.submit()
    for _ in range(2):
        await ours.client.post(f"/api/reviews/{review_id}/cancel")
        assert (await ours.client.post(f"/api/reviews/{review_id}/retry")).status_code == 202
    assert await counted(ours) == {"cancelled": (2, 0)}


async def test_ends_are_in_the_numbers_of_the_process(ours: House) -> None:
    labels = {"kind": "review", "status": "cancelled"}
    before = metrics.REGISTRY.get_sample_value("foureyes_reviews_ended_total", labels) or 0
    await ours.client.post(f"/api/reviews/{await ours.submit()}/cancel")
    await ours.database.settled()
    assert metrics.REGISTRY.get_sample_value("foureyes_reviews_ended_total", labels) == before + 1


async def test_a_retry_keeps_what_was_sent_for_longer(ours: House) -> None:
    review_id = await ours.submit()
    await ours.client.post(f"/api/reviews/{review_id}/cancel")
    old = clock.now() - timedelta(days=200)
    await ours.database.write(lambda session: session.execute(update(Blob).values(used_at=old)).rowcount)
    await ours.client.post(f"/api/reviews/{review_id}/retry")
    used = await ours.database.read(lambda session: session.scalars(select(Blob.used_at)).all())
    assert min(used) > clock.now() - timedelta(minutes=5)


async def test_a_retry_of_what_is_kept_no_longer_is_refused(ours: House) -> None:
    review_id = await ours.submit()
    await ours.client.post(f"/api/reviews/{review_id}/cancel")
    await ours.database.write(lambda session: session.execute(delete(Blob)).rowcount)
    answer = await ours.client.post(f"/api/reviews/{review_id}/retry")
    assert (answer.status_code, answer.json()["code"]) == (409, "sources-gone")
    assert "send it again" in answer.json()["detail"]
    assert (await ours.database.read(_review, review_id)).status is ReviewStatus.CANCELLED


async def test_a_dead_letter_whose_sources_are_gone_stays_failed_and_is_dead_no_more(ours: House) -> None:
    alive, gone = await ours.submit(), await ours.submit(source={"type": "file", "path": "b.py", "content": "x = 1\n"})
    for one in (alive, gone):
        await ours.change(one, status=ReviewStatus.FAILED, dead_at=clock.now())
    digest = (await ours.database.read(_review, gone)).request["source"]["files"][0]["digest"]
    await ours.database.write(lambda session: session.execute(delete(Blob).where(Blob.digest == digest)).rowcount)
    put_back = await ours.database.write(
        requeue,
        DeadLetters(),
        user_id=ours.askers.known["ada"].user_id,
        at=clock.now(),
        bus=ours.services.bus,
        queue=ours.queue,
    )
    assert put_back == [alive]
    left = await ours.database.read(_review, gone)
    assert (left.status, left.dead_at, left.error_code) == (ReviewStatus.FAILED, None, "sources-gone")


async def test_a_review_names_the_request_that_asked_for_it(ours: House) -> None:
    with correlated("build-4711"):
        review_id = await ours.submit()
    assert (await ours.client.get(f"/api/reviews/{review_id}")).json()["request_id"] == "build-4711"


async def test_a_review_that_no_request_asked_for_names_none(ours: House) -> None:
    review_id = await ours.submit()
    assert (await ours.client.get(f"/api/reviews/{review_id}")).json()["request_id"] is None

"""Cancelling and retrying: what each status allows, who may, and that a lost answer does no harm."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from askers import House
from foureyes.kit import clock
from foureyes.kit.ids import new_id
from foureyes.models.events import Event
from foureyes.models.reviews import Review, ReviewDay, ReviewStatus
from foureyes.models.workspaces import Role
from foureyes.rest.principal import Scope
from foureyes.reviews import changing

ENDED = [status for status in ReviewStatus if status.ended]


def _review(session: Session, review_id: UUID) -> Review:
    return session.get_one(Review, review_id)


def _verbs(session: Session) -> list[str]:
    return list(session.scalars(select(Event.verb).order_by(Event.id)))


@pytest.mark.parametrize("status", [ReviewStatus.PENDING, ReviewStatus.DEFERRED])
async def test_one_that_waits_is_cancelled_at_once(ours: House, status: ReviewStatus) -> None:
    review_id = await ours.submit()
    await ours.change(review_id, status=status, not_before=clock.now())
    answer = await ours.client.post(f"/api/reviews/{review_id}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    row = await ours.database.read(_review, review_id)
    assert (row.not_before, row.finished_at) == (None, row.changed_at)


async def test_a_cancelled_review_is_in_the_feed_and_counted(ours: House) -> None:
    await ours.client.post(f"/api/reviews/{await ours.submit()}/cancel")
    assert await ours.database.read(_verbs) == ["review.submitted", "review.cancelled"]
    day = await ours.database.read(lambda session: session.scalars(select(ReviewDay)).one())
    assert (day.status, day.reviews) == (ReviewStatus.CANCELLED, 1)


async def test_one_that_runs_is_asked_to_stop_and_its_watchers_are_told(ours: House) -> None:
    review_id = await ours.submit()
    await ours.change(review_id, status=ReviewStatus.PROCESSING, fence=1)
    answer = await ours.client.post(f"/api/reviews/{review_id}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "processing")
    row = await ours.database.read(_review, review_id)
    assert row.cancel_asked_at is not None
    assert await ours.database.read(_verbs) == ["review.submitted", "review.cancel_asked"]


async def test_asking_twice_keeps_the_first_moment(ours: House) -> None:
    review_id = await ours.submit()
    long_ago = clock.now() - timedelta(minutes=1)
    await ours.change(review_id, status=ReviewStatus.PROCESSING, cancel_asked_at=long_ago)
    await ours.client.post(f"/api/reviews/{review_id}/cancel")
    assert (await ours.database.read(_review, review_id)).cancel_asked_at == long_ago


@pytest.mark.parametrize("status", ENDED)
async def test_what_is_over_is_not_cancelled(ours: House, status: ReviewStatus) -> None:
    review_id = await ours.submit()
    await ours.change(review_id, status=status)
    answer = await ours.client.post(f"/api/reviews/{review_id}/cancel")
    assert (answer.status_code, answer.json()["code"]) == (409, "review-ended")
    assert (await ours.database.read(_review, review_id)).status is status


@pytest.mark.parametrize("status", [ReviewStatus.FAILED, ReviewStatus.CANCELLED])
async def test_what_failed_or_was_cancelled_runs_again(ours: House, status: ReviewStatus) -> None:
    review_id = await ours.submit()
    ours.queue.jobs.clear()
    now = clock.now()
    await ours.change(
        review_id, status=status, dead_at=now, error="Boom.", error_code="git", failures=3, crashes=1, fence=7,
        cancel_asked_at=now, finished_at=now, started_at=now, stage="ask",
    )  # fmt: skip
    answer = await ours.client.post(f"/api/reviews/{review_id}/retry")
    assert (answer.status_code, answer.json()["status"]) == (202, "pending")
    await ours.database.settled()
    row = await ours.database.read(_review, review_id)
    assert (row.dead_at, row.cancel_asked_at, row.finished_at, row.started_at) == (None, None, None, None)
    assert (row.failures, row.crashes, row.error, row.error_code, row.stage) == (0, 0, "", "", "")
    assert row.fence == 7, "a fence that falls would let a worker act that has lost the review"
    assert ours.queue.jobs == [(review_id, "review", None)]


@pytest.mark.parametrize("status", sorted(set(ReviewStatus) - {ReviewStatus.FAILED, ReviewStatus.CANCELLED}))
async def test_nothing_else_is_retried(ours: House, status: ReviewStatus) -> None:
    review_id = await ours.submit()
    await ours.change(review_id, status=status)
    answer = await ours.client.post(f"/api/reviews/{review_id}/retry")
    assert (answer.status_code, answer.json()["code"]) == (409, "not-retryable")


@pytest.mark.parametrize("verb", ["cancel", "retry"])
async def test_others_viewers_and_readers_change_nothing(ours: House, verb: str) -> None:
    review_id = await ours.submit()
    viewer = ours.asked_as("viewer", roles={ours.home: Role.VIEWER})
    reader = ours.asked_as("reader", scopes=frozenset({Scope.REVIEWS_READ}))
    for headers, status in (({"As": "eve"}, 404), (viewer, 403), (reader, 403), ({"As": "nobody"}, 401)):
        assert (await ours.client.post(f"/api/reviews/{review_id}/{verb}", headers=headers)).status_code == status
    assert (await ours.database.read(_review, review_id)).cancel_asked_at is None


async def test_work_that_runs_twice_after_a_broken_connection_gives_the_same(ours: House) -> None:
    review_id = await ours.submit()
    wish = changing.Wish(ours.askers.known["ada"], review_id, new_id(), clock.now())
    for _ in range(2):
        review = await ours.database.write(changing.cancel, wish, bus=ours.services.bus)
        assert review.status is ReviewStatus.CANCELLED
    again = replace(wish, event_id=new_id())
    for _ in range(2):
        queue = ours.services.queue
        review = await ours.database.write(changing.retry, again, bus=ours.services.bus, queue=queue)
        assert review.status is ReviewStatus.PENDING
    assert await ours.database.read(_verbs) == ["review.submitted", "review.cancelled", "review.retried"]

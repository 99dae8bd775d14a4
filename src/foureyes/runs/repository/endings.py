"""How a run ends: each way checks the fence first, and leaves the review in a named state."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from pydantic import JsonValue
from sqlalchemy import insert
from sqlalchemy.orm import Session

from foureyes.kit.bus import Bus
from foureyes.kit.database.base import table_of
from foureyes.kit.database.port import after_commit
from foureyes.kit.ids import new_id
from foureyes.models.events import Event
from foureyes.models.reviews import Review, ReviewStatus
from foureyes.queue.port import Queue
from foureyes.reviews.repository.changes import change_status
from foureyes.runs.failures import Again, Final
from foureyes.runs.port import Claimed, Outcome
from foureyes.runs.repository.deferrals import wake
from foureyes.runs.repository.leases import hold, now_of

_FAILURE_LENGTH = 2000
_HAPPENED = insert(table_of(Event))


def complete(session: Session, claimed: Claimed, outcome: Outcome, *, bus: Bus, queue: Queue) -> None:
    """Store what came of the run, and wake others that wait for the model that has answered it.

    Raises LostFenceError, as all of these do: it is no longer this worker's.
    """
    review = hold(session, claimed.review_id, claimed.fence)
    at = now_of(session)
    outcome.store(session, review, at=at)
    _end(session, review, ReviewStatus.COMPLETED, at, bus)
    for review_id, kind in wake(session, (claimed.review_id, claimed.fence), at=at):
        after_commit(session, partial(queue.enqueue, review_id, kind))


def fail(session: Session, claimed: Claimed, final: Final, *, bus: Bus) -> None:
    """Give the review up, with a sentence that says why."""
    give_up(session, hold(session, claimed.review_id, claimed.fence), final, bus=bus, at=now_of(session))


def give_up(session: Session, review: Review, final: Final, *, bus: Bus, at: datetime) -> None:
    """The same for a row that this transaction holds already."""
    review.error_code, review.error = final.code, final.sentence[:_FAILURE_LENGTH]
    review.failures += final.counts
    review.dead_at = at if final.dead else None
    _end(session, review, ReviewStatus.FAILED, at, bus)


def try_again(session: Session, claimed: Claimed, again: Again, *, bus: Bus, queue: Queue) -> None:
    """Put the review back for a later moment; the slot is free at once."""
    review = hold(session, claimed.review_id, claimed.fence)
    at = now_of(session)
    review.error_code, review.error = again.code, again.sentence[:_FAILURE_LENGTH]
    review.not_before = at + again.wait
    review.failures += not again.deferred
    review.deferrals += again.deferred
    status = ReviewStatus.DEFERRED if again.deferred else ReviewStatus.PENDING
    _put_back(session, review, status, at=at, bus=bus, queue=queue, reason=review.error)


def release(session: Session, claimed: Claimed, *, bus: Bus, queue: Queue) -> None:
    """Give a review back that was not begun in vain: this process ends, another goes on. It counts as nothing."""
    review = hold(session, claimed.review_id, claimed.fence)
    _put_back(
        session,
        review,
        ReviewStatus.PENDING,
        at=now_of(session),
        bus=bus,
        queue=queue,
        reason="Its worker was stopped.",
    )


def stop(session: Session, claimed: Claimed, *, bus: Bus) -> None:
    """End a review that somebody cancelled, or that a newer one has replaced."""
    review = hold(session, claimed.review_id, claimed.fence)
    status = ReviewStatus.SUPERSEDED if review.superseded_by else ReviewStatus.CANCELLED
    _end(session, review, status, now_of(session), bus)


def crash(session: Session, claimed: Claimed, *, most: int, reason: str, bus: Bus, queue: Queue) -> None:
    """Count a death of the process that carried out this review alone; the last one that is allowed fails it."""
    review = hold(session, claimed.review_id, claimed.fence)
    at = now_of(session)
    review.crashes += 1
    if review.crashes < most:
        review.not_before = at + timedelta(seconds=1)
        _put_back(session, review, ReviewStatus.PENDING, at=at, bus=bus, queue=queue, reason=reason)
        return
    sentence = f"It ended its worker process {review.crashes} times ({reason}) and is not tried again."
    give_up(session, review, Final("crashed", sentence, dead=True), bus=bus, at=at)


def _put_back(
    session: Session, review: Review, status: ReviewStatus, *, at: datetime, bus: Bus, queue: Queue, reason: str
) -> None:
    review.lease_until = None
    review.stage, review.done, review.total = "", 0, 0
    change_status(session, review, status, bus=bus, at=at, reason=reason)
    # After it was written down whose it was.
    review.worker_id = None
    review_id, kind, when = review.id, review.kind, review.not_before
    after_commit(session, lambda: queue.enqueue(review_id, kind, when=when))


def _end(session: Session, review: Review, status: ReviewStatus, at: datetime, bus: Bus) -> None:
    review.lease_until = None
    review.finished_at = at
    review.seconds = (at - review.started_at).total_seconds() if review.started_at else None
    review.stage = ""
    change_status(session, review, status, bus=bus, at=at, reason=review.error)
    facts: Mapping[str, JsonValue] = {"kind": review.kind, "title": review.title, "error_code": review.error_code}
    session.connection().execute(
        _HAPPENED,
        {
            "id": new_id(),
            "workspace_id": review.workspace_id,
            "user_id": None,
            "verb": f"review.{status}",
            "review_id": review.id,
            "facts": dict(facts),
            "at": at,
        },
    )

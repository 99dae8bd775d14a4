"""Cancelling, retrying and putting dead letters back: each one transaction that holds the row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from foureyes.blobs.service import touch_blobs
from foureyes.kit.bus import Bus
from foureyes.kit.database.port import after_commit
from foureyes.kit.ids import new_id
from foureyes.models.reviews import Review, ReviewStatus
from foureyes.models.workspaces import Role
from foureyes.queue.port import Queue
from foureyes.rest.principal import Principal
from foureyes.reviews.errors import NotRetryableError, ReviewEndedError, SourcesGoneError
from foureyes.reviews.news import review_changed
from foureyes.reviews.repository import admin, rows
from foureyes.reviews.repository.changes import change_status
from foureyes.reviews.request import ReviewRequest
from foureyes.reviews.states import RETRYABLE, WAITING
from foureyes.reviews.views import named_sources


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants something of which review. `event_id` is made outside of the transaction, which may run twice."""

    principal: Principal
    review_id: UUID
    event_id: UUID
    at: datetime


def cancel(session: Session, wish: Wish, *, bus: Bus) -> Review:
    """End a review that waits; ask the worker of one that runs to stop.

    Raises:
        NotFoundError, ForbiddenError: it is not theirs to cancel.
        ReviewEndedError: it is over.
    """
    review = _theirs(session, wish)
    if rows.happened(session, wish.event_id):
        return review
    if review.status.ended:
        raise ReviewEndedError(review.status)
    review.cancel_asked_at = review.cancel_asked_at or wish.at
    user_id = wish.principal.user_id
    if review.status in WAITING:
        review.finished_at = wish.at
        review.not_before = None
        change_status(session, review, ReviewStatus.CANCELLED, bus=bus, at=wish.at, reason="Cancelled by a member.")
        rows.add_event(session, wish.event_id, review, "review.cancelled", user_id=user_id, at=wish.at)
    else:
        news = review_changed(review)
        after_commit(session, lambda: bus.publish(news))
        rows.add_event(session, wish.event_id, review, "review.cancel_asked", user_id=user_id, at=wish.at)
    return review


def retry(session: Session, wish: Wish, *, bus: Bus, queue: Queue) -> Review:
    """Have a review run again that failed or was cancelled.

    Raises:
        NotFoundError, ForbiddenError: it is not theirs to retry.
        NotRetryableError: it is not over, or was completed, or a newer one has taken its place.
        SourcesGoneError: what was sent for it has been removed since.
    """
    review = _theirs(session, wish)
    if rows.happened(session, wish.event_id):
        return review
    if review.status not in RETRYABLE:
        raise NotRetryableError(review.status)
    if not _sources_kept(session, review):
        raise SourcesGoneError
    _put_back(session, review, bus=bus, queue=queue, at=wish.at, reason="Retried by a member.")
    user_id = wish.principal.user_id
    rows.add_event(session, wish.event_id, review, "review.retried", user_id=user_id, at=wish.at)
    return review


def requeue(
    session: Session, wanted: admin.DeadLetters, *, user_id: UUID, at: datetime, bus: Bus, queue: Queue
) -> Sequence[UUID]:
    """Put dead letters back, of all workspaces: for the operator, who has mended what killed them. Their ids.

    One whose sources have been removed since is no dead letter any more, and not among them: nothing can mend it.
    """
    found = admin.hold_dead(session, wanted)
    alive = [review for review in found if _sources_kept(session, review)]
    gone = SourcesGoneError()
    for review in found:
        if review not in alive:
            review.dead_at, review.error_code, review.error = None, gone.error_code, str(gone)
            continue
        _put_back(session, review, bus=bus, queue=queue, at=at, reason="Requeued by the operator.")
        rows.add_event(session, new_id(), review, "review.requeued", user_id=user_id, at=at)
    return [review.id for review in alive]


def _theirs(session: Session, wish: Wish) -> Review:
    review = rows.hold(session, wish.review_id, wish.principal.roles)
    wish.principal.workspace(review.workspace_id, least=Role.DEVELOPER)
    return review


def _sources_kept(session: Session, review: Review) -> bool:
    """Whether all that was sent is there; from now on it is kept as if it had just been sent."""
    digests = [digest for _, digest in named_sources(ReviewRequest.model_validate(review.request))]
    return not touch_blobs(session, review.workspace_id, digests)


def _put_back(session: Session, review: Review, *, bus: Bus, queue: Queue, at: datetime, reason: str) -> None:
    """Pending once more, with nothing left of how it ended. The fence stays: it only ever rises."""
    review.failures = review.crashes = review.deferrals = 0
    review.error = review.error_code = ""
    review.stage, review.done, review.total = "", 0, 0
    review.worker_id = review.lease_until = review.not_before = None
    review.cancel_asked_at = review.superseded_by = review.dead_at = None
    review.started_at = review.finished_at = None
    review.seconds = None
    change_status(session, review, ReviewStatus.PENDING, bus=bus, at=at, reason=reason)
    review_id, kind = review.id, review.kind
    after_commit(session, lambda: queue.enqueue(review_id, kind))

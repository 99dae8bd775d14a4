"""The one way in which a review gets another status: a row of its life, its day's counts, and news after the commit."""

from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from foureyes.kit import metrics
from foureyes.kit.bus import Bus
from foureyes.kit.database.base import table_of
from foureyes.kit.database.port import after_commit
from foureyes.kit.ids import new_id
from foureyes.models.reviews import Review, ReviewKind, ReviewStatus, StatusChange
from foureyes.reviews.news import review_changed
from foureyes.reviews.repository.days import count_ended

# Of the table and not of its class, and made once: as part of each review's way this saves the most of its time.
_CHANGED = insert(table_of(StatusChange))


def change_status(
    session: Session, review: Review, status: ReviewStatus, *, bus: Bus, at: datetime, reason: str = ""
) -> None:
    """Set the status of a review that this transaction holds, write the change down, and tell watchers afterwards.

    One that ends with it is counted in its day: whatever else its row says of the end is set before this is called.
    Whoever calls this has made sure that the change is allowed, and that the row is still theirs (its fence).
    """
    review.status = status
    review.changed_at = at
    session.flush()
    session.connection().execute(
        _CHANGED,
        {
            "id": new_id(),
            "review_id": review.id,
            "status": status,
            "fence": review.fence,
            "worker_id": review.worker_id,
            "reason": reason,
            "at": at,
        },
    )
    if status.ended:
        count_ended(session, review, at=at)
        kind = review.kind
        after_commit(session, lambda: _counted(kind, status))
    news = review_changed(review)
    after_commit(session, lambda: bus.publish(news))


async def _counted(kind: ReviewKind, status: ReviewStatus) -> None:
    metrics.review_ended(kind, status)

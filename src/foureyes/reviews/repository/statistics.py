"""SQL of a workspace's numbers: open ones counted, ended ones read from their days, times from the newest runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foureyes.models.reviews import Review, ReviewKind, ReviewStatus
from foureyes.reviews.states import OPEN

NEWEST = 1_000
"""So many of the newest completed reviews tell how long one takes: what it costs to ask does not grow."""


@dataclass(frozen=True, slots=True)
class OpenOfKind:
    kind: ReviewKind
    status: ReviewStatus
    count: int


def open_of_workspace(session: Session, workspace_id: UUID) -> list[OpenOfKind]:
    """What is not over, by kind and status."""
    found = session.execute(
        select(Review.kind, Review.status, func.count())
        .where(Review.workspace_id == workspace_id, Review.status.in_(sorted(OPEN)))
        .group_by(Review.kind, Review.status)
    )
    return [OpenOfKind(*row) for row in found]


def newest_seconds(session: Session, workspace_id: UUID, *, since: datetime) -> Sequence[float]:
    """How long the newest completed runs took, in rising order; what was answered from the cache is no run."""
    newest = (
        select(Review.seconds, Review.cached, Review.finished_at)
        .where(Review.workspace_id == workspace_id, Review.status == ReviewStatus.COMPLETED)
        .order_by(Review.id.desc())
        .limit(NEWEST)
        .subquery()
    )
    found = session.scalars(
        select(newest.c.seconds).where(
            newest.c.cached.is_(False), newest.c.finished_at >= since, newest.c.seconds.is_not(None)
        )
    )
    return sorted(found)

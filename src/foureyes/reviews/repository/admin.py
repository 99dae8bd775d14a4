"""SQL for the operator: the queue of all workspaces, workers, dead letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from foureyes.models.reviews import Review, ReviewKind, ReviewStatus
from foureyes.models.workers import WorkerRow
from foureyes.reviews.states import OPEN


@dataclass(frozen=True, slots=True)
class OpenCount:
    """How many reviews of a workspace are in one state, and since when the oldest of them is there."""

    workspace_id: UUID
    kind: ReviewKind
    status: ReviewStatus
    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """Which dead letters are meant: those with these ids, or all that ended with one error; at most `limit`."""

    ids: tuple[UUID, ...] = ()
    error_code: str | None = None
    limit: int = 1_000


def open_counts(session: Session) -> list[OpenCount]:
    """What is not over, by workspace, kind and status."""
    found = session.execute(
        select(Review.workspace_id, Review.kind, Review.status, func.count(), func.min(Review.created_at))
        .where(Review.status.in_(sorted(OPEN)))
        .group_by(Review.workspace_id, Review.kind, Review.status)
        .order_by(func.count().desc())
    )
    return [OpenCount(*row) for row in found]


def workers_seen(session: Session, *, since: datetime) -> Sequence[WorkerRow]:
    """The workers that have said something since then, the newest first."""
    query = select(WorkerRow).where(WorkerRow.seen_at >= since).order_by(WorkerRow.id.desc()).limit(200)
    return session.scalars(query).all()


def dead_letters(
    session: Session, *, before: tuple[datetime, UUID] | None, size: int, error_code: str | None = None
) -> Sequence[Review]:
    """Those that died last come first; `before` is the key of the last one of the page before."""
    query = select(Review).where(Review.dead_at.is_not(None))
    if error_code is not None:
        query = query.where(Review.error_code == error_code)
    if before is not None:
        query = query.where(tuple_(Review.dead_at, Review.id) < before)
    return session.scalars(query.order_by(Review.dead_at.desc(), Review.id.desc()).limit(size)).all()


def hold_dead(session: Session, wanted: DeadLetters) -> Sequence[Review]:
    """The dead letters that are meant, held; those that somebody else just puts back are left to them."""
    query = select(Review).where(Review.dead_at.is_not(None), Review.status == ReviewStatus.FAILED)
    if wanted.ids:
        query = query.where(Review.id.in_(wanted.ids))
    if wanted.error_code is not None:
        query = query.where(Review.error_code == wanted.error_code)
    return session.scalars(query.order_by(Review.id).limit(wanted.limit).with_for_update(skip_locked=True)).all()

"""Leases: the right to write to a review, prolonged by signs of life and checked before each write."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, case, delete, select, tuple_, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from foureyes.engine.values import Progress
from foureyes.errors import LostFenceError
from foureyes.kit.database.base import database_now
from foureyes.models.reviews import Review, ReviewStatus
from foureyes.models.workers import WorkerRow

Held = tuple[UUID, int]
"""A review and the fence with which it was claimed."""


@dataclass(frozen=True, slots=True)
class Lease:
    """What a sign of life brought back: the review is still this worker's, and somebody may want it stopped."""

    review_id: UUID
    fence: int
    stop_asked: bool


def now_of(session: Session) -> datetime:
    """The database's clock, the only one that leases are compared by."""
    at: datetime = session.execute(select(database_now())).scalar_one()
    return at


def hold(session: Session, review_id: UUID, fence: int) -> Review:
    """The row, locked until this transaction ends, so that nobody claims it between this check and what follows.

    Raises:
        LostFenceError: another worker has claimed it since, or it has ended.
    """
    touched = session.execute(
        update(Review)
        .where(Review.id == review_id, Review.fence == fence, Review.status == ReviewStatus.PROCESSING)
        .values(fence=fence)
        .execution_options(synchronize_session=False)
    )
    if not isinstance(touched, CursorResult) or touched.rowcount == 0:
        raise LostFenceError(str(review_id), fence)
    return session.get_one(Review, review_id, populate_existing=True)


def renew(session: Session, worker: WorkerRow, held: Sequence[Held], lease: timedelta) -> list[Lease]:
    """Prolong the leases of `held` in one statement, and say that the worker lives. What is lost is not among them."""
    at = now_of(session)
    seen = session.execute(
        update(WorkerRow)
        .where(WorkerRow.id == worker.id)
        .values(seen_at=at, running=len(held), draining=worker.draining)
        .execution_options(synchronize_session=False)
    )
    if isinstance(seen, CursorResult) and seen.rowcount == 0:
        # The row was swept away while this process was stopped, or its first write was lost.
        enrol(session, worker)
    if not held:
        return []
    rows = session.execute(
        update(Review)
        .where(_held(held))
        .values(lease_until=at + lease)
        .returning(Review.id, Review.fence, Review.cancel_asked_at, Review.superseded_by)
        .execution_options(synchronize_session=False)
    )
    return [Lease(row.id, row.fence, bool(row.cancel_asked_at or row.superseded_by)) for row in rows]


def note_progress(session: Session, progress: Sequence[tuple[Held, Progress]]) -> None:
    """Write down how far reviews have come, where they are still this worker's."""
    if not progress:
        return
    columns = {
        "stage": case(*((Review.id == held[0], str(one.stage)) for held, one in progress), else_=Review.stage),
        "done": case(*((Review.id == held[0], one.done) for held, one in progress), else_=Review.done),
        "total": case(*((Review.id == held[0], one.total) for held, one in progress), else_=Review.total),
    }
    session.execute(
        update(Review)
        .where(_held([held for held, _ in progress]))
        .values(columns)
        .execution_options(synchronize_session=False)
    )


def enrol(session: Session, worker: WorkerRow) -> None:
    """Enter a worker, or enter it again."""
    at = now_of(session)
    session.merge(
        WorkerRow(
            id=worker.id,
            host=worker.host,
            pid=worker.pid,
            version=worker.version,
            kinds=worker.kinds,
            slots=worker.slots,
            running=0,
            draining=worker.draining,
            started_at=worker.started_at,
            seen_at=at,
        )
    )


def leave(session: Session, worker_id: UUID) -> None:
    """Strike a worker off that ends as it should."""
    session.execute(delete(WorkerRow).where(WorkerRow.id == worker_id))


def forget_workers(session: Session, unseen_for: timedelta) -> int:
    """Strike off workers that died so long ago that no operator looks for them; how many."""
    gone = session.execute(delete(WorkerRow).where(WorkerRow.seen_at < now_of(session) - unseen_for))
    return gone.rowcount if isinstance(gone, CursorResult) else 0


def end_leases_of_others(session: Session, worker_id: UUID) -> int:
    """Let all leases run out but this worker's; how many. Only for who knows that no other worker lives."""
    at = now_of(session)
    ended = session.execute(
        update(Review)
        .where(Review.status == ReviewStatus.PROCESSING, Review.lease_until > at)
        .where((Review.worker_id != worker_id) | Review.worker_id.is_(None))
        .values(lease_until=at)
        .execution_options(synchronize_session=False)
    )
    return ended.rowcount if isinstance(ended, CursorResult) else 0


def _held(held: Sequence[Held]) -> ColumnElement[bool]:
    mine = tuple_(Review.id, Review.fence).in_(held)
    return (Review.status == ReviewStatus.PROCESSING) & mine

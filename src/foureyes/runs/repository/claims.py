"""Claims: who carries a review out, by the database's clock, and never two at once."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from foureyes.kit.bus import Bus
from foureyes.models.reviews import Review, ReviewKind, ReviewStatus
from foureyes.reviews.repository.changes import change_status
from foureyes.reviews.request import ReviewRequest
from foureyes.runs.failures import Final as GivenUp
from foureyes.runs.port import Claimed
from foureyes.runs.repository.endings import give_up
from foureyes.runs.repository.leases import now_of

ISOLATED_FROM: Final = 2
"""After so many crashes a review is carried out in a process of its own: it may be what kills workers."""

# Any number that nobody else locks in this database.
_CLAIMING = 4_041_974_001


@dataclass(frozen=True, slots=True)
class Claimer:
    """Who claims, for how long without a sign of life, and how many of one workspace may be in flight everywhere."""

    worker_id: UUID
    lease: timedelta
    per_workspace: int


@dataclass(slots=True)
class _Waiting:
    """What of one workspace could be begun, and seems to kill workers or does not."""

    workspace_id: UUID
    suspect: bool
    oldest: datetime
    count: int
    taken: int = 0


def claim(
    session: Session,
    claimer: Claimer,
    kinds: Collection[ReviewKind],
    limit: int,
    *,
    bus: Bus,
    suspects: int | None = None,
) -> list[Claimed]:
    """Up to `limit` reviews that nobody carries out, now this worker's: fence raised, lease begun.

    They are the oldest of the workspaces with the fewest in flight, so that a flood of one starves nobody; and none
    is of a workspace that has as many in flight as it may. At most `suspects` of them are to run in isolation.
    """
    _one_at_a_time(session)
    at = now_of(session)
    waiting = _waiting(session, kinds, at)
    _choose(waiting, _in_flight(session, at), claimer.per_workspace, limit, limit if suspects is None else suspects)
    claimed: list[Claimed] = []
    for one in waiting:
        if not one.taken:
            continue
        oldest = (
            select(Review)
            .where(claimable(kinds, at), Review.workspace_id == one.workspace_id, _suspect() == one.suspect)
            .order_by(Review.id)
            .limit(one.taken)
            # A row that somebody is just changing, say cancelling, is left for the next time.
            .with_for_update(skip_locked=True)
        )
        for review in session.scalars(oldest):
            begun = _begin(session, review, claimer, at, bus)
            claimed.extend([begun] if begun else [])
    return claimed


def claimable(kinds: Collection[ReviewKind], at: datetime) -> ColumnElement[bool]:
    """Pending or deferred until now, or left behind by a worker that died."""
    waiting = Review.status.in_((ReviewStatus.PENDING, ReviewStatus.DEFERRED))
    return and_(
        # Said once more so that the index of open reviews serves the whole condition.
        Review.status.in_((ReviewStatus.PENDING, ReviewStatus.DEFERRED, ReviewStatus.PROCESSING)),
        Review.kind.in_(kinds),
        or_(
            and_(waiting, or_(Review.not_before.is_(None), Review.not_before <= at)),
            and_(Review.status == ReviewStatus.PROCESSING, Review.lease_until <= at),
        ),
    )


def waiting_count(session: Session, kinds: Collection[ReviewKind], limit: int) -> int:
    """How many could be claimed, counted up to `limit` at most. It takes no lock."""
    some = select(Review.id).where(claimable(kinds, now_of(session))).limit(limit).subquery()
    return int(session.execute(select(func.count()).select_from(some)).scalar_one())


def waiting_ids(session: Session, kinds: Collection[ReviewKind], limit: int) -> list[tuple[UUID, ReviewKind]]:
    """Some that could be claimed, oldest first."""
    rows = session.execute(
        select(Review.id, Review.kind).where(claimable(kinds, now_of(session))).order_by(Review.id).limit(limit)
    )
    return [(row.id, row.kind) for row in rows]


def _one_at_a_time(session: Session) -> None:
    """Let one claim pass at a time: two that count what is in flight beside each other would both find room.

    SQLite has one writer anyway. On PostgreSQL a claim takes a few milliseconds, so that hundreds a second pass.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_CLAIMING)))


def _suspect() -> ColumnElement[bool]:
    """Whether a claim now would be of a review that runs in isolation: the lease that ran out counts as a crash."""
    left_behind = case((Review.status == ReviewStatus.PROCESSING, 1), else_=0)
    return Review.crashes + left_behind >= ISOLATED_FROM


def _in_flight(session: Session, at: datetime) -> Counter[UUID]:
    rows = session.execute(
        select(Review.workspace_id, func.count().label("number"))
        .where(Review.status == ReviewStatus.PROCESSING, Review.lease_until > at)
        .group_by(Review.workspace_id)
    )
    return Counter({row.workspace_id: row.number for row in rows})


def _waiting(session: Session, kinds: Collection[ReviewKind], at: datetime) -> list[_Waiting]:
    suspect = _suspect().label("suspect")
    # By time, for PostgreSQL has no min() of a uuid before version 18.
    rows = session.execute(
        select(Review.workspace_id, suspect, func.count().label("number"), func.min(Review.created_at).label("oldest"))
        .where(claimable(kinds, at))
        .group_by(Review.workspace_id, suspect)
    )
    return [_Waiting(row.workspace_id, bool(row.suspect), row.oldest, row.number) for row in rows]


def _choose(waiting: Sequence[_Waiting], in_flight: Counter[UUID], cap: int, limit: int, suspects: int) -> None:
    """Deal out `limit` places, each to the workspace with the fewest in flight, of equals to who waits longest."""
    for _ in range(limit):
        open_ones = [
            one
            for one in waiting
            if one.taken < one.count and in_flight[one.workspace_id] < cap and (suspects > 0 or not one.suspect)
        ]
        if not open_ones:
            return
        chosen = min(open_ones, key=lambda one: (in_flight[one.workspace_id], one.oldest))
        chosen.taken += 1
        in_flight[chosen.workspace_id] += 1
        suspects -= chosen.suspect


def _begin(session: Session, review: Review, claimer: Claimer, at: datetime, bus: Bus) -> Claimed | None:
    crashed = review.status is ReviewStatus.PROCESSING
    if crashed:
        # It stops there: only a review that kills a process of its own, where no other can have done it, gets more.
        review.crashes = min(review.crashes + 1, max(review.crashes, ISOLATED_FROM))
    review.fence += 1
    review.worker_id = claimer.worker_id
    review.lease_until = at + claimer.lease
    review.not_before = None
    review.started_at = at
    review.stage, review.done, review.total = "", 0, 0
    review.error, review.error_code = "", ""
    reason = "The worker that had it died." if crashed else ""
    try:
        claimed = claimed_of(review)
    except ValidationError:
        # Of a version that wrote it otherwise. Raised here it would keep every claim from passing, for ever.
        unreadable = "What was asked for can't be read by this version: ask for it again."
        give_up(session, review, GivenUp("unreadable-request", unreadable), bus=bus, at=at)
        return None
    change_status(session, review, ReviewStatus.PROCESSING, bus=bus, at=at, reason=reason)
    return claimed


def claimed_of(review: Review) -> Claimed:
    """The review as its carrier sees it."""
    return Claimed(
        review_id=review.id,
        workspace_id=review.workspace_id,
        user_id=review.user_id,
        kind=review.kind,
        fence=review.fence,
        request=ReviewRequest.model_validate(review.request),
        failures=review.failures,
        crashes=review.crashes,
        deferrals=review.deferrals,
        created_at=review.created_at,
        request_id=review.request_id,
        trace_parent=review.trace_parent or "",
    )

"""Deferred reviews brought forward: one that tries whether a provider is back, many once one has got through."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from foureyes.llm.port import AttemptOutcome
from foureyes.models.model_calls import ModelCall
from foureyes.models.reviews import Review, ReviewKind, ReviewStatus
from foureyes.runs.repository.leases import Held, now_of

AWAY: Final = ("model-overloaded", "model-connection")
"""A provider that is down for everybody. A rate limit is not: to ask before it ends would prolong it."""

UNAVAILABLE: Final = (*AWAY, "model-rate-limit", "model-server", "model-timeout")

WOKEN: Final = 8
"""By each that gets through: in three rounds hundreds are awake, and a provider that is short of breath is spared."""

Found = list[tuple[UUID, ReviewKind]]


def is_awaited(session: Session, kinds: Collection[ReviewKind]) -> bool:
    """Whether reviews are put off because a provider is away, and none is on its way to try again."""
    at = now_of(session)
    put_off = session.scalar(select(exists().where(_put_off(AWAY, at), Review.kind.in_(kinds))))
    return bool(put_off) and not session.scalar(select(exists().where(_trying(at))))


def probe(session: Session, kinds: Collection[ReviewKind]) -> Found:
    """Bring forward the one that has tried least of those that `is_awaited` tells of."""
    if not is_awaited(session, kinds):
        return []
    return _brought_forward(session, and_(_put_off(AWAY, now_of(session)), Review.kind.in_(kinds)), Review.deferrals, 1)


def wake(session: Session, held: Held, *, at: datetime) -> Found:
    """Bring forward what waits for a model, if the run that was `held` has just been answered by one."""
    review_id, fence = held
    answered = exists().where(
        ModelCall.review_id == review_id, ModelCall.fence == fence, ModelCall.outcome == AttemptOutcome.ANSWERED
    )
    return _brought_forward(session, and_(_put_off(UNAVAILABLE, at), answered), Review.not_before, WOKEN)


def _put_off(codes: Collection[str], at: datetime) -> ColumnElement[bool]:
    return and_(Review.status == ReviewStatus.DEFERRED, Review.error_code.in_(codes), Review.not_before > at)


def _trying(at: datetime) -> ColumnElement[bool]:
    """Under way, or free to be claimed, after it was deferred."""
    waiting = and_(Review.status == ReviewStatus.DEFERRED, Review.not_before <= at)
    return or_(waiting, and_(Review.status == ReviewStatus.PROCESSING, Review.deferrals > 0))


def _brought_forward(
    session: Session, which: ColumnElement[bool], first: InstrumentedAttribute[Any], most: int
) -> Found:
    # What another transaction is bringing forward, or changing otherwise, is left to it.
    chosen = select(Review.id, Review.kind).where(which).order_by(first, Review.id).limit(most)
    found = [(row.id, row.kind) for row in session.execute(chosen.with_for_update(skip_locked=True))]
    if found:
        session.execute(
            update(Review)
            .where(Review.id.in_([review_id for review_id, _ in found]))
            .values(not_before=now_of(session))
            .execution_options(synchronize_session=False)
        )
    return found

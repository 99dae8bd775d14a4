"""SQL that removes what is kept for a time only, some rows at a time."""

from datetime import datetime

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from foureyes.models.events import Event
from foureyes.models.model_calls import CachedAnswer
from foureyes.models.reviews import IdempotencyKey


def remove_events(session: Session, *, before: datetime, limit: int) -> int:
    return _remove(session, Event.at, before, limit)


def remove_idempotency_keys(session: Session, *, before: datetime, limit: int) -> int:
    return _remove(session, IdempotencyKey.created_at, before, limit)


def remove_cached_answers(session: Session, *, before: datetime, limit: int) -> int:
    return _remove(session, CachedAnswer.expires_at, before, limit)


def _remove(session: Session, moment: InstrumentedAttribute[datetime], before: datetime, limit: int) -> int:
    """Remove the oldest rows whose `moment` is before `before`; how many those were."""
    table = moment.class_.__table__
    key = tuple_(*table.primary_key.columns)
    oldest = select(*table.primary_key.columns).where(moment < before).order_by(moment).limit(limit)
    return len(session.execute(delete(table).where(key.in_(oldest)).returning(*table.primary_key.columns)).all())

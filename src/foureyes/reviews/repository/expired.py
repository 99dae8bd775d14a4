"""SQL that removes what is kept for a time only, some rows at a time."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from foureyes.models.events import Event


def remove_events(session: Session, *, before: datetime, limit: int) -> int:
    """Remove the oldest events of the time before; how many. Called again as long as it removes any."""
    oldest = select(Event.id).where(Event.at < before).order_by(Event.at).limit(limit)
    return len(session.execute(delete(Event).where(Event.id.in_(oldest)).returning(Event.id)).all())

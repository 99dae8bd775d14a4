"""What is kept no longer."""

from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from foureyes.models.events import Event

_AT_ONCE: Final = 1_000


def forget_events(session: Session, *, before: datetime) -> int:
    """Remove some events of the time before; how many. Called again as long as it removes any."""
    old = session.scalars(select(Event.id).where(Event.at < before).limit(_AT_ONCE)).all()
    session.execute(delete(Event).where(Event.id.in_(old)))
    return len(old)

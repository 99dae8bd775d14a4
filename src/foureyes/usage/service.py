"""What is done about usage beside calls: sweeping up behind workers that died, and what has expired."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from foureyes.usage import repository

_AT_ONCE = 500
# A claim is committed before its first call, but a database may be restored, or a clock be wrong: the youngest
# reservations are left to the next round.
_YOUNGEST = timedelta(seconds=60)


def settle_abandoned(session: Session, at: datetime) -> int:
    """Count as spent in full what dead claims had set aside, for the provider may bill it; how many reservations.

    A claim is dead when its review is not processing any more, or under a higher fence.
    """
    dead = [one for one in repository.abandoned(session, limit=_AT_ONCE) if one.made_at <= at - _YOUNGEST]
    for reservation in dead:
        repository.release(session, reservation.id, spent=reservation.amount)
    return len(dead)


def remove_expired_answers(session: Session) -> int:
    """Remove settled answers that nobody can get any more; how many. Called again as long as it removes any."""
    return repository.remove_expired(session, limit=_AT_ONCE)

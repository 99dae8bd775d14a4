"""Removing what is old: events, keys of repeated requests, expired answers of models, blobs that nothing uses."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from foureyes.blobs.service import sweep
from foureyes.kit import clock
from foureyes.kit.database.port import Database
from foureyes.reviews.repository import expired

_IDEMPOTENCY = timedelta(days=1)
# A transaction for each: whoever writes meanwhile waits a few milliseconds for one, not for all.
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Swept:
    """How many of each were removed."""

    events: int
    idempotency_keys: int
    cached_answers: int
    blobs: int


async def sweep_old(database: Database, *, keep_sources: timedelta, keep_events: timedelta) -> Swept:
    """Remove what is older than it is kept. Safe to stop anywhere, and to run twice at once."""
    now = clock.now()
    return Swept(
        events=await _all(database, expired.remove_events, now - keep_events),
        idempotency_keys=await _all(database, expired.remove_idempotency_keys, now - _IDEMPOTENCY),
        cached_answers=await _all(database, expired.remove_cached_answers, now),
        blobs=await sweep(database, older_than=now - keep_sources),
    )


async def _all(database: Database, remove: Callable[..., int], before: datetime) -> int:
    total = 0
    while removed := await database.write(remove, before=before, limit=_BATCH):
        total += removed
    return total

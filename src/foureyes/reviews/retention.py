"""Removing what is old: events, keys of repeated requests, expired answers of models, blobs that nothing uses."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy.orm import Session

from foureyes.blobs.service import sweep
from foureyes.kit import clock
from foureyes.kit.database.port import Database
from foureyes.reviews.repository.expired import remove_events
from foureyes.reviews.repository.submission import KEYS_KEPT, forget_keys
from foureyes.usage.service import remove_expired_answers

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
        events=await _all(database, partial(remove_events, before=now - keep_events, limit=_BATCH)),
        idempotency_keys=await _all(database, partial(forget_keys, before=now - KEYS_KEPT, limit=_BATCH)),
        cached_answers=await _all(database, remove_expired_answers),
        blobs=await sweep(database, older_than=now - keep_sources),
    )


async def _all(database: Database, remove: Callable[[Session], int]) -> int:
    total = 0
    while removed := await database.write(remove):
        total += removed
    return total

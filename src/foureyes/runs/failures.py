"""What a failed run leads to: a later moment, another attempt, or the end. Plain functions of the error."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from foureyes.errors import (
    BudgetExceededError,
    DatabaseUnavailableError,
    FoureyesError,
    ModelAuthError,
    ModelCreditError,
    ModelSettingsError,
    ModelUnavailableError,
    RemoteRefusedError,
    RemoteUnavailableError,
    RequestError,
    StorageFullError,
    UsageError,
)
from foureyes.runs.port import Claimed

ATTEMPTS = 3
DEFERRED_FOR = timedelta(hours=24)
"""From when a review was asked for to when its deferrals end."""

_FIRST_RETRY, _LONGEST_RETRY = timedelta(seconds=5), timedelta(minutes=5)
_FIRST_DEFERRAL, _LONGEST_DEFERRAL = timedelta(seconds=15), timedelta(minutes=15)
# A forge or provider that asks for a week is asked again before: it may have changed its mind.
_LONGEST_WISH = timedelta(hours=1)

_LATER = (ModelUnavailableError, RemoteUnavailableError, DatabaseUnavailableError, StorageFullError)
# An operator mends these, and then wants all that they stopped to run again: dead letters.
_MENDABLE = (ModelAuthError, ModelSettingsError, ModelCreditError)
_HOPELESS = (UsageError, RequestError, RemoteRefusedError, BudgetExceededError)


@dataclass(frozen=True, slots=True)
class Again:
    """Try again after `wait`. `deferred`: nobody's fault, and no failure is counted."""

    code: str
    sentence: str
    wait: timedelta
    deferred: bool


@dataclass(frozen=True, slots=True)
class Final:
    """Give it up. `dead`: an operator may put it into the queue again; `counts`: it was one more failure."""

    code: str
    sentence: str
    dead: bool = False
    counts: bool = False


def sorted_out(error: Exception, claimed: Claimed, *, now: datetime, rng: random.Random | None = None) -> Again | Final:
    """What becomes of a review whose run ended with `error`. What is not ours is a defect, and told without details."""
    rng = rng or random.Random()  # noqa: S311  # Spreads attempts over time; nothing is guarded by it.
    code, sentence = _told(error)
    if isinstance(error, _LATER):
        if now - claimed.created_at >= DEFERRED_FOR:
            waited = f"It was put off for {DEFERRED_FOR.total_seconds() / 3600:g} hours, and still: {sentence}"
            return Final(code, waited, dead=True)
        return Again(code, sentence, _deferral(error.retry_after, claimed.deferrals, rng), deferred=True)
    if isinstance(error, _MENDABLE):
        return Final(code, sentence, dead=True)
    if isinstance(error, _HOPELESS):
        return Final(code, sentence)
    if claimed.failures + 1 >= ATTEMPTS:
        return Final(code, f"It failed {claimed.failures + 1} times, at last so: {sentence}", dead=True, counts=True)
    return Again(code, sentence, _spread(_FIRST_RETRY, _LONGEST_RETRY, claimed.failures, rng), deferred=False)


def _told(error: Exception) -> tuple[str, str]:
    if isinstance(error, FoureyesError):
        return error.error_code, str(error)
    # Its words may hold anything, also what must not be shown; the log has them.
    return "internal", f"Something went wrong inside Foureyes ({type(error).__name__}); the worker's log says what."


def _deferral(wish: timedelta | None, deferrals: int, rng: random.Random) -> timedelta:
    """Not before the other side's own wish; then spread, or all that were refused together come back together."""
    grown = _spread(_FIRST_DEFERRAL, _LONGEST_DEFERRAL, deferrals, rng)
    if not wish:
        return grown
    return min(wish, _LONGEST_WISH) + min(grown, wish) * rng.random()


def _spread(first: timedelta, longest: timedelta, times: int, rng: random.Random) -> timedelta:
    """Doubled each time, up to `longest`; between a half and the whole of it."""
    return min(first * (1 << min(times, 16)), longest) * rng.uniform(0.5, 1.0)

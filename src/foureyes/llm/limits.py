"""Limits shared by all calls to a model: requests and tokens a minute, and pauses that a provider asked for."""

import asyncio
import math
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from foureyes.errors import ModelRateLimitError
from foureyes.llm.pace import Pace, RealPace

_MINUTE = 60.0
# Seconds between calls. Under 50 ms it makes no difference to any provider; over 8 s a review would seem to hang.
_LEAST_SPACING, _FIRST_SPACING, _MOST_SPACING = 0.05, 0.25, 8.0


class RateGate(Protocol):
    """The gate in front of each model. The twin below serves one process; several share one in Redis."""

    async def enter(self, model: str, tokens: int, *, patience: timedelta) -> None:
        """Wait until a call of about `tokens` may go out, and count it.

        Raises:
            ModelRateLimitError: the provider has asked for a pause that outlasts `patience`.
        """
        ...

    async def settle(self, model: str, *, entered: int, used: int) -> None:
        """A call is over: correct its count by what it really used."""
        ...

    async def pause(self, model: str, duration: timedelta) -> None:
        """Hold every call to this model back: one 429 slows everybody down."""
        ...


@dataclass
class Bucket:
    """A token bucket by a counter that the caller hands in. It holds one minute's worth and starts full."""

    per_minute: int
    level: float = field(init=False)
    seen: float | None = None

    def __post_init__(self) -> None:
        self.level = float(self.per_minute)

    def wait(self, need: int, now: float) -> float:
        """Seconds until `need` is there; a need larger than the bucket waits until it is full."""
        self._fill(now)
        missing = min(need, self.per_minute) - self.level
        return max(0.0, missing * _MINUTE / self.per_minute)

    def take(self, amount: int) -> None:
        """Take out, below zero where the need was larger than the bucket; a negative amount gives back."""
        self.level = min(self.level - amount, float(self.per_minute))

    def _fill(self, now: float) -> None:
        if self.seen is not None:
            self.level = min(self.level + (now - self.seen) * self.per_minute / _MINUTE, float(self.per_minute))
        self.seen = now


class LocalGate:
    """The gate of one process. Calls to one model enter in the order in which they came.

    Providers whose limits nobody told us are learned: each pause doubles the space between calls, each call that ends
    well takes a tenth of it away. Without it, all waiters would come back together after a pause, and one would pass.
    """

    def __init__(
        self, *, requests_per_minute: int | None = None, tokens_per_minute: int | None = None, pace: Pace | None = None
    ) -> None:
        self._pace = pace or RealPace()
        self._lanes: defaultdict[str, _Lane] = defaultdict(lambda: _Lane(requests_per_minute, tokens_per_minute))

    async def enter(self, model: str, tokens: int, *, patience: timedelta) -> None:
        lane = self._lanes[model]
        # One at a time through the lock: waiting in it is what keeps the order, and no small call overtakes a
        # large one for ever.
        async with lane.turn:
            while wait := self._wait(model, lane, tokens, patience):
                await self._pace.sleep(wait)
            lane.take(tokens, self._pace.steady())

    async def settle(self, model: str, *, entered: int, used: int) -> None:
        self._lanes[model].settle(entered, used)

    async def pause(self, model: str, duration: timedelta) -> None:
        self._lanes[model].pause(self._pace.steady(), duration.total_seconds())

    def _wait(self, model: str, lane: "_Lane", tokens: int, patience: timedelta) -> float:
        now = self._pace.steady()
        pause = lane.paused_until - now
        if pause > patience.total_seconds():
            raise ModelRateLimitError(
                model, f"the provider asked for a pause of {pause:.0f} s", retry_after=timedelta(seconds=pause)
            )
        return max(0.0, pause, lane.wait(tokens, now))


class _Lane:
    """One model's queue."""

    def __init__(self, requests_per_minute: int | None, tokens_per_minute: int | None) -> None:
        self.turn = asyncio.Lock()
        self.paused_until = -math.inf
        self.requests = Bucket(requests_per_minute) if requests_per_minute else None
        self.tokens = Bucket(tokens_per_minute) if tokens_per_minute else None
        self._spacing = 0.0
        self._last = -math.inf

    def wait(self, tokens: int, now: float) -> float:
        waits = [self._last + self._spacing - now]
        if self.requests:
            waits.append(self.requests.wait(1, now))
        if self.tokens:
            waits.append(self.tokens.wait(tokens, now))
        return max(waits)

    def take(self, tokens: int, now: float) -> None:
        self._last = now
        if self.requests:
            self.requests.take(1)
        if self.tokens:
            self.tokens.take(tokens)

    def settle(self, entered: int, used: int) -> None:
        if used:
            self._spacing = self._spacing * 0.9 if self._spacing > _LEAST_SPACING else 0.0
        if self.tokens:
            # A guess went in and the truth is put right here, or guesses that are too high would slow every later
            # call.
            self.tokens.take(used - entered)

    def pause(self, now: float, seconds: float) -> None:
        # Calls that were in flight together are refused together: that is one sign of too much, not many.
        if self.paused_until <= now:
            self._spacing = min(max(self._spacing * 2, _FIRST_SPACING), _MOST_SPACING)
        self.paused_until = max(self.paused_until, now + seconds)

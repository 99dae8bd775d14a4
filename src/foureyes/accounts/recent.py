"""A short memory of who was recognised, so that a busy client costs one look into the database a second."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from foureyes.kit import clock
from foureyes.rest.principal import Principal

MOST = 10_000


class RecentPrincipals:
    """Remembers each for `kept`; many who ask for the same one at once wait for one answer. Errors are not kept."""

    def __init__(self, kept: timedelta) -> None:
        self._kept = kept.total_seconds()
        self._known: dict[str, tuple[float, Principal]] = {}
        self._asking: dict[str, asyncio.Task[Principal]] = {}

    async def get(self, key: str, ask: Callable[[], Awaitable[Principal]]) -> Principal:
        """What is remembered, or what `ask` returns; raises what it raises."""
        known = self._known.get(key)
        if known is not None and clock.steady() - known[0] < self._kept:
            return known[1]
        task = self._asking.get(key)
        if task is None:
            task = asyncio.create_task(self._ask(key, ask))
            self._asking[key] = task
        # A client that hangs up must not take the answer from the others.
        return await asyncio.shield(task)

    async def _ask(self, key: str, ask: Callable[[], Awaitable[Principal]]) -> Principal:
        # As old as the question: what was revoked while the answer was on its way is not known for longer.
        asked = clock.steady()
        try:
            principal = await ask()
        finally:
            del self._asking[key]
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[key] = asked, principal
        return principal

"""Single flight: the same work asked for several times at once is done once, and lives while anyone waits for it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass
class _Flight(Generic[T]):
    task: asyncio.Task[T]
    waiters: int = 0


class Flights(Generic[T]):
    def __init__(self) -> None:
        self._flights: dict[str, _Flight[T]] = {}

    async def join(self, key: str, work: Callable[[], Awaitable[T]]) -> tuple[T, bool]:
        """The result of `work`, and whether this caller joined one that had already begun.

        A cancelled waiter leaves the others their result; when the last one leaves, the work is cancelled too.
        """
        flight = self._flights.get(key)
        joined = flight is not None
        if flight is None:
            flight = _Flight(asyncio.ensure_future(work()))
            self._flights[key] = flight
        flight.waiters += 1
        try:
            # Shielded, or the first caller to give up would cancel the answer of all who wait for it.
            return await asyncio.shield(flight.task), joined
        finally:
            flight.waiters -= 1
            if flight.waiters == 0:
                await self._land(key, flight)

    async def _land(self, key: str, flight: _Flight[T]) -> None:
        """The last waiter clears up, after an answer or an error as well as when it was cancelled itself."""
        # A newer flight may have begun under the same key; it is not ours to end.
        if self._flights.get(key) is flight:
            del self._flights[key]
        if not flight.task.done():
            flight.task.cancel()
            # Waited for, so that its slot, its money and its row are settled before the caller goes on.
            await asyncio.wait([flight.task])

"""Live news from whoever works to whoever watches: in the process, or through Redis for several."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from pydantic import JsonValue

_BEHIND = 10_000


@dataclass(frozen=True, slots=True)
class News:
    """Something that watchers of `topics` want to know. Rows are the truth: news may be lost, and says what to read.

    Topics are `review:ID` and `workspace:ID`; `type` is `noun.happened`, such as `review.progress`.
    """

    topics: tuple[str, ...]
    type: str
    facts: Mapping[str, JsonValue] = field(default_factory=dict)


class Bus(Protocol):
    async def publish(self, news: News) -> None:
        """Tell every listener. Never waits for one of them, and never fails: news that can't be told is dropped."""
        ...

    def listen(self) -> AbstractAsyncContextManager[AsyncIterator[News]]:
        """All news from now on, in the order in which it was published."""
        ...

    async def close(self) -> None: ...


class MemoryBus:
    """The bus of one process."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[News]] = set()

    async def publish(self, news: News) -> None:
        for queue in self._queues:
            # A listener that is so far behind has stopped: it must not fill the memory.
            if queue.qsize() < _BEHIND:
                queue.put_nowait(news)

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[AsyncIterator[News]]:
        queue: asyncio.Queue[News] = asyncio.Queue()
        self._queues.add(queue)
        try:
            yield _all_of(queue)
        finally:
            self._queues.discard(queue)

    async def close(self) -> None:
        self._queues.clear()


async def _all_of(queue: asyncio.Queue[News]) -> AsyncIterator[News]:
    while True:
        yield await queue.get()

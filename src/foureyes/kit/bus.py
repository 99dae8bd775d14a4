"""Live news from whoever works to whoever watches: in the process, or through Redis for several."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from pydantic import JsonValue, TypeAdapter, ValidationError
from structlog.stdlib import get_logger

_BEHIND = 10_000
_MOST_BYTES = 32 * 1024


@dataclass(frozen=True, slots=True)
class News:
    """Something that watchers of `topics` want to know. Rows are the truth: news may be lost, and says what to read.

    Topics are `review:ID` and `workspace:ID`; `type` is `noun.happened`, such as `review.progress`.
    """

    topics: tuple[str, ...]
    type: str
    facts: Mapping[str, JsonValue] = field(default_factory=dict)


GAP = News((), "bus.gap")
"""What a listener gets in the place of news that was lost: whatever is watched is to be read again."""

_NEWS = TypeAdapter(News)


class Bus(Protocol):
    async def publish(self, news: News) -> None:
        """Tell every listener. Never waits for one of them, and never fails: news that can't be told is dropped."""
        ...

    def listen(self) -> AbstractAsyncContextManager[AsyncIterator[News]]:
        """All news from now on, in the order in which it was published; `GAP` where some of it was lost."""
        ...

    async def close(self) -> None: ...


class MemoryBus:
    """The bus of one process."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[News]] = set()

    async def publish(self, news: News) -> None:
        try:
            # What listeners in another process would hear, so that nothing works in one process alone.
            heard = read(written(news))
        except (TypeError, ValueError):
            get_logger().warning("news_not_json", type=news.type)
            return
        if heard is None:
            return
        for queue in self._queues:
            if queue.qsize() >= _BEHIND:
                _skip(queue)
            queue.put_nowait(heard)

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


def written(news: News) -> bytes:
    """News as JSON of a bounded size: facts that are too many are left out, and watchers read the row instead.

    Raises:
        ValueError: it holds what JSON can't say, such as NaN.
    """
    facts = json.dumps(dict(news.facts), allow_nan=False, separators=(",", ":"))
    kept = facts if len(facts) <= _MOST_BYTES else "{}"
    return f'{{"topics":{json.dumps(news.topics)},"type":{json.dumps(news.type)},"facts":{kept}}}'.encode()


def read(message: bytes) -> News | None:
    """What `written` wrote; None for anything else: others may write to a channel."""
    try:
        return _NEWS.validate_json(message)
    except ValidationError:
        return None


def _skip(queue: asyncio.Queue[News]) -> None:
    """Drop what a listener is behind with: one that has stopped must not fill the memory."""
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait(GAP)


async def _all_of(queue: asyncio.Queue[News]) -> AsyncIterator[News]:
    while True:
        yield await queue.get()

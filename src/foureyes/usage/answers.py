"""Settled answers in the database, each for one workspace: what they say quotes that workspace's code."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID

from foureyes.errors import DatabaseError
from foureyes.kit import clock, metrics
from foureyes.kit.database.port import Database
from foureyes.usage import repository

_MANY = 64
"""Hits that are counted together: a write for each would cost more than the read it counts."""


class DatabaseAnswers:
    """`llm.port.AnswerCache` of one workspace. `put` returns when the answer is durable."""

    def __init__(self, database: Database, workspace_id: UUID) -> None:
        self._database = database
        self._workspace_id = workspace_id
        self._hits: Counter[str] = Counter()
        self._counting: set[asyncio.Task[None]] = set()

    async def get(self, key: str) -> bytes | None:
        answer = await self._database.read(repository.find_answer, self._workspace_id, key)
        metrics.cache_lookup("answers", hit=answer is not None)
        if answer is not None:
            self._hits[key] += 1
            if self._hits.total() >= _MANY:
                self._count()
        return answer

    async def put(self, key: str, value: bytes, *, lifetime: timedelta) -> None:
        at = clock.now()
        await self._database.write(
            repository.put_answer, self._workspace_id, key, value, at=at, expires_at=at + lifetime
        )

    async def close(self) -> None:
        """Have all hits counted. What they tell is how useful the cache is, so losing some of them loses no answer."""
        self._count()
        if self._counting:
            await asyncio.wait(set(self._counting))

    def _count(self) -> None:
        hits, self._hits = dict(self._hits), Counter()
        if hits:
            task = asyncio.ensure_future(self._counted(hits))
            self._counting.add(task)
            task.add_done_callback(self._counting.discard)

    async def _counted(self, hits: dict[str, int]) -> None:
        try:
            await self._database.write(repository.count_hits, self._workspace_id, hits)
        except DatabaseError:
            # A statistic: the answers that were read are in use already.
            return

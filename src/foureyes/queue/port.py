"""The port to the queue. It may lose everything: rows are the truth, and a sweeper enqueues again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """What the broker holds: jobs that wait, jobs set for later, jobs that run."""

    waiting: int
    later: int
    running: int


class Queue(Protocol):
    async def enqueue(self, review_id: UUID, kind: str, *, when: datetime | None = None) -> None:
        """Have some worker for `kind` look for work, now or at `when`. Twice the same id is one job.

        Raises:
            BrokerError: the broker can't be reached; the sweeper makes up for it.
        """
        ...

    async def depth(self, kind: str) -> QueueDepth:
        """Raises BrokerError as `enqueue` does."""
        ...

    async def ping(self) -> None:
        """Raises BrokerError: the broker does not answer."""
        ...

    async def close(self) -> None: ...


class MemoryQueue:
    """The twin for tests: it keeps the ids that were enqueued and runs nothing."""

    def __init__(self) -> None:
        self.jobs: list[tuple[UUID, str, datetime | None]] = []

    async def enqueue(self, review_id: UUID, kind: str, *, when: datetime | None = None) -> None:
        if not any(known == review_id for known, _, _ in self.jobs):
            self.jobs.append((review_id, kind, when))

    async def depth(self, kind: str) -> QueueDepth:
        mine = [when for _, known, when in self.jobs if known == kind]
        return QueueDepth(sum(when is None for when in mine), sum(when is not None for when in mine), 0)

    async def ping(self) -> None:
        return

    async def close(self) -> None:
        self.jobs.clear()

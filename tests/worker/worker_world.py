"""A worker in the test's own process, and workers in processes of their own, all with the scripted carrier."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from foureyes.kit.bus import MemoryBus
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.models.reviews import ReviewKind, ReviewStatus
from foureyes.queue.docket import DocketQueue
from foureyes.runs.port import Carrier
from foureyes.runs.scripted import ScriptedCarrier
from foureyes.runs.service import Desk
from foureyes.settings import Settings
from foureyes.worker.isolated import Isolation
from foureyes.worker.process import run_worker
from foureyes.worker.pulse import Pace
from submitted import rows

PROGRAM = Path(__file__).parent / "worker_program.py"
QUICK = Pace(
    lease=timedelta(seconds=1.5),
    heartbeat=timedelta(milliseconds=300),
    progress=timedelta(milliseconds=100),
    sweep=timedelta(milliseconds=300),
)
PATIENCE = 60


@dataclass
class Working:
    """A worker that is at work, and the ways to end it."""

    desk: Desk
    queue: DocketQueue
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    hurry: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    async def stopped(self) -> None:
        self.stopping.set()
        if self.task is not None:
            await asyncio.wait_for(self.task, PATIENCE)


@asynccontextmanager
async def working(
    database: Database,
    *,
    url: str = "memory://",
    prefix: str = "",
    slots: int = 64,
    per_workspace: int = 48,
    grace: timedelta = timedelta(seconds=5),
    kinds: Sequence[ReviewKind] = tuple(ReviewKind),
    alone: bool = False,
    isolation: Isolation | None = None,
    pace: Pace = QUICK,
    carrier: Carrier | None = None,
) -> AsyncIterator[Working]:
    """A worker on `database`; it drains when the block ends."""
    queue = DocketQueue(url, prefix=prefix or f"worker-test-{new_id()}")
    desk = Desk(database, queue, MemoryBus(), carrier or ScriptedCarrier())
    world = Working(desk, queue)
    settings = Settings(reviews_in_flight=slots, reviews_per_workspace=per_workspace, grace=grace)
    world.task = asyncio.create_task(
        run_worker(
            desk,
            settings,
            queue=queue,
            stopping=world.stopping,
            hurry=world.hurry,
            kinds=kinds,
            alone=alone,
            isolation=isolation,
            pace=pace,
        )
    )
    try:
        yield world
        await world.stopped()
    finally:
        world.task.cancel()
        await asyncio.gather(world.task, return_exceptions=True)
        await queue.close()


def program(database_url: str, *, redis_url: str = "memory://", prefix: str = "", slots: int = 8) -> list[str]:
    """The arguments of a worker process; with `alone` behind them, it carries out what its input names."""
    return [sys.executable, str(PROGRAM), database_url, redis_url, prefix or f"worker-test-{new_id()}", str(slots)]


@asynccontextmanager
async def process(arguments: Sequence[str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker in a process of its own; it has begun to look for work when this yields."""
    started = await asyncio.create_subprocess_exec(*arguments, stdout=asyncio.subprocess.PIPE, env=dict(os.environ))
    try:
        assert started.stdout is not None
        assert await asyncio.wait_for(started.stdout.readline(), PATIENCE) == b"ready\n"
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        started._transport.close()
        await started.wait()


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await holds():  # noqa: ASYNC110  # What changes is in the store.
            await asyncio.sleep(0.05)


async def all_are(database: Database, ids: Sequence[UUID], status: ReviewStatus) -> None:
    """Wait until all of `ids` have this status."""

    async def reached() -> bool:
        return all(review.status is status for review in await rows(database, ids))

    await eventually(reached)


async def some_are(database: Database, ids: Sequence[UUID], status: ReviewStatus, count: int) -> None:
    """Wait until `count` of `ids` or more have this status."""

    async def reached() -> bool:
        return sum(review.status is status for review in await rows(database, ids)) >= count

    await eventually(reached)

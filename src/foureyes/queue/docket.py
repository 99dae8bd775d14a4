"""The queue on docket: Redis Streams that several processes share, or docket's own backend in this process."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from docket import Docket, Worker
from redis.exceptions import RedisError, ResponseError
from structlog.stdlib import get_logger

from foureyes.errors import BrokerError, SettingError
from foureyes.kit.ids import new_id
from foureyes.queue.port import QueueDepth
from foureyes.queue.quiet import quieten_docket
from foureyes.settings import Settings

Task = Callable[[], Awaitable[None]]

LOOK_FOR_WORK: Final = "look_for_work"
"""The one job there is: a permit to look for work, under the id of the review that gave cause for it."""

_MEMORY = "memory://"
_SCHEMES = ("redis", "rediss", "unix", "redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster", "memory")
# redis-py's pool is exhausted by hundreds of calls at once; so many are in flight, and the others wait their turn.
_AT_ONCE = 16
_PATIENCE = timedelta(seconds=2)
_PAUSE = 1.0
_CHECK = timedelta(milliseconds=250)


class DocketQueue:
    """One docket for each kind of review, so that a worker can serve the kinds it was started for.

    Nothing is opened before it is needed, and Redis may be away at any time: calls raise BrokerError then, and
    whoever serves comes back by itself. `prefix` keeps installations on one Redis apart.
    """

    def __init__(self, url: str = _MEMORY, *, prefix: str = "foureyes", patience: timedelta = _PATIENCE) -> None:
        self.url = url
        self._prefix = prefix
        self._patience = patience.total_seconds()
        self._dockets: dict[str, Docket] = {}
        self._opening = asyncio.Lock()
        self._turn = asyncio.Semaphore(_AT_ONCE)
        quieten_docket()

    @property
    def shared(self) -> bool:
        """Whether other processes see the same jobs."""
        return not self.url.startswith(_MEMORY)

    async def enqueue(self, review_id: UUID, kind: str, *, when: datetime | None = None) -> None:
        async with self._turn, self._reaching():
            docket = await self._opened(kind)
            await docket.add(LOOK_FOR_WORK, when=when, key=str(review_id))()

    async def depth(self, kind: str) -> QueueDepth:
        async with self._turn, self._reaching():
            docket = await self._opened(kind)
            async with docket.redis() as redis:
                length = await redis.xlen(docket.stream_key)
                later = await redis.zcard(docket.queue_key)
                running = 0
                # Without a worker there was never a consumer group, and nothing can be running.
                with contextlib.suppress(ResponseError):
                    pending = await redis.xpending(docket.stream_key, docket.worker_group_name)
                    running = int(pending["pending"])
            return QueueDepth(waiting=max(0, length - running), later=later, running=running)

    async def ping(self) -> None:
        async with self._turn, self._reaching():
            docket = await self._opened("review")
            async with docket.redis() as redis:
                await redis.exists(docket.stream_key)

    async def risks(self) -> tuple[str, ...]:
        """What of the server's settings could lose jobs, in sentences; nothing for the queue of one process.

        Raises:
            BrokerError: the broker can't be asked.
        """
        if not self.shared:
            return ()
        async with self._turn, self._reaching():
            docket = await self._opened("review")
            async with docket.redis() as redis:
                # INFO, for CONFIG is forbidden at those who rent Redis out.
                persistence, memory = await redis.info("persistence"), await redis.info("memory")
        found = []
        if int(persistence.get("aof_enabled", 1)) == 0:
            found.append("Redis keeps no append-only file: set `appendonly yes`, or a restart empties the queue.")
        if (policy := str(memory.get("maxmemory_policy", "noeviction"))) != "noeviction":
            found.append(f"Redis may throw jobs away: set `maxmemory-policy noeviction` (it is {policy}).")
        return tuple(found)

    @asynccontextmanager
    async def serving(
        self,
        kinds: Collection[str],
        tasks: Mapping[str, Task],
        *,
        at_once: int = 64,
        redelivery: timedelta = timedelta(seconds=10),
    ) -> AsyncIterator[None]:
        """Run jobs of `kinds` in the background: `tasks` are what docket's names stand for, `at_once` is for each kind.

        Tasks must be short. docket lets those that run come to their end before it connects again, so that a long
        one would keep this process from work for as long, whenever the connection broke.
        """
        stopping = asyncio.Event()
        servers = [asyncio.create_task(self._serve(kind, tasks, at_once, redelivery, stopping)) for kind in kinds]
        try:
            yield
        finally:
            stopping.set()
            await asyncio.gather(*servers)

    async def close(self) -> None:
        async with self._opening:
            while self._dockets:
                _, docket = self._dockets.popitem()
                await docket.__aexit__(None, None, None)

    async def _serve(
        self, kind: str, tasks: Mapping[str, Task], at_once: int, redelivery: timedelta, stopping: asyncio.Event
    ) -> None:
        while not stopping.is_set():
            try:
                docket = await self._opened(kind)
                for name, task in tasks.items():
                    docket.register(task, names=[name])
                async with Worker(
                    docket,
                    # Two processes in containers of one host name may well have the same process id.
                    name=str(new_id()),
                    concurrency=at_once,
                    redelivery_timeout=redelivery,
                    reconnection_delay=timedelta(seconds=_PAUSE),
                    # docket sleeps as long when all of `at_once` are at work: this bounds how fast permits come.
                    minimum_check_interval=_CHECK,
                    schedule_automatic_tasks=False,
                ) as worker:
                    await _until(stopping, worker)
            except Exception:  # noqa: BLE001  # The edge of docket: whatever ends its worker, a new one is begun.
                get_logger().warning("queue_interrupted", kind=kind, exc_info=True)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), _PAUSE)

    async def _opened(self, kind: str) -> Docket:
        async with self._opening:
            if kind not in self._dockets:
                # Nobody reads what docket remembers of jobs that are over; rows do that.
                docket = Docket(name=f"{self._prefix}-{kind}", url=self.url, execution_ttl=timedelta(0))
                docket.register(_served_elsewhere, names=[LOOK_FOR_WORK])
                await docket.__aenter__()
                self._dockets[kind] = docket
            return self._dockets[kind]

    @asynccontextmanager
    async def _reaching(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._patience):
                yield
        except TimeoutError as exc:
            raise BrokerError(f"no answer within {self._patience:g} s") from exc
        except (RedisError, OSError) as exc:
            raise BrokerError(str(exc) or exc.__class__.__name__) from exc


def open_queue(settings: Settings, *, prefix: str = "foureyes") -> DocketQueue:
    """The queue at `settings.redis_url`, or one of this process alone where that is unset. Needs a running loop.

    Raises:
        SettingError: the address is of nothing that docket knows.
    """
    if settings.redis_url is None:
        return DocketQueue(prefix=prefix)
    url = settings.redis_url.get_secret_value()
    scheme = url.partition("://")[0]
    if scheme not in _SCHEMES:
        raise SettingError("FOUREYES_REDIS_URL", f"{scheme!r} is no broker we know: write redis://HOST:6379/0")
    return DocketQueue(url, prefix=prefix)


async def _served_elsewhere() -> None:
    """Stands for the task in processes that only enqueue: docket wants to know a function by each name."""


async def _until(stopping: asyncio.Event, worker: Worker) -> None:
    """Let docket's worker run until it is told to stop, or ends by itself, which only a defect makes it do."""
    running = asyncio.create_task(worker.run_forever())
    told = asyncio.create_task(stopping.wait())
    await asyncio.wait({running, told}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if running.done():
        running.result()

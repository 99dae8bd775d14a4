"""What goes over a live socket: greetings, news, what was missed, and the end of readers who are too slow."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from foureyes.kit.bus import GAP, News
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.web.socket.limits import Limits
from foureyes.web.socket.protocol import SocketProtocol
from sockets import SocketServer, closed, frame, raw_socket, said, say, socket_server, until
from stores import open_store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_store("sqlite", tmp_path) as opened:
        yield opened


@pytest.fixture
async def server(store: Database) -> AsyncIterator[SocketServer]:
    async with socket_server(store) as running:
        yield running


async def come_back(server: SocketServer, epoch: str, since: int) -> list[dict[str, object]]:
    """What a client is told that subscribes with a place: everything up to the answer to its ping."""
    async with server.open() as client:
        await said(client)
        await say(client, type="subscribe", topic=server.topic, epoch=epoch, since=since)
        await say(client, type="ping")
        told = []
        while not told or told[-1]["type"] != "pong":
            told.append(await said(client))
        return told[:-1]


async def test_news_is_told_with_its_number_and_its_topics(server: SocketServer) -> None:
    async with server.watching() as client:
        await server.happen(5)
        assert await said(client) == {
            "type": "event", "seq": 1, "topics": [server.topic], "event": "review.changed", "facts": {"number": 5},
        }  # fmt: skip


async def test_news_with_two_watched_topics_is_told_once(server: SocketServer) -> None:
    second = new_id()
    before = server.visitors.known["ours"]
    server.visitors.known["ours"] = replace(before, roles={**before.roles, second: before.roles[server.workspace]})
    async with server.watching() as client:
        await say(client, type="subscribe", topic=f"workspace:{second}")
        await said(client)
        await server.bus.publish(News((server.topic, f"workspace:{second}"), "review.changed", {"number": 1}))
        await server.happen(2)
        assert [(await said(client))["facts"], (await said(client))["facts"]] == [{"number": 1}, {"number": 2}]


async def test_several_tabs_hear_the_same(server: SocketServer) -> None:
    async with server.watching() as first, server.watching() as second:
        await server.happen(1)
        assert await said(first) == await said(second)


async def test_nothing_more_is_told_after_unsubscribing(server: SocketServer) -> None:
    async with server.watching() as client:
        await say(client, type="unsubscribe", topic=server.topic)
        assert (await said(client))["type"] == "unsubscribed"
        await server.happen(1)
        await until(lambda: server.live.hub.seq == 1)
        await say(client, type="ping")
        assert await said(client) == {"type": "pong", "seq": 1}


async def test_whoever_comes_back_is_told_what_was_missed(server: SocketServer) -> None:
    async with server.watching() as client:
        for number in range(1, 6):
            await server.happen(number)
            await said(client)
    told = await come_back(server, server.live.hub.epoch, 2)
    assert (told[0]["type"], told[0]["reset"]) == ("subscribed", False)
    assert [one["seq"] for one in told[1:]] == [3, 4, 5]


async def test_another_process_does_not_know_what_was_missed(server: SocketServer) -> None:
    told = await come_back(server, "another", 0)
    assert [(one["type"], one["reset"]) for one in told] == [("subscribed", True)]


async def test_a_number_from_the_future_is_not_known(server: SocketServer) -> None:
    assert (await come_back(server, server.live.hub.epoch, 7))[0]["reset"] is True


async def test_what_is_too_old_is_not_known(store: Database) -> None:
    async with socket_server(store, Limits(kept=3)) as server:
        async with server.watching() as client:
            for number in range(1, 6):
                await server.happen(number)
                await said(client)
        assert (await come_back(server, server.live.hub.epoch, 1))[0]["reset"] is True
        assert [one["seq"] for one in (await come_back(server, server.live.hub.epoch, 2))[1:]] == [3, 4, 5]


async def test_a_gap_tells_every_client_to_read_again(server: SocketServer) -> None:
    async with server.watching() as client:
        await server.happen(1)
        assert (await said(client))["seq"] == 1
        await server.bus.publish(GAP)
        assert await said(client) == {"type": "reset", "epoch": server.live.hub.epoch, "seq": 2}
    assert (await come_back(server, server.live.hub.epoch, 1))[0]["reset"] is True
    assert (await come_back(server, server.live.hub.epoch, 2))[0]["reset"] is False


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ping",
        "null",
        "[]",
        "{}",
        '{"type":"dance"}',
        '{"type":"ping","more":1}',
        '{"type":5}',
        '{"type":"subscribe"}',
        '{"type":"subscribe","topic":"everything"}',
        '{"type":"subscribe","topic":"review:1"}',
        '{"type":"subscribe","topic":"workspace:{0192d1a0-0000-7000-8000-000000000000}"}',
        '{"type":"subscribe","topic":"workspace:0192d1a0-0000-7000-8000-000000000000","since":"5","epoch":"e"}',
        '{"type":"subscribe","topic":"workspace:0192d1a0-0000-7000-8000-000000000000","since":-1,"epoch":"e"}',
        '{"type":"ping"}{"type":"ping"}',
        '{"type":"ping","type":NaN}',
        '{"type":"\\ud800"}',
        "[" * 16_000,
        "9" * 5_000,
        '{"type":"ping"}\0',
    ],
)
async def test_what_cannot_be_understood_is_answered_and_the_socket_stays(server: SocketServer, text: str) -> None:
    async with server.watching() as client:
        await client.send(text)
        answer = await said(client)
        assert (answer["type"], answer["code"]) == ("error", "invalid-request")
        await server.happen(1)
        assert (await said(client))["type"] == "event"


async def test_a_second_introduction_is_refused(server: SocketServer) -> None:
    async with server.watching() as client:
        await say(client, type="auth", token="other")
        assert (await said(client))["code"] == "conflict"


async def test_one_socket_watches_a_bounded_number_of_topics(store: Database) -> None:
    async with socket_server(store, Limits(topics=1)) as server, server.watching() as client:
        await say(client, type="subscribe", topic=f"workspace:{new_id()}")
        assert (await said(client))["code"] == "too-many-requests"
        await say(client, type="subscribe", topic=server.topic)
        assert (await said(client))["type"] == "subscribed"


async def test_a_flood_of_messages_ends_the_socket(server: SocketServer) -> None:
    async with server.watching() as neighbour, raw_socket(server) as raw:
        await raw.send(frame(1, b'{"type":"ping"}') * 500)
        assert await raw.code() == 4429
        await server.happen(6)
        assert (await said(neighbour))["facts"] == {"number": 6}
    await server.assert_unharmed()


async def test_a_slow_reader_is_dropped_while_others_go_on(store: Database) -> None:
    limits = Limits(waiting=50, farewell=timedelta(seconds=0.2))
    async with socket_server(store, limits) as server, server.watching() as neighbour, raw_socket(server) as raw:
        subscribe = json.dumps({"type": "subscribe", "topic": server.topic})
        await raw.send(frame(1, subscribe.encode()))
        await raw.next_frame()
        told = 0
        async with asyncio.timeout(60):
            while server.live.open > 1:
                told += 1
                await server.bus.publish(
                    News((server.topic,), "review.changed", {"number": told, "text": "x" * 20_000})
                )
                assert (await said(neighbour))["seq"] == told
        async with asyncio.timeout(30):
            while await raw.next_frame_or_end():
                pass
    assert server.live.hub.seq == told


async def test_a_slow_reader_that_wakes_up_in_time_learns_why(store: Database) -> None:
    limits = Limits(waiting=50, farewell=timedelta(seconds=30))
    async with socket_server(store, limits) as server, raw_socket(server) as raw:
        subscribe = json.dumps({"type": "subscribe", "topic": server.topic})
        await raw.send(frame(1, subscribe.encode()))
        await raw.next_frame()
        for _ in range(2_000):
            await server.bus.publish(News((server.topic,), "review.changed", {"text": "x" * 20_000}))
            await asyncio.sleep(0)
        assert await raw.code() == 1013
        await server.assert_unharmed()


class Impatient(SocketProtocol):
    patience = 0.3


async def test_a_reader_that_never_takes_its_end_is_let_go_of(store: Database) -> None:
    limits = Limits(waiting=50, farewell=timedelta(seconds=0.2))
    async with socket_server(store, limits, protocol=Impatient) as server, raw_socket(server) as raw:
        await raw.send(frame(1, json.dumps({"type": "subscribe", "topic": server.topic}).encode()))
        await raw.next_frame()
        async with asyncio.timeout(60):
            while server.uvicorn.server_state.connections:
                await server.bus.publish(News((server.topic,), "review.changed", {"text": "x" * 20_000}))
                await asyncio.sleep(0.001)
        await server.assert_unharmed()


async def test_two_hundred_sockets_at_once(store: Database) -> None:
    async with socket_server(store, Limits(sockets_of_one=200)) as server, AsyncExitStack() as stack:
        clients = await asyncio.gather(*(stack.enter_async_context(server.watching()) for _ in range(200)))
        await server.happen(9)
        told = await asyncio.gather(*(said(client) for client in clients))
        assert [one["facts"] for one in told] == [{"number": 9}] * 200


async def test_a_server_that_stops_says_so(server: SocketServer) -> None:
    async with server.watching() as client:
        server.uvicorn.should_exit = True
        assert (await closed(client))[0] == 1012


async def test_a_burst_reaches_a_reader_that_keeps_up_in_whole(server: SocketServer) -> None:
    async with server.watching() as client:
        for number in range(1_000):
            await server.happen(number)
        assert [(await said(client))["facts"] for _ in range(1_000)] == [{"number": number} for number in range(1_000)]

"""Who gets a socket, for how long, and what they may watch."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from foureyes.errors import DatabaseUnavailableError
from foureyes.kit import clock
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.models import Review, Workspace
from foureyes.models.reviews import ReviewKind, ReviewStatus, Trigger
from foureyes.models.workspaces import Role
from foureyes.rest.principal import Scope
from foureyes.settings import Settings
from foureyes.web.socket.limits import Limits
from sockets import SocketServer, closed, review_topic, said, say, socket_server, until
from stores import open_store

SOON = Limits(recheck=timedelta(seconds=0.1))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_store("sqlite", tmp_path) as opened:
        yield opened


@pytest.fixture
async def server(store: Database) -> AsyncIterator[SocketServer]:
    async with socket_server(store) as running:
        yield running


def a_review(session: Session, *, ours: bool, server: SocketServer) -> str:
    """The topic of a review in our workspace, or in somebody else's."""
    workspace, review, now = server.workspace if ours else new_id(), new_id(), clock.now()
    session.add(Workspace(id=workspace, name="W", created_at=now))
    session.flush()
    session.add(
        Review(
            id=review, workspace_id=workspace, kind=ReviewKind.REVIEW, trigger=Trigger.REST,
            status=ReviewStatus.PENDING, request={}, created_at=now, changed_at=now,
        )
    )  # fmt: skip
    return review_topic(review)


async def refusal(client: object) -> int:
    with pytest.raises(InvalidStatus) as caught:
        async with client:
            pass
    return caught.value.response.status_code


async def answer_to(server: SocketServer, topic: str) -> dict[str, object]:
    async with server.open() as client:
        await said(client)
        await say(client, type="subscribe", topic=topic)
        return await said(client)


async def test_a_program_is_known_by_its_header(server: SocketServer) -> None:
    async with server.open() as client:
        assert await said(client) == {"type": "hello", "epoch": server.live.hub.epoch, "seq": 0}


async def test_a_program_with_a_bad_key_gets_401(server: SocketServer) -> None:
    assert await refusal(server.open("wrong")) == 401
    await server.assert_unharmed()


async def test_a_page_says_who_it_is_first(server: SocketServer) -> None:
    async with server.stranger(origin=f"http://127.0.0.1:{server.port}") as client:
        await say(client, type="auth", token="ours")
        assert (await said(client))["type"] == "hello"


@pytest.mark.parametrize(
    "first",
    ['{"type":"auth","token":"wrong"}', '{"type":"ping"}', "no json", '{"type":"auth","token":"ü\\n"}', b"ours"],
)
async def test_whoever_does_not_is_sent_away(server: SocketServer, first: str | bytes) -> None:
    async with server.stranger() as client:
        await client.send(first)
        assert (await closed(client))[0] == 4401
    await server.assert_unharmed()


async def test_whoever_says_nothing_is_sent_away(store: Database) -> None:
    async with socket_server(store, Limits(introduction=timedelta(seconds=0.1))) as server:
        async with server.stranger() as client:
            assert (await closed(client))[0] == 4401
        await server.assert_unharmed()


async def test_a_token_in_the_address_is_not_one(server: SocketServer) -> None:
    url = f"{server.url}?token=ours&access_token=ours"
    async with connect(url) as client:
        await say(client, type="ping")
        assert (await closed(client))[0] == 4401


@pytest.mark.parametrize("origin", ["https://evil.example.org", "null", "http://127.0.0.1"])
async def test_a_page_of_another_site_is_refused_before_the_socket_is_accepted(
    server: SocketServer, origin: str
) -> None:
    assert await refusal(server.stranger(origin=origin)) == 403
    assert await refusal(server.open(origin=origin)) == 403
    await server.assert_unharmed()


async def test_the_public_address_is_the_only_page(store: Database) -> None:
    async with socket_server(store, settings=Settings(public_url="https://foureyes.example.org")) as server:
        async with server.open(origin="https://foureyes.example.org") as client:
            await said(client)
        assert await refusal(server.open(origin=f"http://127.0.0.1:{server.port}")) == 403


async def test_a_review_of_ones_workspace_may_be_watched(database: Database) -> None:
    async with socket_server(database) as server:
        topic = await database.write(lambda session: a_review(session, ours=True, server=server))
        assert (await answer_to(server, topic))["type"] == "subscribed"


async def test_reviews_of_others_and_unknown_ones_give_the_same_answer(database: Database) -> None:
    async with socket_server(database) as server:
        foreign = await database.write(lambda session: a_review(session, ours=False, server=server))
        one, other = await answer_to(server, foreign), await answer_to(server, review_topic(new_id()))
        assert (one["type"], one["code"]) == ("error", "not-found")
        assert {**one, "topic": ""} == {**other, "topic": ""}


async def test_workspaces_of_others_do_not_exist(server: SocketServer) -> None:
    stranger = server.visitors.person("theirs")
    assert (await answer_to(server, f"workspace:{stranger.home}"))["code"] == "not-found"


async def test_nobody_hears_of_workspaces_of_others(server: SocketServer) -> None:
    theirs = server.visitors.person("theirs").home
    async with server.watching() as client:
        await server.happen(1, topic=f"workspace:{theirs}")
        await server.happen(2)
        assert (await said(client))["facts"] == {"number": 2}


async def test_a_key_without_the_scope_watches_nothing(server: SocketServer) -> None:
    server.visitors.person("writer", scopes=frozenset({Scope.REVIEWS_WRITE}))
    async with server.open("writer") as client:
        await said(client)
        await say(client, type="subscribe", topic=f"workspace:{server.visitors.known['writer'].home}")
        assert (await said(client))["code"] == "forbidden"


async def test_a_workspace_joined_since_may_be_watched_on_the_same_socket(server: SocketServer) -> None:
    async with server.open() as client:
        await said(client)
        joined, before = new_id(), server.visitors.known["ours"]
        server.visitors.known["ours"] = replace(before, roles={**before.roles, joined: Role.VIEWER})
        await say(client, type="subscribe", topic=f"workspace:{joined}")
        assert (await said(client))["type"] == "subscribed"


async def test_a_revoked_sign_in_closes_its_socket_and_no_other(store: Database) -> None:
    async with socket_server(store, SOON) as server:
        server.visitors.person("leaving")
        async with server.watching() as staying, server.open("leaving") as client:
            del server.visitors.known["leaving"]
            assert (await closed(client))[0] == 4401
            await server.happen(3)
            assert (await said(staying))["facts"] == {"number": 3}


async def test_a_database_that_is_away_for_a_while_ends_no_socket(store: Database) -> None:
    async with socket_server(store, SOON) as server, server.watching() as client:
        server.visitors.failure = DatabaseUnavailableError("away")
        [connection] = server.live._connections
        checked = connection.checked_at
        await until(lambda: clock.steady() - checked > 0.5)
        assert connection.checked_at == checked
        await server.happen(3)
        assert (await said(client))["facts"] == {"number": 3}
        server.visitors.failure = None
        await until(lambda: connection.checked_at > checked)


async def test_a_socket_that_could_not_be_checked_for_long_is_told_to_come_back(store: Database) -> None:
    limits = replace(SOON, unchecked=timedelta(seconds=0.3))
    async with socket_server(store, limits) as server, server.watching() as client:
        server.visitors.failure = DatabaseUnavailableError("away")
        assert (await closed(client))[0] == 1013


async def test_a_check_that_is_broken_ends_its_socket_and_the_checks_go_on(store: Database) -> None:
    async with socket_server(store, SOON) as server:
        async with server.watching() as client:
            server.visitors.failure = ZeroDivisionError()
            assert (await closed(client))[0] == 4401
        server.visitors.failure = None
        server.visitors.person("leaving")
        async with server.open("leaving") as client:
            del server.visitors.known["leaving"]
            assert (await closed(client))[0] == 4401


async def test_a_member_who_was_removed_is_sent_away(store: Database) -> None:
    async with socket_server(store, SOON) as server, server.watching() as client:
        elsewhere = new_id()
        before = server.visitors.known["ours"]
        server.visitors.known["ours"] = replace(before, roles={elsewhere: Role.OWNER}, home=elsewhere)
        assert (await closed(client))[0] == 4403


async def test_a_socket_that_watches_nothing_is_closed_some_time(store: Database) -> None:
    limits = replace(SOON, idle=timedelta(seconds=0.1))
    async with socket_server(store, limits) as server, server.watching() as watching, server.open() as client:
        assert (await closed(client))[0] == 4408
        await server.happen(4)
        assert (await said(watching))["facts"] == {"number": 4}


async def test_one_account_has_a_bounded_number_of_sockets(store: Database) -> None:
    async with socket_server(store, Limits(sockets_of_one=2)) as server:
        async with server.watching(), server.watching(), server.open() as third:
            assert (await closed(third))[0] == 4429
        server.visitors.person("other")
        async with server.open("other") as client:
            assert (await said(client))["type"] == "hello"
        await until(lambda: server.live.open == 0)
        await server.assert_unharmed()


async def test_a_process_has_a_bounded_number_of_sockets(store: Database) -> None:
    async with socket_server(store, Limits(sockets=1)) as server:
        async with server.watching():
            assert await refusal(server.open()) == 429
        await until(lambda: server.live.open == 0)
        await server.assert_unharmed()


async def test_those_who_do_not_say_who_they_are_take_no_room_from_others(store: Database) -> None:
    async with socket_server(store, Limits(strangers=1)) as server, server.stranger():
        assert await refusal(server.stranger()) == 429
        await server.assert_unharmed()

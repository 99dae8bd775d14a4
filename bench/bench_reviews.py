"""Many reviews asked for at once of one `foureyes serve`, with a model that answers after a second: until each is done.

The floor keeps a row, makes a diff, calls the model once and keeps another row, in one process as well.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvloop
from websockets.asyncio.client import ClientConnection, connect

from bench import served
from bench.footprint import footprint
from bench.http_crowd import Client, crowd, request, reviews_wanted
from bench.rows import Row, Spread, percentile
from bench.served import Served
from drills.cluster import model_environment
from foureyes.kit import clock

_LATENCY = 1.0
_ROUNDS = 3
_MEGABYTE = 1e6
_PULSE = 0.05
_ENOUGH_PLACES = {
    "FOUREYES_REVIEWS_IN_FLIGHT": "256",
    "FOUREYES_REVIEWS_PER_WORKSPACE": "256",
    "FOUREYES_MAX_PARALLEL_CALLS": "256",
}
_FLOOR = "diff, one call, two inserts"


@dataclass(frozen=True, slots=True)
class Burst:
    """What became of reviews that were asked for at one moment."""

    seconds: list[float]
    """From the request of each until it was known to be completed."""
    cpu: float
    memory: int
    in_flight: int
    """The most that had begun and not ended at a time."""
    longest_wait: float
    """The longest that a plain question had to wait meanwhile."""

    @property
    def p95(self) -> float:
        return percentile(self.seconds, 0.95)


def rows(folder: Path) -> Iterator[Row]:
    yield from uvloop.run(_one_round(folder))
    yield from uvloop.run(_with_verifying(folder))


async def _one_round(folder: Path) -> list[Row]:
    async with _opened(folder / "one", proposes=False) as (ours, least):
        await asyncio.sleep(1)
        idle = footprint(ours.pid).memory
        await _burst(ours, 8, "warm")
        fifty, fifty_floor = await _rounds(ours, least, 50)
        many, many_floor = await _rounds(ours, least, 200)
    return [
        _seconds("50 reviews at once, one round, p95", fifty, 1.8, fifty_floor),
        _seconds("200 reviews at once, one round, one process, p95", many, 5.0, many_floor),
        Row(
            "processor time of a review, analysers included",
            "s",
            Spread.of([one.cpu / 50 for one in fifty]),
            0.10,
            Spread.of([one.cpu / 50 for one in fifty_floor]),
            _FLOOR,
        ),
        Row("memory when idle, all processes", "MB", Spread.of([idle / _MEGABYTE]), 160),
        Row("memory with 50 in flight, all processes", "MB", _most(fifty), 300, _most(fifty_floor), _FLOOR),
        Row("memory with 200 in flight, all processes", "MB", _most(many), None, _most(many_floor), _FLOOR),
        Row(
            "reviews in flight in one process",
            "reviews",
            Spread.of([float(one.in_flight) for one in many]),
            200,
            at_least=True,
        ),
        Row(
            "longest wait of a plain request while 50 reviews are done",
            "s",
            Spread.of([one.longest_wait for one in fifty]),
            None,
            Spread.of([one.longest_wait for one in fifty_floor]),
            _FLOOR,
        ),
    ]


async def _with_verifying(folder: Path) -> list[Row]:
    async with _opened(folder / "two", proposes=True) as (ours, least):
        await _burst(ours, 8, "warm")
        fifty, floor = await _rounds(ours, least, 50)
    return [_seconds("50 reviews at once, with the verifying round, p95", fifty, 3.0, floor)]


@asynccontextmanager
async def _opened(folder: Path, *, proposes: bool) -> AsyncIterator[tuple[Served, Served]]:
    async with AsyncExitStack() as stack:
        url = stack.enter_context(served.a_model(_LATENCY, proposes=proposes))
        ours = await stack.enter_async_context(served.embedded(folder, _ENOUGH_PLACES | model_environment(url)))
        least = stack.enter_context(served.floor(f"sqlite:{folder / 'floor.sqlite'}", "--model", url))
        yield ours, least


async def _rounds(ours: Served, least: Served, size: int) -> tuple[list[Burst], list[Burst]]:
    """Bursts of ours and of the floor in turn."""
    mine, floors = [], []
    for number in range(_ROUNDS):
        mine.append(await _burst(ours, size, f"of{size}_{number}_"))
        floors.append(await _floor_burst(least, size))
    return mine, floors


async def _burst(server: Served, size: int, mark: str) -> Burst:
    headers = {"Authorization": f"Bearer {server.key}"}
    address = f"{server.url.replace('http', 'ws', 1)}/ws"
    async with (
        connect(address, additional_headers=headers, compression=None) as socket,
        crowd(server.url, size) as some,
    ):
        watch = asyncio.create_task(_watched(socket, await _topic(server), size))
        await asyncio.sleep(0.2)
        async with _watching(server) as meanwhile:
            began = clock.steady()
            await some.at_once(list(reviews_wanted(server.key, size, mark=mark)), status=202)
            ended, in_flight = await watch
    return Burst([at - began for at in ended], meanwhile.cpu, meanwhile.memory, in_flight, meanwhile.longest_wait)


async def _floor_burst(server: Served, size: int) -> Burst:
    """The floor answers when a review is done."""
    async with crowd(server.url, size) as some, _watching(server) as meanwhile:
        answers = await some.at_once(list(reviews_wanted("", size, mark="")), status=202)
    seconds = [answer.seconds for answer in answers]
    return Burst(seconds, meanwhile.cpu, meanwhile.memory, size, meanwhile.longest_wait)


async def _topic(server: Served) -> str:
    async with crowd(server.url, 1) as one:
        me = await one.clients[0].ask(request("GET", "/api/users/me", key=server.key), status=200)
    return f"workspace:{me.json()['workspace_id']}"


async def _watched(socket: ClientConnection, topic: str, size: int) -> tuple[list[float], int]:
    """When each of `size` reviews was told to be completed, and how many were in flight at most.

    Raises:
        RuntimeError: one of them ended in another way.
    """
    await socket.send(json.dumps({"type": "subscribe", "topic": topic}))
    ended: list[float] = []
    running: set[str] = set()
    most = 0
    async for text in socket:
        told = json.loads(text)
        if told.get("event") != "review.changed":
            continue
        review, status = told["facts"]["id"], told["facts"]["status"]
        if status == "processing":
            running.add(review)
            most = max(most, len(running))
        elif status == "completed":
            running.discard(review)
            ended.append(clock.steady())
        elif status != "pending":
            raise RuntimeError(f"a review ended as {status}: {told['facts']['error']}")
        if len(ended) == size:
            break
    return ended, most


@dataclass
class _Meanwhile:
    cpu: float = 0.0
    memory: int = 0
    longest_wait: float = 0.0


@asynccontextmanager
async def _watching(server: Served) -> AsyncIterator[_Meanwhile]:
    """What the server uses, and how long it lets a plain request wait, while the block runs."""
    meanwhile = _Meanwhile()
    before = footprint(server.pid).cpu
    async with crowd(server.url, 1) as one:
        pulse = asyncio.create_task(_pulse(one.clients[0], meanwhile))
        weigh = asyncio.create_task(_weigh(server, meanwhile))
        try:
            yield meanwhile
        finally:
            for task in (pulse, weigh):
                task.cancel()
            await asyncio.gather(pulse, weigh, return_exceptions=True)
    meanwhile.cpu = footprint(server.pid).cpu - before


async def _pulse(client: Client, meanwhile: _Meanwhile) -> None:
    while True:
        answer = await client.ask(request("GET", "/healthz"), status=200)
        meanwhile.longest_wait = max(meanwhile.longest_wait, answer.seconds)
        await asyncio.sleep(_PULSE)


async def _weigh(server: Served, meanwhile: _Meanwhile) -> None:
    while True:
        meanwhile.memory = max(meanwhile.memory, (await asyncio.to_thread(footprint, server.pid)).memory)
        await asyncio.sleep(0.25)


def _seconds(work: str, mine: Sequence[Burst], budget: float, floors: Sequence[Burst]) -> Row:
    return Row(work, "s", Spread.of([one.p95 for one in mine]), budget, Spread.of([one.p95 for one in floors]), _FLOOR)


def _most(bursts: Sequence[Burst]) -> Spread:
    return Spread.of([one.memory / _MEGABYTE for one in bursts])

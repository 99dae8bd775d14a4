"""How fast a review is accepted: its answer says that it is on disk. On SQLite, and on PostgreSQL with Redis."""

import statistics
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvloop

from bench import served
from bench.http_crowd import Answer, crowd, reviews_wanted
from bench.rows import Row, Spread, percentile
from bench.served import Served
from drills.cluster import model_environment
from drills.servers import Postgres, Redis, folder_of_drill

_ONE_BY_ONE, _AT_ONCE, _SUSTAINED, _ROUNDS = 50, 50, 300, 7
_ACCEPTED = 202
# One place that is taken for good: all the rest waits, and what is measured is the answering alone.
_BUSY = {"FOUREYES_REVIEWS_IN_FLIGHT": "1", "FOUREYES_LOG_LEVEL": "warning"}
_LONG = 600.0


@dataclass(frozen=True, slots=True)
class Pair:
    """A server and its floor on the same kind of store."""

    store: str
    ours: Served
    floor: Served
    floor_name: str


def rows(folder: Path) -> Iterator[Row]:
    yield from uvloop.run(_all_rows(folder, _on_sqlite))
    with folder_of_drill() as open_folder:
        yield from uvloop.run(_all_rows(open_folder, _on_postgres))


@asynccontextmanager
async def _on_sqlite(folder: Path) -> AsyncIterator[Pair]:
    async with AsyncExitStack() as stack:
        settings = _BUSY | _model(stack)
        ours = await stack.enter_async_context(served.embedded(folder / "ours", settings))
        least = stack.enter_context(served.floor(f"sqlite:{folder / 'floor.sqlite'}"))
        yield Pair("SQLite", ours, least, "Starlette and one insert")


@asynccontextmanager
async def _on_postgres(folder: Path) -> AsyncIterator[Pair]:
    async with AsyncExitStack() as stack:
        (folder / "redis").mkdir()
        database, broker = Postgres(folder / "postgres"), Redis(folder / "redis")
        stack.callback(database.close)
        stack.callback(broker.close)
        ours = await stack.enter_async_context(
            served.api_alone(folder / "ours", _BUSY, database_url=database.url, redis_url=broker.url)
        )
        least = stack.enter_context(served.floor(database.url.replace("postgresql+asyncpg", "postgresql"), broker.url))
        yield Pair("PostgreSQL and Redis", ours, least, "Starlette, one insert, one XADD")


def _model(stack: AsyncExitStack) -> dict[str, str]:
    return model_environment(stack.enter_context(served.a_model(_LONG)))


async def _all_rows(folder: Path, opened: Callable[[Path], AbstractAsyncContextManager[Pair]]) -> list[Row]:
    async with opened(folder) as pair:
        single = await _each(pair, _one_by_one)
        burst = await _each(pair, _at_once)
        rate = await _each(pair, _a_second)
    on = f"on {pair.store}"
    return [
        Row(f"review accepted {on}, one at a time, p50", "ms", single[0], 5, single[1], pair.floor_name),
        Row(f"{_AT_ONCE} accepted at once {on}, p99", "ms", burst[0], 60, burst[1], pair.floor_name),
        Row(f"reviews accepted a second {on}, one process", "a second", rate[0], None, rate[1], pair.floor_name),
    ]


async def _each(pair: Pair, measure: Callable[[Served, str], Awaitable[float]]) -> tuple[Spread, Spread]:
    """Of ours and of the floor, in turn; the first round is thrown away."""
    found = [
        (await measure(pair.ours, f"{measure.__name__}{number}_"), await measure(pair.floor, ""))
        for number in range(_ROUNDS + 1)
    ][1:]
    mine, least = zip(*found, strict=True)
    return Spread.of(mine), Spread.of(least)


async def _one_by_one(server: Served, mark: str) -> float:
    async with crowd(server.url, 1) as clients:
        count = _ONE_BY_ONE
        answers = await clients.one_by_one(reviews_wanted(server.key, count, mark=mark), status=_ACCEPTED)
    return statistics.median(_milliseconds(answers))


async def _at_once(server: Served, mark: str) -> float:
    async with crowd(server.url, _AT_ONCE) as clients:
        asked = list(reviews_wanted(server.key, _AT_ONCE, mark=mark))
        answers = await clients.at_once(asked, status=_ACCEPTED)
    return percentile(_milliseconds(answers), 0.99)


async def _a_second(server: Served, mark: str) -> float:
    async with crowd(server.url, _AT_ONCE) as clients:
        count = _SUSTAINED
        return await clients.all_of(list(reviews_wanted(server.key, count, mark=mark)), status=_ACCEPTED)


def _milliseconds(answers: list[Answer]) -> list[float]:
    return [answer.seconds * 1_000 for answer in answers]

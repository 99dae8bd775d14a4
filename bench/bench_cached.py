"""Answers about a review that is over, over HTTP: read again, asked for again, or not changed at all."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import uvloop

from bench import served
from bench.http_crowd import Client, crowd, request, review_wanted
from bench.rows import Row, Spread, percentile
from bench.served import Served
from drills.cluster import model_environment

_EACH, _ROUNDS, _PATIENCE = 100, 5, 600
_BUDGET = 5.0
_OK, _ACCEPTED, _NOT_MODIFIED = 200, 202, 304
_NAME = "cached"


def rows(folder: Path) -> Iterator[Row]:
    yield from uvloop.run(_rows(folder))


async def _rows(folder: Path) -> list[Row]:
    with served.a_model(0.0) as url, served.floor(f"sqlite:{folder / 'floor.sqlite'}") as least:
        async with (
            served.embedded(folder / "ours", model_environment(url)) as ours,
            crowd(ours.url, 1) as one,
            crowd(least.url, 1) as other,
        ):
            return await _measured(ours, one.clients[0], other.clients[0])


async def _measured(ours: Served, client: Client, floor: Client) -> list[Row]:
    path = await _completed(ours, client)
    tag = (await client.ask(request("GET", path, key=ours.key), status=_OK)).headers["etag"]
    again = request("POST", "/api/reviews", key=ours.key, body=review_wanted(_NAME))
    asked = {
        "an ended review read": (request("GET", path, key=ours.key), _OK),
        "the same with If-None-Match": (request("GET", path, key=ours.key, If_None_Match=tag), _NOT_MODIFIED),
        "an equal review asked for, answered from the cache": (again, _ACCEPTED),
    }
    plain = request("GET", "/healthz")
    columns: dict[str, list[float]] = {name: [] for name in (*asked, "")}
    for _ in range(_ROUNDS + 1):
        for name, (one, status) in asked.items():
            columns[name].append(await _p95(client, one, status))
        columns[""].append(await _p95(floor, plain, _OK))
    least = Spread.of(columns.pop("")[1:])
    return [
        Row(f"{name}, p95", "ms", Spread.of(column[1:]), _BUDGET, least, "an answer of Starlette's")
        for name, column in columns.items()
    ]


async def _completed(ours: Served, client: Client) -> str:
    """The path of a review that is completed.

    Raises:
        RuntimeError: it is not, after a minute.
    """
    wanted = request("POST", "/api/reviews", key=ours.key, body=review_wanted(_NAME))
    path = str((await client.ask(wanted, status=_ACCEPTED)).json()["links"]["self"])
    for _ in range(_PATIENCE):
        if (await client.ask(request("GET", path, key=ours.key), status=_OK)).json()["status"] == "completed":
            return path
        await asyncio.sleep(0.1)
    raise RuntimeError("the review that was to be read is not completed after a minute")


async def _p95(client: Client, asked: bytes, status: int) -> float:
    return percentile([(await client.ask(asked, status=status)).seconds * 1_000 for _ in range(_EACH)], 0.95)

"""The floor of the server: the least code that answers when a review is durable, or when it is done.

`python -m bench.floor_server sqlite:PATH` (or a PostgreSQL address and a Redis one, and a model's address with
`--model`) prints its port, and ends when its standard input does.
"""

import argparse
import asyncio
import difflib
import json
import queue
import sqlite3
import sys
import threading
from collections.abc import Awaitable, Callable
from uuid import uuid4

import asyncpg  # type: ignore[import-untyped]  # It has no types of its own.
import httpx2
import uvicorn
import uvloop
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from foureyes.web.serve import open_port

Keep = Callable[[str, bytes], Awaitable[None]]

_TABLE = "CREATE TABLE IF NOT EXISTS floor (id text PRIMARY KEY, body {} NOT NULL)"


class SqliteFloor:
    """One thread inserts for all who wait, and commits once for them."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._queue: queue.SimpleQueue[tuple[str, bytes, asyncio.Future[None]]] = queue.SimpleQueue()
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._run, daemon=True).start()

    async def keep(self, name: str, body: bytes) -> None:
        kept = self._loop.create_future()
        self._queue.put((name, body, kept))
        await kept

    def _run(self) -> None:
        store = sqlite3.connect(self._path, isolation_level=None)
        store.execute("PRAGMA journal_mode = WAL")
        store.execute("PRAGMA synchronous = FULL")
        store.execute(_TABLE.format("blob"))
        while True:
            batch = [self._queue.get()]
            while not self._queue.empty():
                batch.append(self._queue.get())
            store.execute("BEGIN IMMEDIATE")
            store.executemany("INSERT INTO floor VALUES (?, ?)", [(name, body) for name, body, _ in batch])
            store.execute("COMMIT")
            self._loop.call_soon_threadsafe(_settle, [kept for _, _, kept in batch])


def _settle(kept: list[asyncio.Future[None]]) -> None:
    for one in kept:
        one.set_result(None)


async def _shared(database: str, redis: str) -> Keep:
    """One durable insert, and one entry in a stream."""
    pool = await asyncpg.create_pool(database, min_size=10, max_size=10)
    await pool.execute(_TABLE.format("bytea"))
    broker = Redis.from_url(redis)

    async def keep(name: str, body: bytes) -> None:
        await pool.execute("INSERT INTO floor VALUES ($1, $2)", name, body)
        await broker.xadd("floor", {"id": name})

    return keep


def _reviewed(url: str) -> Callable[[bytes], Awaitable[bytes]]:
    """One diff and one call of the model."""
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
    http = httpx2.AsyncClient(timeout=60, trust_env=False, limits=limits)

    async def review(body: bytes) -> bytes:
        code = json.loads(body)["source"]["content"]
        diff = "\n".join(difflib.unified_diff([], code.splitlines(), lineterm=""))
        asked = {"model": "floor", "stream": True, "messages": [{"role": "user", "content": diff}]}
        answer = await http.post(f"{url}/chat/completions", json=asked)
        return answer.raise_for_status().content

    return review


def _application(keep: Keep, review: Callable[[bytes], Awaitable[bytes]] | None) -> Starlette:
    async def create(request: Request) -> JSONResponse:
        name, body = str(uuid4()), await request.body()
        json.loads(body)
        await keep(name, body)
        if review is not None:
            await keep(f"{name}/result", await review(body))
        return JSONResponse({"id": name, "status": "pending"}, status_code=202)

    async def fine(request: Request) -> JSONResponse:  # noqa: ARG001
        return JSONResponse({"status": "alive"})

    return Starlette(routes=[Route("/api/reviews", create, methods=["POST"]), Route("/healthz", fine)])


async def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("database")
    parser.add_argument("redis", nargs="?", default="")
    parser.add_argument("--model", default="")
    given = parser.parse_args()
    kind, _, path = given.database.partition(":")
    keep = SqliteFloor(path).keep if kind == "sqlite" else await _shared(given.database, given.redis)
    listener = open_port("127.0.0.1", 0)
    app = _application(keep, _reviewed(given.model) if given.model else None)
    server = uvicorn.Server(uvicorn.Config(app, loop="none", http="httptools", log_config=None, access_log=False))
    print(listener.getsockname()[1], flush=True)
    asyncio.get_running_loop().run_in_executor(None, _until_left, server)
    await server.serve(sockets=[listener])


def _until_left(server: uvicorn.Server) -> None:
    sys.stdin.read()
    server.should_exit = True


if __name__ == "__main__":
    uvloop.run(_main())

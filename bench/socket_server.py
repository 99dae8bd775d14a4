"""A server that the sockets' bench talks to: ours, or the floor, a bare broadcast of the websockets library.

It prints its port, then obeys lines: `tell` sends one update to every client, `memory` prints its bytes.
"""

import asyncio
import json
import os
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import uvicorn
import uvloop
from fastapi import FastAPI
from pydantic import JsonValue
from starlette.requests import HTTPConnection
from websockets.asyncio.server import ServerConnection, broadcast, serve

from foureyes.kit import clock
from foureyes.kit.bus import MemoryBus, News
from foureyes.kit.database.open import open_database
from foureyes.kit.ids import new_id
from foureyes.models.workspaces import Role
from foureyes.queue.port import MemoryQueue
from foureyes.rest.principal import Principal
from foureyes.rest.services import Services
from foureyes.settings import Settings
from foureyes.web.socket.endpoints import router
from foureyes.web.socket.limits import Limits
from foureyes.web.socket.live import live_sockets
from foureyes.web.socket.protocol import LARGEST_MESSAGE, SocketProtocol

WORKSPACE = UUID(int=7)
_FACTS: dict[str, JsonValue] = {
    "id": str(WORKSPACE),
    "workspace": str(WORKSPACE),
    "stage": "verify",
    "done": 12,
    "total": 40,
    "note": "src/app.py",
}

Tell = Callable[[], Awaitable[None]]


class _Everybody:
    """Takes whoever comes for the same person."""

    def __init__(self) -> None:
        self._principal = Principal(user_id=new_id(), roles={WORKSPACE: Role.VIEWER}, home=WORKSPACE)

    async def principal(self, connection: HTTPConnection) -> Principal:  # noqa: ARG002  # The port's.
        return self._principal

    async def still(self, principal: Principal) -> Principal:
        return principal


async def ours(listener: socket.socket) -> None:
    bus = MemoryBus()
    store = open_database(f"sqlite:///{os.devnull}")
    app = FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False})
    app.include_router(router)
    app.state.services = Services(Settings(), store, MemoryQueue(), bus, _Everybody())
    config = uvicorn.Config(
        app,
        ws=SocketProtocol,
        ws_per_message_deflate=False,
        ws_max_size=LARGEST_MESSAGE,
        lifespan="off",
        log_config=None,
        backlog=8192,
    )

    async def tell() -> None:
        await bus.publish(
            News((f"workspace:{WORKSPACE}",), "review.progress", {**_FACTS, "at": clock.steady()}),
        )

    async with live_sockets(app, Limits(sockets_of_one=20_000, sockets=20_000)):
        serving = asyncio.create_task(uvicorn.Server(config).serve([listener]))
        await _obey(listener, tell)
        serving.cancel()


async def floor(listener: socket.socket) -> None:
    clients: set[ServerConnection] = set()

    async def stay(client: ServerConnection) -> None:
        clients.add(client)
        await client.send('{"type":"subscribed"}')
        await client.wait_closed()

    async def tell() -> None:
        topics = [f"workspace:{WORKSPACE}"]
        event = {"type": "event", "seq": 1, "topics": topics, "event": "review.progress"}
        broadcast(clients, json.dumps({**event, "facts": {**_FACTS, "at": clock.steady()}}))

    async with serve(stay, sock=listener, compression=None, backlog=8192):
        await _obey(listener, tell)


async def _obey(listener: socket.socket, tell: Tell) -> None:
    print(listener.getsockname()[1], flush=True)
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := (await lines.readline()).strip():
        if line == b"tell":
            await tell()
        else:
            print(_resident(), flush=True)


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=8192)
    uvloop.run({"ours": ours, "floor": floor}[sys.argv[1]](listener))


if __name__ == "__main__":
    main()

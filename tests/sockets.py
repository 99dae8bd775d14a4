"""A real server for live sockets, on a loopback port, whose visitors are written down by the test."""

import asyncio
import json
import os
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from uuid import UUID

import uvicorn
from fastapi import FastAPI
from starlette.requests import HTTPConnection
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from foureyes.errors import UnauthenticatedError
from foureyes.kit.bus import MemoryBus, News
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.models.workspaces import Role
from foureyes.queue.port import MemoryQueue
from foureyes.rest.principal import Principal
from foureyes.rest.services import Services
from foureyes.settings import Settings
from foureyes.web.socket.endpoints import router
from foureyes.web.socket.limits import Limits
from foureyes.web.socket.live import LiveSockets, live_sockets
from foureyes.web.socket.protocol import LARGEST_MESSAGE, SocketProtocol


class ScriptedAuthenticator:
    """Knows the tokens that a test hands out; what the test changes holds from then on."""

    def __init__(self) -> None:
        self.known: dict[str, Principal] = {}
        self.failure: Exception | None = None
        """What it raises instead of looking again, as when the database is away."""

    def person(self, token: str, **changes: object) -> Principal:
        workspace = new_id()
        someone = Principal(user_id=new_id(), roles={workspace: Role.DEVELOPER}, home=workspace, sign_in_id=new_id())
        self.known[token] = replace(someone, **changes)
        return self.known[token]

    async def principal(self, connection: HTTPConnection) -> Principal:
        token = connection.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.known:
            raise UnauthenticatedError
        return self.known[token]

    async def still(self, principal: Principal) -> Principal:
        if self.failure is not None:
            raise self.failure
        for known in self.known.values():
            if known.sign_in_id == principal.sign_in_id:
                return known
        raise UnauthenticatedError


class SocketServer:
    """The server, with one visitor whose token is `ours`."""

    def __init__(self, server: uvicorn.Server, services: Services, live: LiveSockets, port: int) -> None:
        self.uvicorn = server
        self.bus = services.bus
        self.live = live
        self.port = port
        assert isinstance(services.authenticator, ScriptedAuthenticator)
        self.visitors = services.authenticator
        self.workspace = self.visitors.person("ours").home
        self.topic = f"workspace:{self.workspace}"

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws"

    def open(self, token: str = "ours", **options: object) -> connect:
        """A client that is known from the start."""
        return connect(self.url, additional_headers={"Authorization": f"Bearer {token}"}, compression=None, **options)

    def stranger(self, **options: object) -> connect:
        return connect(self.url, compression=None, **options)

    @asynccontextmanager
    async def watching(self, **options: object) -> AsyncIterator[ClientConnection]:
        """A client that watches our workspace already."""
        async with self.open(**options) as client:
            await said(client)
            await say(client, type="subscribe", topic=self.topic)
            assert (await said(client))["type"] == "subscribed"
            yield client

    async def happen(self, number: int = 1, *, topic: str | None = None, event: str = "review.changed") -> None:
        await self.bus.publish(News((topic or self.topic,), event, {"number": number}))

    def waiting_bytes(self) -> int:
        """The most that waits to be sent to one client."""
        return max(one.transport.get_write_buffer_size() for one in self.uvicorn.server_state.connections)

    async def assert_unharmed(self) -> None:
        """Somebody new is served as if nothing had been."""
        async with self.watching() as client:
            await self.happen(number=42)
            assert (await said(client))["facts"] == {"number": 42}


@asynccontextmanager
async def socket_server(
    database: Database,
    limits: Limits | None = None,
    settings: Settings | None = None,
    protocol: type[SocketProtocol] = SocketProtocol,
) -> AsyncIterator[SocketServer]:
    services = Services(settings or Settings(), database, MemoryQueue(), MemoryBus(), ScriptedAuthenticator())
    app = FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False})
    app.include_router(router)
    app.state.services = services
    listener = socket.create_server(("127.0.0.1", 0))
    async with live_sockets(app, limits or Limits()) as live:
        server = uvicorn.Server(
            uvicorn.Config(
                app, ws=protocol, ws_per_message_deflate=False, ws_max_size=LARGEST_MESSAGE, lifespan="off",
                log_config=None, timeout_graceful_shutdown=5,
            )
        )  # fmt: skip
        serving = asyncio.create_task(server._serve([listener]))
        await until(lambda: server.started)
        yield SocketServer(server, services, live, listener.getsockname()[1])
        server.should_exit = True
        await serving
        listener.close()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110  # Nobody tells.
            await asyncio.sleep(0.01)


async def say(client: ClientConnection, **fields: object) -> None:
    await client.send(json.dumps(fields))


async def said(client: ClientConnection) -> dict[str, object]:
    async with asyncio.timeout(20):
        return json.loads(await client.recv())


async def closed(client: ClientConnection) -> tuple[int | None, str | None]:
    """The code and reason with which the server closed; what it said before is skipped."""
    async with asyncio.timeout(20):
        with suppress(ConnectionClosed):
            async for _ in client:
                pass
        await client.wait_closed()
    return client.close_code, client.close_reason


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, masked: bool = True, reserved: int = 0) -> bytes:
    """A frame of RFC 6455, section 5.2, also a wrong one."""
    first = (0x80 if fin else 0) | reserved << 4 | opcode
    size = len(payload)
    mask_bit = 0x80 if masked else 0
    if size < 126:
        head = struct.pack("!BB", first, mask_bit | size)
    elif size < 65_536:
        head = struct.pack("!BBH", first, mask_bit | 126, size)
    else:
        head = struct.pack("!BBQ", first, mask_bit | 127, size)
    if not masked:
        return head + payload
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))


class RawSocket:
    """A client that sends whatever bytes it is given."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, octets: bytes) -> None:
        self._writer.write(octets)
        await self._writer.drain()

    async def next_frame(self) -> tuple[int, bytes]:
        """Opcode and payload; raises IncompleteReadError when the server has closed the connection."""
        async with asyncio.timeout(20):
            first, size = await self._reader.readexactly(2)
            if size == 126:
                (size,) = struct.unpack("!H", await self._reader.readexactly(2))
            return first & 0x0F, await self._reader.readexactly(size)

    async def code(self) -> int | None:
        """The code that the server closed with; None where it only closed the connection."""
        try:
            while True:
                opcode, payload = await self.next_frame()
                if opcode == 8:
                    return struct.unpack("!H", payload[:2])[0]
        except (asyncio.IncompleteReadError, ConnectionError):
            return None

    async def next_frame_or_end(self) -> bool:
        """Whether there was another frame before the end of the connection."""
        try:
            await self.next_frame()
        except (asyncio.IncompleteReadError, ConnectionError):
            return False
        return True

    async def send_for_a_while(self, octets: bytes) -> None:
        """Send as much of it as the server takes in three seconds, and read nothing."""
        with suppress(TimeoutError):
            async with asyncio.timeout(3):
                await self.send(octets)

    def drop(self) -> None:
        self._writer.transport.abort()


@asynccontextmanager
async def raw_socket(server: SocketServer) -> AsyncIterator[RawSocket]:
    """A known client after the handshake and the greeting, below any library."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    request = (
        f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer ours\r\n\r\n"
    )
    writer.write(request.encode())
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    raw = RawSocket(reader, writer)
    assert b'"hello"' in (await raw.next_frame())[1]
    try:
        yield raw
    finally:
        raw.drop()


def review_topic(review_id: UUID) -> str:
    return f"review:{review_id}"

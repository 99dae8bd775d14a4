"""Live updates: how long until the last of many sockets has one, and what each socket costs in memory."""

import asyncio
import os
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import uvloop

from bench.rows import Row, Spread
from bench.socket_server import WORKSPACE
from foureyes.kit import clock

_ROUNDS = 9
_BUDGETS = ((1_000, 0.030), (5_000, 0.120))
_KILOBYTES_EACH = 35.0
_HANDSHAKE = (
    b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nAuthorization: Bearer x\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
_TEXT = f'{{"type":"subscribe","topic":"workspace:{WORKSPACE}"}}'.encode()
_SUBSCRIBE = bytes([0x81, 0x80 | len(_TEXT), 0, 0, 0, 0]) + _TEXT
"""A small text frame, masked with zeros."""


def rows(folder: Path) -> Iterator[Row]:
    del folder
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    for sockets, budget in _BUDGETS:
        yield from uvloop.run(_measured(sockets, budget))


async def _measured(sockets: int, budget: float) -> list[Row]:
    with _server("ours") as ours, _server("floor") as floor:
        crowds = [await _Crowd.come(server, sockets) for server in (ours, floor)]
        await asyncio.sleep(1)
        memory = [crowd.kilobytes_each() for crowd in crowds]
        seconds = [[await crowd.told() for crowd in crowds] for _ in range(_ROUNDS + 1)][1:]
        for crowd in crowds:
            crowd.leave()
    mine, least = (Spread.of(column) for column in zip(*seconds, strict=True))
    return [
        Row(f"live update to {sockets:,} sockets", "s", mine, budget, least, "websockets' broadcast"),
        Row(
            f"memory of each of {sockets:,} sockets",
            "KB",
            Spread.of([memory[0]]),
            _KILOBYTES_EACH,
            Spread.of([memory[1]]),
            "websockets' server",
        ),
    ]


class _Server:
    """One server process, told what to do by lines."""

    def __init__(self, orders: IO[str], answers: IO[str]) -> None:
        self._orders = orders
        self._answers = answers
        self.port = int(answers.readline())

    def tell(self) -> None:
        self._order("tell")

    def memory(self) -> int:
        self._order("memory")
        return int(self._answers.readline())

    def _order(self, word: str) -> None:
        self._orders.write(f"{word}\n")
        self._orders.flush()


@contextmanager
def _server(kind: str) -> Iterator[_Server]:
    command = [sys.executable, "-m", "bench.socket_server", kind]
    environment = {"PATH": os.environ.get("PATH", os.defpath)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a process without pipes")
        try:
            yield _Server(process.stdin, process.stdout)
        finally:
            process.kill()


class _Crowd:
    """Many clients of one server, as cheap as they can be: they count, and read nothing but the time of sending."""

    def __init__(self, server: _Server) -> None:
        self._server = server
        self._members: list[_Member] = []
        self._before = server.memory()
        self._missing = 0
        self._all: asyncio.Future[None] | None = None
        self._sent_at = 0.0

    @classmethod
    async def come(cls, server: _Server, sockets: int) -> "_Crowd":
        crowd, loop = cls(server), asyncio.get_running_loop()
        for start in range(0, sockets, 100):
            some = min(100, sockets - start)
            arrived = crowd.expect(some)
            for _ in range(some):
                _, member = await loop.create_connection(lambda: _Member(crowd), "127.0.0.1", server.port)
                crowd._members.append(member)
            await arrived
        return crowd

    def expect(self, count: int) -> asyncio.Future[None]:
        self._missing = count
        self._all = asyncio.get_running_loop().create_future()
        return self._all

    def kilobytes_each(self) -> float:
        return (self._server.memory() - self._before) / len(self._members) / 1024

    async def told(self) -> float:
        """Seconds from the update until the last one has it."""
        everybody = self.expect(len(self._members))
        self._server.tell()
        await everybody
        seconds = clock.steady() - self._sent_at
        await asyncio.sleep(0.1)
        return seconds

    def heard(self, octets: bytes) -> None:
        self._missing -= 1
        if self._missing == 0 and self._all is not None:
            if found := re.search(rb'"at": ?([0-9.]+)', octets):
                self._sent_at = float(found[1])
            self._all.set_result(None)

    def leave(self) -> None:
        for member in self._members:
            member.transport.abort()


class _Member(asyncio.Protocol):
    transport: asyncio.Transport

    def __init__(self, crowd: _Crowd) -> None:
        self._crowd = crowd
        self._welcome = False
        self._upgraded = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports can do all that asyncio's can, and are no subclass of them.
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(_HANDSHAKE)

    def data_received(self, octets: bytes) -> None:
        if self._welcome:
            self._crowd.heard(octets)
        elif b'"subscribed"' in octets:
            self._welcome = True
            self._crowd.heard(b"")
        elif not self._upgraded:
            self._upgraded = True
            self.transport.write(_SUBSCRIBE)

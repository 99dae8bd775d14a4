"""Many HTTP clients that cost next to nothing, so that what is measured is the server."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from foureyes.kit import clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and how many seconds after it was asked for."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    def json(self) -> Any:  # noqa: ANN401  # Whatever the server says.
        return json.loads(self.body)


def request(method: str, path: str, *, key: str = "", body: object = None, **headers: str) -> bytes:
    """The bytes of one request; `headers` are written with low lines for dashes."""
    raw = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    if key:
        lines.append(f"Authorization: Bearer {key}")
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(raw)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + raw


class Client:
    """One connection, kept alive: one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connected(cls, url: str) -> Self:
        address = urlsplit(url)
        return cls(*await asyncio.open_connection(address.hostname, address.port))

    async def ask(self, asked: bytes, *, status: int | None = None) -> Answer:
        """The answer to a request.

        Raises:
            RuntimeError: it has another status than `status`: the bench would measure refusals.
        """
        began = clock.steady()
        self._writer.write(asked)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
        body = await self._reader.readexactly(int(headers.get("content-length", "0")))
        answer = Answer(int(head[0].split()[1]), headers, body, clock.steady() - began)
        if status is not None and answer.status != status:
            raise RuntimeError(f"answered {answer.status}: {body[:500].decode(errors='replace')}")
        return answer

    def close(self) -> None:
        self._writer.close()


class Crowd:
    """Several connections to one server."""

    def __init__(self, clients: Sequence[Client]) -> None:
        self.clients = clients

    async def at_once(self, asked: Sequence[bytes], *, status: int) -> list[Answer]:
        """As many requests as there are clients, sent at one moment."""
        pairs = zip(self.clients, asked, strict=True)
        return list(await asyncio.gather(*(client.ask(one, status=status) for client, one in pairs)))

    async def one_by_one(self, asked: Iterable[bytes], *, status: int) -> list[Answer]:
        """Requests on one connection, each after the answer to the one before."""
        return [await self.clients[0].ask(one, status=status) for one in asked]

    async def all_of(self, asked: Iterable[bytes], *, status: int) -> float:
        """Requests over all connections as fast as they are answered: how many a second."""
        waiting, done, began = iter(asked), 0, clock.steady()

        async def each(client: Client) -> None:
            nonlocal done
            for one in waiting:
                await client.ask(one, status=status)
                done += 1

        await asyncio.gather(*map(each, self.clients))
        return done / (clock.steady() - began)


@asynccontextmanager
async def crowd(url: str, size: int) -> "AsyncIterator[Crowd]":
    """`size` connections that are open before anything is asked."""
    clients = [await Client.connected(url) for _ in range(size)]
    try:
        yield Crowd(clients)
    finally:
        for client in clients:
            client.close()


def reviews_wanted(key: str, count: int, *, mark: str, **fields: object) -> Iterator[bytes]:
    """Requests for reviews of files that differ: an equal one would be answered from the cache."""
    for number in range(count):
        yield request("POST", "/api/reviews", key=key, body=review_wanted(f"{mark}{number}", **fields))


def review_wanted(name: str, **fields: object) -> dict[str, object]:
    """The body that asks for a review of one small file; the same for the same name."""
    return {"source": {"type": "file", "path": f"{name}.py", "content": _CODE.replace("NAME", name)}, **fields}


_CODE = '''"""Orders of NAME."""

from dataclasses import dataclass


@dataclass
class Order:
    number: int
    lines: list[tuple[str, int, float]]

    def total(self):
        return sum(count * price for _, count, price in self.lines)

    def mean(self):
        return self.total() / len(self.lines)


def cheapest(orders):
    best = orders[0]
    for order in orders:
        if order.total() < best.total():
            best = order
    return best


def find(orders, number, seen=[]):
    seen.append(number)
    for order in orders:
        if order.number == number:
            return order
    return None
'''

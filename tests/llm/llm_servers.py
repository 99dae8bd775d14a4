"""Servers on loopback for a model's client: a mock of the big providers, and one that says what it is told."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from llmock.pytest_plugin import LLMock
from llmock.testing import LLMockServer
from pydantic import SecretStr

from foureyes.settings import Settings

KEY = SecretStr("sk-test-0123456789")


@contextmanager
def mock_providers() -> Iterator[LLMock]:
    """llmock: it speaks as the providers do, breaks on demand, and judges how its client behaved."""
    with LLMockServer() as server:
        yield LLMock(server)


def settings_for(url: str, **changes: object) -> Settings:
    """Settings that send every provider to one address, with little patience."""
    given: dict[str, object] = {
        "anthropic_api_key": KEY,
        "openai_api_key": KEY,
        "google_api_key": KEY,
        "groq_api_key": KEY,
        "model_api_key": KEY,
        "anthropic_url": f"{url}/anthropic",
        "openai_url": f"{url}/v1",
        "google_url": f"{url}/gemini",
        "groq_url": f"{url}/groq",
        "model_url": f"{url}/v1",
        "model_timeout": timedelta(seconds=20),
        "model_idle_timeout": timedelta(seconds=10),
    }
    return Settings(**(given | changes))


@dataclass
class Said:
    """What a server says to one request: a status, headers, and a body in parts, with a pause before each."""

    parts: list[bytes]
    status: int = 200
    kind: str = "text/event-stream"
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0.0
    whole: bool = True


class SayingServer:
    """Answers every request with the next thing it was told to say, and remembers what it was asked."""

    def __init__(self, *says: Said) -> None:
        self.says = list(says)
        self.asked: list[bytes] = []
        self.url = ""

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.lower().split(b"\r\n")
                sizes = [line.split(b":")[1] for line in lines if line.startswith(b"content-length:")]
                body = await reader.readexactly(int(sizes[0])) if sizes else b""
                self.asked.append(head + body)
                await self._say(writer, self.says[min(len(self.asked), len(self.says)) - 1])
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass  # The client has gone, or the test is over.
        finally:
            writer.close()

    async def _say(self, writer: asyncio.StreamWriter, said: Said) -> None:
        extra = "".join(f"{name}: {value}\r\n" for name, value in said.headers.items())
        head = f"HTTP/1.1 {said.status} X\r\ncontent-type: {said.kind}\r\n{extra}transfer-encoding: chunked\r\n\r\n"
        writer.write(head.encode())
        for part in said.parts:
            if said.pause:
                await asyncio.sleep(said.pause)
            writer.write(b"%x\r\n%s\r\n" % (len(part), part))
            await writer.drain()
        if not said.whole:
            raise ConnectionResetError
        writer.write(b"0\r\n\r\n")
        await writer.drain()


@asynccontextmanager
async def saying(*says: Said) -> AsyncIterator[SayingServer]:
    told = SayingServer(*says)
    server = await asyncio.start_server(told._answer, "127.0.0.1", 0)
    told.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield told
    finally:
        server.close()

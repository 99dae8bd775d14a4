"""The protocol that uvicorn is to serve sockets with: small messages, and no buffers that grow."""

import asyncio
import logging

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from foureyes.web.socket.limits import Limits

LARGEST_MESSAGE = Limits().message
"""Bytes; for uvicorn's `ws_max_size`, so that what is larger is refused while it arrives."""
WRITE_NOW = "foureyes.write_now"
"""The extension of the ASGI scope that has `write`: see `SocketProtocol.write_now`."""


class SocketProtocol(WebSocketsSansIOProtocol):
    """uvicorn's own, mended where a hostile client would make it keep what it can't send, and quicker."""

    patience = 15.0
    """Seconds that a client has for taking the end, once the application is done with it."""

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        # A response that is no upgrade has no scope.
        if self.handshake_initiated and not self.handshake_complete:
            self.scope["extensions"][WRITE_NOW] = {"write": self.write_now}

    def write_now(self, frame: bytes) -> bool:
        """Hand a whole frame to the system without a turn of a task; False when the client has to be waited for."""
        ready = self.writable.is_set() and self.handshake_complete and not self.disconnected and not self.close_sent
        if not ready or self.transport.is_closing():
            return False
        self.transport.write(frame)
        return True

    def pause_writing(self) -> None:
        """Read nothing from a client that does not read: each of its pings would add a pong to what waits."""
        super().pause_writing()
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        if not self.read_paused:
            self.transport.resume_reading()

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        """Let go of the connection some time after the application did: closing alone waits for the client to read."""
        super().on_task_complete(task)
        self.loop.call_later(self.patience, self.transport.abort)


class OneLine(logging.Filter):
    """Takes the traceback from what uvicorn logs when a client sends what is no text: that is no defect of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        if str(record.msg).startswith("Invalid UTF-8"):
            record.exc_info = record.exc_text = None
            record.levelno, record.levelname = logging.INFO, "INFO"
        return True


def quieted() -> None:
    """Have this process log a hostile client's message in one line, and not as an error."""
    logging.getLogger("uvicorn.error").addFilter(_ONE_LINE)


_ONE_LINE = OneLine()

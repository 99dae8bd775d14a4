"""The protocol that uvicorn is to serve sockets with: small messages, and no buffers that grow."""

import asyncio

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from foureyes.web.socket.limits import Limits

LARGEST_MESSAGE = Limits().message
"""Bytes; for uvicorn's `ws_max_size`, so that what is larger is refused while it arrives."""
_PATIENCE = 15.0


class SocketProtocol(WebSocketsSansIOProtocol):
    """uvicorn's own, mended in two places where a hostile client would make it keep what it can't send."""

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
        self.loop.call_later(_PATIENCE, self.transport.abort)

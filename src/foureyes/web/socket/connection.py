"""One socket of somebody who is known: a reader, and a writer while the client is slow.

To wake a task for each socket costs more than to write to it. So messages are written as they come, and the outbox and
the writer are there for a client that has not taken the last ones yet.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

from starlette.websockets import WebSocket, WebSocketDisconnect

from foureyes.errors import (
    ConflictError,
    FoureyesError,
    InvalidRequestError,
    NotFoundError,
    TooManyRequestsError,
    UnauthenticatedError,
)
from foureyes.kit import clock, metrics
from foureyes.rest.principal import Principal
from foureyes.rest.services import Services
from foureyes.web.socket import messages
from foureyes.web.socket.hub import Hub, Place
from foureyes.web.socket.limits import Limits, Rate
from foureyes.web.socket.messages import Auth, Code, Incoming, Message, Ping, Subscribe, Unsubscribe, framed
from foureyes.web.socket.outbox import Outbox
from foureyes.web.socket.protocol import WRITE_NOW
from foureyes.web.socket.topics import may_still, workspace_behind


class Connection:
    """A watcher of the hub. `end` closes it from anywhere, and never waits."""

    __slots__ = (
        "_ending",
        "_farewell",
        "_hub",
        "_limits",
        "_outbox",
        "_rate",
        "_services",
        "_task",
        "_topics",
        "_websocket",
        "_write_now",
        "_writer",
        "active_at",
        "checked_at",
        "principal",
    )

    def __init__(
        self, websocket: WebSocket, principal: Principal, services: Services, hub: Hub, limits: Limits
    ) -> None:
        self.principal = principal
        self.active_at = self.checked_at = clock.steady()
        self._websocket = websocket
        self._services = services
        self._hub = hub
        self._limits = limits
        self._outbox = Outbox(limits)
        self._rate = Rate(limits)
        self._topics: dict[str, UUID] = {}
        self._ending: tuple[Code, str] | None = None
        self._farewell: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._writer: asyncio.Task[None] | None = None
        self._write_now: Callable[[bytes], bool] | None = websocket.scope["extensions"].get(WRITE_NOW, {}).get("write")

    @property
    def watches(self) -> int:
        return len(self._topics)

    def push(self, message: Message) -> None:
        if self._ending is not None:
            return
        # While the writer is at it, messages wait behind those that it has.
        if self._writer is None and self._write_now is not None and self._write_now(framed(message.text)):
            return
        self._outbox.push(message)
        if self._outbox.overflowed:
            self.end(Code.TOO_SLOW, "too slow: come back with your epoch and seq")
        else:
            self._begin_writing()

    def end(self, code: Code, reason: str) -> None:
        """Close with `code` as soon as the client takes it, and without it when that takes too long."""
        if self._ending is not None:
            return
        self._ending = (code, reason)
        metrics.socket_dropped(code.name.lower())
        self._outbox.clear()
        self._begin_writing()
        if self._task is not None:
            seconds = self._limits.farewell.total_seconds()
            self._farewell = asyncio.get_running_loop().call_later(seconds, self._task.cancel)

    async def run(self) -> None:
        """Serve the socket until either side closes it."""
        self._task = asyncio.current_task()
        self._hub.join(self)
        self.push(self._hub.hello())
        try:
            await self._read()
            if self._writer is not None:
                await self._writer
        except WebSocketDisconnect:
            pass
        except asyncio.CancelledError:
            if self._ending is None or self._task is None:
                raise
            # It was `end` that ran out of patience.
            self._task.uncancel()
        finally:
            self._hub.leave(self, list(self._topics))
            if self._farewell is not None:
                self._farewell.cancel()
            if (writer := self._writer) is not None:
                writer.cancel()
                with suppress(asyncio.CancelledError):
                    await writer

    async def recheck(self) -> None:
        """Close when the sign-in, the key or a membership that it lives on has ended."""
        try:
            self.principal = await self._services.authenticator.still(self.principal)
        except UnauthenticatedError:
            self.end(Code.UNAUTHENTICATED, "the sign-in or key has ended")
            return
        self.checked_at = clock.steady()
        if not may_still(self.principal, set(self._topics.values())):
            self.end(Code.FORBIDDEN, "not a member any more")

    async def _read(self) -> None:
        while self._ending is None:
            received = await self._websocket.receive()
            if received["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(received.get("code", 1005))
            self.active_at = clock.steady()
            text = received.get("text")
            if text is None:
                self.end(Code.NO_TEXT, "send text")
            elif len(text) > self._limits.message:
                self.end(Code.TOO_LARGE, "the message is too large")
            elif not self._rate.take(self._limits, now=self.active_at):
                self.end(Code.TOO_MANY, "too many messages")
            else:
                await self._answer(text)

    def _begin_writing(self) -> None:
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())

    async def _write(self) -> None:
        """Send what waits, in order, and the end; what is pushed once nothing waits is written without a task again."""
        # What uvicorn raises once the socket is closed is one or the other, by which side was first.
        with suppress(WebSocketDisconnect, RuntimeError):
            while self._ending is None and (message := self._outbox.take()) is not None:
                await self._websocket.send({"type": "websocket.send", "text": message.text})
            if self._ending is not None:
                code, reason = self._ending
                await self._websocket.close(code, reason)
                return
        self._writer = None

    async def _answer(self, text: str) -> None:
        try:
            incoming = messages.understood(text)
        except InvalidRequestError as error:
            self.push(messages.refused(error))
            return
        try:
            await self._obey(incoming)
        except FoureyesError as error:
            topic = incoming.topic if isinstance(incoming, Subscribe) else None
            self.push(messages.refused(error, topic=topic))

    async def _obey(self, incoming: Incoming) -> None:
        match incoming:
            case Ping():
                self.push(messages.pong(self._hub.seq))
            case Subscribe():
                await self._subscribe(incoming)
            case Unsubscribe(topic=topic):
                self._hub.unsubscribe(self, topic)
                self._topics.pop(topic, None)
                self.push(messages.unsubscribed(topic))
            case Auth():
                raise ConflictError("This socket is known already: open another one for another account.")

    async def _subscribe(self, wanted: Subscribe) -> None:
        if wanted.topic not in self._topics and len(self._topics) >= self._limits.topics:
            raise TooManyRequestsError(
                f"One socket watches {self._limits.topics} topics: unsubscribe from some, or watch the workspace.",
                retry_after=self._limits.recheck,
            )
        try:
            workspace = await workspace_behind(wanted.topic, self.principal, self._services)
        except NotFoundError:
            # Somebody may have become a member since the socket was opened.
            await self.recheck()
            if self._ending is not None:
                return
            workspace = await workspace_behind(wanted.topic, self.principal, self._services)
        if self._ending is None:
            self._topics[wanted.topic] = workspace
            place = Place(wanted.epoch, wanted.since) if wanted.epoch is not None and wanted.since is not None else None
            self._hub.subscribe(self, wanted.topic, place)

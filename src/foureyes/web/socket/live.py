"""All sockets of one process: their hub, the task that feeds it, the task that asks whether they may go on."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from uuid import UUID

from starlette.applications import Starlette
from starlette.websockets import WebSocket
from structlog.stdlib import get_logger

from foureyes.errors import ServerError, TooManyRequestsError
from foureyes.kit import clock, metrics
from foureyes.kit.bus import GAP
from foureyes.rest.principal import Principal
from foureyes.rest.services import Services
from foureyes.web.socket.connection import Connection
from foureyes.web.socket.hub import Hub
from foureyes.web.socket.limits import Limits
from foureyes.web.socket.messages import Code

_AT_ONCE = 20
_AGAIN = timedelta(seconds=5)


class LiveSockets:
    """What `/ws` is served with; `app.state.live` holds it."""

    def __init__(self, services: Services, limits: Limits) -> None:
        self.limits = limits
        self.hub = Hub(limits)
        self.services = services
        self._connections: set[Connection] = set()
        self._open = 0
        self._strangers = 0
        self._of: Counter[UUID] = Counter()

    @property
    def open(self) -> int:
        """How many sockets there are."""
        return self._open

    @contextmanager
    def place(self) -> Iterator[None]:
        """Raises TooManyRequestsError: the process has as many sockets as it may."""
        if self._open >= self.limits.sockets:
            raise _too_many("This server")
        self._open += 1
        try:
            with metrics.socket_open():
                yield
        finally:
            self._open -= 1

    @contextmanager
    def stranger(self) -> Iterator[None]:
        """Raises TooManyRequestsError: too many have not said yet who they are."""
        if self._strangers >= self.limits.strangers:
            raise _too_many("This server")
        self._strangers += 1
        try:
            yield
        finally:
            self._strangers -= 1

    async def serve(self, websocket: WebSocket, principal: Principal) -> None:
        """Serve an accepted socket of somebody who is known, until it closes."""
        if self._of[principal.user_id] >= self.limits.sockets_of_one:
            await websocket.close(Code.TOO_MANY, "too many sockets of one account")
            return
        connection = Connection(websocket, principal, self.services, self.hub, self.limits)
        self._of[principal.user_id] += 1
        self._connections.add(connection)
        try:
            await connection.run()
        finally:
            self._connections.discard(connection)
            self._of[principal.user_id] -= 1
            if not self._of[principal.user_id]:
                del self._of[principal.user_id]

    def close(self) -> None:
        for connection in self._connections:
            connection.end(Code.GOING_AWAY, "the server stops: come back with your epoch and seq")

    async def feed(self) -> None:
        """Hand all news to the hub, for as long as it runs."""
        while True:
            try:
                await self._listen()
            except Exception:  # noqa: BLE001  # The edge of a background job: without it every page would fall silent.
                get_logger().error("live_news_failed", exc_info=True)
            self.hub.tell(GAP)
            await asyncio.sleep(1)

    async def watch(self) -> None:
        """End sockets that may not go on, or that nobody uses, for as long as it runs."""
        pause = min(self.limits.recheck / 10, _AGAIN).total_seconds()
        while True:
            await asyncio.sleep(pause)
            self._end_idle()
            due = self._due()
            for start in range(0, len(due), _AT_ONCE):
                await asyncio.gather(*(self._recheck(one) for one in due[start : start + _AT_ONCE]))

    async def _listen(self) -> None:
        async with self.services.bus.listen() as news:
            async for one in news:
                self.hub.tell(one)
                # A burst must not fill the outboxes before one writer has had its turn.
                await asyncio.sleep(0)

    def _end_idle(self) -> None:
        latest = clock.steady() - self.limits.idle.total_seconds()
        for connection in self._connections:
            if not connection.watches and connection.active_at < latest:
                connection.end(Code.IDLE, "watches nothing")

    def _due(self) -> list[Connection]:
        latest = clock.steady() - self.limits.recheck.total_seconds()
        return [connection for connection in self._connections if connection.checked_at < latest]

    async def _recheck(self, connection: Connection) -> None:
        try:
            await connection.recheck()
        except ServerError:
            if clock.steady() - connection.checked_at > self.limits.unchecked.total_seconds():
                connection.end(Code.TOO_SLOW, "the server can't ask its database: come back later")
        except Exception:  # noqa: BLE001  # The edge of a background job: one socket must not end the checks of all.
            get_logger().error("socket_check_failed", exc_info=True)
            connection.end(Code.UNAUTHENTICATED, "the sign-in could not be checked")


def _too_many(whose: str) -> TooManyRequestsError:
    return TooManyRequestsError(f"{whose} has too many sockets: try again later.", retry_after=timedelta(seconds=30))


@asynccontextmanager
async def live_sockets(app: Starlette, limits: Limits = Limits()) -> AsyncIterator[LiveSockets]:  # noqa: B008  # Frozen.
    """A part of the application: `/ws` works while it runs, and every socket is closed when it ends."""
    live = LiveSockets(app.state.services, limits)
    app.state.live = live
    tasks = [asyncio.create_task(live.feed(), name="live-news"), asyncio.create_task(live.watch(), name="live-checks")]
    try:
        yield live
    finally:
        live.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

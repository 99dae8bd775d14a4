"""The bus of several processes: Redis pub/sub on one channel. It may lose everything, and says so with a gap."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from structlog.stdlib import get_logger

from foureyes.errors import SettingError
from foureyes.kit import clock
from foureyes.kit.bus import GAP, Bus, MemoryBus, News, read, written
from foureyes.settings import Settings

_VARIABLE = "FOUREYES_REDIS_URL"
_PENDING = 2_000
_BATCH = 200
_TIMEOUT = 2.0
_HEARTBEAT = 10.0
_LONGEST_PAUSE = 5.0
_WARN_EVERY = 60.0
_SENTINEL_PORT = 26379


def open_bus(settings: Settings, *, name: str = "foureyes") -> Bus:
    """The bus that the settings name; servers on one Redis that share nothing else use different names.

    Raises:
        SettingError: the address of Redis can't be read.
    """
    if settings.redis_url is None:
        return MemoryBus()
    return RedisBus(open_redis(settings.redis_url.get_secret_value()), channel=f"{name}:news")


def open_redis(url: str) -> Redis:
    """A client for pub/sub at an address of the forms that the queue takes. Nothing is connected yet.

    Raises:
        SettingError: the address can't be read; it is not repeated, because it may hold a password.
    """
    # Nodes of a cluster hand messages on to each other, so that any one of them will do.
    plain = url.replace("+cluster://", "://", 1)
    options: dict[str, Any] = {
        "socket_timeout": _TIMEOUT,
        "socket_connect_timeout": _TIMEOUT,
        "socket_keepalive": True,
        # Once again at once: the connection at hand may be one that a restart has closed.
        "retry": Retry(NoBackoff(), 1),
    }
    try:
        if "+sentinel" in url.partition("://")[0]:
            return _behind_sentinels(urlsplit(plain), options)
        return Redis.from_url(plain, **options)
    except (ValueError, TypeError) as exc:
        raise SettingError(
            _VARIABLE, "can't be read: write redis://HOST:6379/0, rediss://... or redis+sentinel://..."
        ) from exc


def _behind_sentinels(url: SplitResult, options: dict[str, Any]) -> Redis:
    """The master that the sentinels name: redis+sentinel://[USER:PASSWORD@]HOST[:PORT][,...]/SERVICE[/DB]."""
    credentials, _, hosts = url.netloc.rpartition("@")
    service, _, number = url.path.strip("/").partition("/")
    if not service or not hosts:
        raise ValueError("no service or no sentinel is named")
    sentinels = [
        (host.hostname or "", host.port or _SENTINEL_PORT)
        for host in (urlsplit(f"//{one}") for one in hosts.split(","))
    ]
    secure: dict[str, Any] = {"ssl": True} if url.scheme.startswith("rediss") else {}
    user, _, password = credentials.partition(":")
    own: dict[str, Any] = {"username": unquote(user) or None, "password": unquote(password) or None}
    asking = {"socket_timeout": _TIMEOUT, "socket_connect_timeout": _TIMEOUT, **secure}
    sentinel = Sentinel(sentinels, sentinel_kwargs=asking)  # type: ignore[no-untyped-call]
    master: Redis = sentinel.master_for(service, db=int(number or 0), **options, **own, **secure)
    return master


class RedisBus:
    """News through one channel. Whoever publishes is never kept waiting: one task sends, and drops what it can't.

    After `heartbeat` seconds of silence Redis is asked whether it is there, and after as many more it is left.
    """

    def __init__(self, client: Redis, *, channel: str, heartbeat: float = _HEARTBEAT) -> None:
        self._client = client
        self._channel = channel
        self._heartbeat = heartbeat
        self._pending: deque[bytes] = deque()
        self._waiting = asyncio.Event()
        self._idle = asyncio.Event()
        self._sender: asyncio.Task[None] | None = None
        self._lost = False
        self._warned_at: float | None = None

    async def publish(self, news: News) -> None:
        try:
            message = written(news)
        except (TypeError, ValueError):
            self._warn("news_not_json", type=news.type)
            return
        if len(self._pending) >= _PENDING:
            self._drop("too much is waiting")
        self._pending.append(message)
        self._waiting.set()
        self._idle.clear()
        if self._sender is None:
            self._sender = asyncio.create_task(self._send(), name="redis-bus")

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[AsyncIterator[News]]:
        pubsub = self._client.pubsub()
        subscribed = await self._subscribe(pubsub)
        try:
            async with aclosing(self._heard(pubsub, subscribed=subscribed)) as news:
                yield news
        finally:
            await _forget(pubsub)

    async def close(self) -> None:
        if self._sender is not None:
            await self._flush()
            self._sender.cancel()
            with suppress(asyncio.CancelledError):
                await self._sender
        with suppress(RedisError, OSError):
            await self._client.aclose()

    async def _flush(self) -> None:
        """Give what is pending a moment to leave: the last word about a review is often the last before the end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_TIMEOUT):
                await self._idle.wait()

    async def _send(self) -> None:
        pause = 0.1
        while True:
            await self._waiting.wait()
            batch = [self._pending.popleft() for _ in range(min(len(self._pending), _BATCH))]
            try:
                await self._tell(batch)
            except (RedisError, OSError) as exc:
                self._drop(type(exc).__name__)
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
                continue
            pause = 0.1
            if not self._pending and not self._lost:
                self._waiting.clear()
                self._idle.set()

    async def _tell(self, batch: list[bytes]) -> None:
        """Send in one round trip; whoever lost something before tells that first."""
        messages = [written(GAP), *batch] if self._lost else batch
        self._lost = False
        async with self._client.pipeline(transaction=False) as pipeline:
            for message in messages:
                pipeline.publish(self._channel, message)
            await pipeline.execute()

    def _drop(self, reason: str) -> None:
        self._pending.clear()
        self._lost = True
        self._warn("news_dropped", reason=reason)

    def _warn(self, event: str, **facts: str) -> None:
        """Say it once a minute: a Redis that is away would fill the log."""
        now = clock.steady()
        if self._warned_at is None or now - self._warned_at >= _WARN_EVERY:
            self._warned_at = now
            get_logger().warning(event, **facts)

    async def _subscribe(self, pubsub: PubSub) -> bool:
        """Whether Redis took the subscription: whatever is published from then on is heard."""
        try:
            await pubsub.subscribe(self._channel)
            answer = await pubsub.get_message(timeout=_TIMEOUT)
        except (RedisError, OSError):
            return False
        return answer is not None

    async def _heard(self, pubsub: PubSub, *, subscribed: bool) -> AsyncGenerator[News]:
        pause = 0.1
        while True:
            if subscribed:
                pause = 0.1
                with suppress(RedisError, OSError):
                    async for news in _messages(pubsub, self._heartbeat):
                        yield news
            self._warn("news_not_heard", channel=self._channel)
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
            await _forget(pubsub)
            subscribed = await self._subscribe(pubsub)
            if subscribed:
                yield GAP


async def _forget(pubsub: PubSub) -> None:
    with suppress(RedisError, OSError):
        await pubsub.aclose()  # type: ignore[no-untyped-call]


async def _messages(pubsub: PubSub, heartbeat: float) -> AsyncGenerator[News]:
    """What comes in. Raises ConnectionError when Redis has said nothing for two heartbeats: its machine may be gone."""
    asked = False
    while True:
        message = await pubsub.get_message(timeout=heartbeat)
        if message is None:
            if asked:
                raise ConnectionError("Redis does not answer")
            await pubsub.ping()
            asked = True
            continue
        asked = False
        if message["type"] == "subscribe":
            # redis-py has connected anew by itself, and what was published meanwhile is lost.
            yield GAP
        elif message["type"] == "message" and (news := read(message["data"])) is not None:
            yield news

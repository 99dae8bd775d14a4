"""The HTTP server: uvicorn on a port that was taken before anything began, stopped without dropping an answer."""

import asyncio
import errno
import resource
import socket
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any, Final, TypeVar

from fastapi import FastAPI
from structlog.stdlib import get_logger

from foureyes.errors import PortInUseError, SettingError

T = TypeVar("T")

_BACKLOG: Final = 2048
# Balancers keep connections for a minute: whoever closes first must not be us, or requests are lost between.
_KEEP_ALIVE: Final = 75
_MOST_CONNECTIONS: Final = 20_000
_OPEN_FILES: Final = 65_536


def run(main: Coroutine[Any, Any, T]) -> T:
    """The result of `main`, on the fastest loop there is."""
    import uvloop  # noqa: PLC0415  # Only a server needs it.

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


def open_port(host: str, port: int) -> socket.socket:
    """A socket that listens at `host` and `port`; 0 is any free port.

    Raises:
        PortInUseError: another program listens there.
        SettingError: the host is no address of this machine, or the port is not for this user.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as exc:
        raise SettingError("FOUREYES_HOST", f"{host!r} is no address that we know: write 127.0.0.1 or 0.0.0.0") from exc
    family, kind, protocol, _, address = found[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # Until somebody listens, a second server may take the same port, and neither would know.
        listener.listen(_BACKLOG)
    except OSError as exc:
        listener.close()
        raise _refusal(exc, host, port) from exc
    listener.setblocking(False)
    return listener


async def serve(
    app: FastAPI,
    listener: socket.socket,
    stopping: asyncio.Event,
    *,
    grace: timedelta = timedelta(seconds=30),
    linger: timedelta = timedelta(0),
    on_start: Callable[[], None] = lambda: None,
) -> None:
    """Answer what comes to `listener` until `stopping` is set; then finish what was begun, for `grace` at most.

    Signals are the caller's: it sets `stopping`. Readiness is false from then on; for `linger` new requests are still
    taken, so that a balancer has time to see it. Errors of the application's parts come out as they are.
    """
    server = _server(app, grace)
    raise_limit_of_open_files()
    async with app.router.lifespan_context(app):
        watcher = asyncio.create_task(_stop(app, server, stopping, linger))
        port = listener.getsockname()[1]
        get_logger().info("server_started", port=port)
        on_start()
        try:
            await server.serve(sockets=[listener])
        finally:
            watcher.cancel()
            with suppress(asyncio.CancelledError):
                await watcher
        get_logger().info("server_stopped", port=port)


def raise_limit_of_open_files() -> None:
    """Let this process hold as many connections as its user may: most systems give 1,024 unless asked."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _server(app: FastAPI, grace: timedelta) -> Any:  # noqa: ANN401  # Its type would import uvicorn for everybody.
    from uvicorn import Config, Server  # noqa: PLC0415  # Costs 0.1 s, and only a server needs it.

    from foureyes.web.socket.protocol import LARGEST_MESSAGE, SocketProtocol, quieted  # noqa: PLC0415

    quieted()

    class QuietServer(Server):
        """Signals belong to the process, which may run a worker as well."""

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    return QuietServer(
        Config(
            app,
            loop="none",
            http="httptools",
            ws=SocketProtocol,
            # 122 KB for each socket instead of 25.
            ws_per_message_deflate=False,
            ws_max_size=LARGEST_MESSAGE,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            # rest.address reads the headers of proxies, by the count of those that are trusted.
            proxy_headers=False,
            timeout_keep_alive=_KEEP_ALIVE,
            timeout_graceful_shutdown=max(1, round(grace.total_seconds())),
            limit_concurrency=_MOST_CONNECTIONS,
            backlog=_BACKLOG,
            reset_contextvars=True,
        )
    )


async def _stop(app: FastAPI, server: Any, stopping: asyncio.Event, linger: timedelta) -> None:  # noqa: ANN401
    await stopping.wait()
    app.state.health.stopping = True
    await asyncio.sleep(linger.total_seconds())
    server.should_exit = True


def _refusal(error: OSError, host: str, port: int) -> Exception:
    if error.errno == errno.EADDRINUSE:
        return PortInUseError(host, port)
    if error.errno in (errno.EACCES, errno.EPERM):
        return SettingError("FOUREYES_PORT", f"{port} is only for root: choose one from 1024 on")
    return SettingError("FOUREYES_HOST", f"{host!r} is not an address of this machine ({error.strerror})")

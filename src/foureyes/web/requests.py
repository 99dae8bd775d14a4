"""The outermost layer of every request: its id, its line in the log, and the one place where defects end."""

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, clear_contextvars
from structlog.stdlib import get_logger

from foureyes.errors import InvalidRequestError
from foureyes.kit import clock, metrics
from foureyes.kit.ids import new_id
from foureyes.kit.tracing import describe, span
from foureyes.rest.problems import problem_of, problem_of_defect

REQUEST_ID: Final = "X-Request-Id"
_SANE_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,99}")
_NOWHERE: Final = "(none)"
# Asked every few seconds by machines: a line for each would be most of the log.
_PROBES: Final = frozenset({"/healthz", "/readyz", "/metrics"})
_API_POLICY: Final = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


class Requests:
    """ASGI middleware: names each request, measures it, answers 500 for what nobody foresaw, adds safe headers."""

    def __init__(self, app: ASGIApp, *, over_tls: bool) -> None:
        self._app = app
        self._headers = safe_headers(over_tls=over_tls)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        clear_contextvars()
        request_id = _request_id(scope)
        bind_contextvars(request_id=request_id)
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        answer = _Answer({**self._headers, REQUEST_ID: request_id}, send)
        started = clock.steady()
        with metrics.request_in_flight(), _span_of(scope):
            try:
                await self._guarded(scope, receive, answer)
            finally:
                _record(scope, answer, clock.steady() - started)

    async def _guarded(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        try:
            if _holds_nul(scope):
                await problem_of(_NUL, scope)(scope, receive, answer.send)
                return
            await self._app(scope, receive, answer.send)
        except Exception:  # The edge of a request: whatever it was ends in the log and in a 500.
            get_logger().error("request_failed", exc_info=True)
            if answer.status:
                # Half an answer is out: only breaking the connection tells the client that it is not whole.
                raise
            await problem_of_defect(scope)(scope, receive, answer.send)


_NUL: Final = InvalidRequestError("The address or a header has a NUL character: leave it out.")


def safe_headers(*, over_tls: bool) -> Mapping[str, str]:
    """What every answer carries unless its route says otherwise: browsers guess nothing, frame nothing, tell nobody."""
    headers = {
        "Content-Security-Policy": _API_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    }
    return {**headers, "Strict-Transport-Security": "max-age=31536000"} if over_tls else headers


@dataclass(slots=True)
class _Answer:
    """What went out so far."""

    headers: Mapping[str, str]
    out: Send
    status: int = 0
    sent: int = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
            headers = MutableHeaders(scope=message)
            for name, value in self.headers.items():
                headers.setdefault(name, value)
        elif message["type"] == "http.response.body":
            self.sent += len(message.get("body", b""))
        await self.out(message)


def _span_of(scope: Scope) -> AbstractContextManager[object]:
    # Its route is known when it was answered; a span that is named by the path would hold ids, and whatever is asked.
    return nullcontext() if scope["path"] in _PROBES else span("request", method=scope["method"])


def _request_id(scope: Scope) -> str:
    # A proxy's own id is worth keeping; one that would forge lines of the log, or fill it, is not.
    given = Headers(scope=scope).get(REQUEST_ID, "")
    return given if _SANE_ID.fullmatch(given) else str(new_id())


def _holds_nul(scope: Scope) -> bool:
    # PostgreSQL keeps no NUL, and no endpoint should have to think of that.
    query = scope["query_string"]
    return (
        "\0" in scope["path"]
        or b"\0" in query
        or b"%00" in query
        or any(b"\0" in value for _, value in scope["headers"])
    )


def _record(scope: Scope, answer: _Answer, seconds: float) -> None:
    route = template_of(scope)
    describe(f"{scope['method']} {route}", status=answer.status)
    metrics.request_done(scope["method"], route, answer.status, seconds)
    log = get_logger().debug if route in _PROBES else get_logger().info
    log(
        "request",
        method=scope["method"],
        route=route,
        status=answer.status,
        ms=round(seconds * 1000, 1),
        bytes=answer.sent,
    )


def template_of(scope: Scope) -> str:
    """The path of the route with its parameters' names: few, whatever clients ask for; and no secrets in it."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else _NOWHERE

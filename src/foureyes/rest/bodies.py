"""Bodies of requests: read whole under a cap, and JSON that holds nothing which breaks what comes after."""

import json
import math
import re
from collections.abc import Mapping
from email.message import Message as HeaderMessage
from http import HTTPStatus
from typing import Final

from pydantic import JsonValue
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from foureyes.errors import FoureyesError, InvalidRequestError, TooLargeError
from foureyes.rest.problems import problem_of, problem_of_status

MEBIBYTE: Final = 1024 * 1024
_DEEPEST: Final = 64
_MOST_VALUES: Final = 200_000
# What a signed 64-bit column holds.
_LARGEST: Final = 2**63 - 1
_LONGEST_NUMBER: Final = 64
_TOO_DEEP: Final = f"The body is nested more than {_DEEPEST} levels deep."
_TEXT: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_BOM: Final = b"\xef\xbb\xbf"
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def read_json(raw: bytes) -> JsonValue:
    """The value that `raw` holds.

    Raises:
        InvalidRequestError: it is not JSON (RFC 8259) in UTF-8; or it is legal, and still refused, because programs
            disagree about it or can't store it: a name twice in one object, NUL, lone surrogates, NaN, integers beyond
            64 bits, more than 64 levels or 200,000 values.
    """
    if raw.startswith(_BOM):
        raise InvalidRequestError("The body begins with a byte order mark: send UTF-8 without one.")
    _bound(raw)
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_once,
            parse_int=_integer,
            parse_float=_real,
            parse_constant=_constant,
        )
    except UnicodeDecodeError as exc:
        raise InvalidRequestError(f"The body is not UTF-8: byte {exc.start} can't be read.") from exc
    except json.JSONDecodeError as exc:
        raise InvalidRequestError(f"The body is not JSON: {exc.msg} at line {exc.lineno}, column {exc.colno}.") from exc
    except RecursionError as exc:
        raise InvalidRequestError(_TOO_DEEP) from exc
    _check(value)
    result: JsonValue = value
    return result


def _bound(raw: bytes) -> None:
    """Refuse millions of tiny values before they are made: each costs a hundred times its bytes."""
    if raw.count(b",") + raw.count(b"[") <= _MOST_VALUES:
        return
    # Commas and brackets within texts are no values: sources are full of them.
    frame = _TEXT.sub(b"", raw)
    if frame.count(b",") + frame.count(b"[") > _MOST_VALUES:
        raise InvalidRequestError(f"The body has more than {_MOST_VALUES:,} values.")


def _once(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    held = dict(pairs)
    if len(held) < len(pairs):
        raise InvalidRequestError("The body has an object with the same name twice: which one is meant?")
    return held


def _integer(digits: str) -> int:
    # Reading thousands of digits costs the square of their number, and Python refuses them in words of its own.
    if len(digits) > _LONGEST_NUMBER or not -_LARGEST - 1 <= (number := int(digits)) <= _LARGEST:
        raise InvalidRequestError("The body has an integer of more than 64 bits.")
    return number


def _real(digits: str) -> float:
    if len(digits) > _LONGEST_NUMBER or not math.isfinite(number := float(digits)):
        raise InvalidRequestError("The body has a number that is too long or too large.")
    return number


def _constant(word: str) -> float:
    raise InvalidRequestError(f"The body is not JSON: {word} is no value there.")


def _check(value: JsonValue) -> None:
    """Look at every string, key and level. Not by recursion: the depth is the sender's choice."""
    level: list[JsonValue] = [value]
    for _ in range(_DEEPEST + 1):
        below: list[JsonValue] = []
        for one in level:
            if isinstance(one, str):
                _check_text(one)
            elif isinstance(one, dict):
                below += one.keys()
                below += one.values()
            elif isinstance(one, list):
                below += one
        if not below:
            return
        level = below
    raise InvalidRequestError(_TOO_DEEP)


def _check_text(text: str) -> None:
    if "\0" in text:
        raise InvalidRequestError("The body has a NUL character in a text, which no database keeps: leave it out.")
    if text.isascii():
        return
    try:
        text.encode()
    except UnicodeEncodeError as exc:
        raise InvalidRequestError("The body has half of a surrogate pair in a text: it is no character.") from exc


class JsonBodies:
    """ASGI middleware: what is sent to a path below `under` is read whole, under its cap, and is JSON or is refused.

    It stands before every route, so that no endpoint can forget it. `limits` are caps in bytes for single routes, by
    method and path. Routes below read the body again as if it had just come: a second look costs 3 ms for a megabyte.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        limits: Mapping[tuple[str, str], int],
        limit: int = MEBIBYTE,
        under: str = "/api/",
    ) -> None:
        self._app = app
        self._limits = limits
        self._limit = limit
        self._under = under

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in _WITH_BODY or not scope["path"].startswith(self._under):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            body = await self._body(request)
        except FoureyesError as exc:
            answer = problem_of(exc, scope)
        except HTTPException as exc:
            answer = problem_of_status(exc, scope)
        else:
            if body is not None:
                await self._app(scope, _replay(body, receive), send)
            return
        # What is still on its way would be taken for the next request.
        answer.headers["Connection"] = "close"
        await answer(scope, receive, send)

    async def _body(self, request: Request) -> bytes | None:
        """The whole body; None when the client went away while it sent."""
        limit = self._limits.get((request.method, request.scope["path"]), self._limit)
        declared = request.headers.get("content-length", "")
        if declared.isdecimal() and int(declared[:20]) > limit:
            raise TooLargeError("The body", limit=limit)
        body = await _whole(request.receive, limit)
        if body:
            _require_json(request.headers)
            read_json(body)
        return body


async def _whole(receive: Receive, limit: int) -> bytes | None:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunk = message.get("body", b"")
        size += len(chunk)
        # What the header declares may be a lie, and chunked bodies declare nothing.
        if size > limit:
            raise TooLargeError("The body", limit=limit)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _require_json(headers: Headers) -> None:
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send the body as it is, without Content-Encoding.")
    header = HeaderMessage()
    header["content-type"] = headers.get("content-type", "")
    charset = header.get_content_charset("utf-8").replace("_", "-")
    if header.get_content_type() != "application/json" or charset not in ("utf-8", "utf8"):
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send JSON in UTF-8, as Content-Type: application/json.")


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting = [body]

    async def replayed() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replayed

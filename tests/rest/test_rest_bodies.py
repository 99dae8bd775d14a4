"""Strict JSON: what is legal and harmless is read, everything else is refused before an endpoint sees it."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from foureyes.errors import InvalidRequestError
from foureyes.rest.bodies import JsonBodies, read_json
from hostile_json import HOSTILE

JSON = {"Content-Type": "application/json"}
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8", exclude_characters="\0")), inner, max_size=4)
    ),
)


def outcome(raw: bytes) -> str:
    try:
        read_json(raw)
    except InvalidRequestError:
        return "refused"
    return "read"


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_hostile_json_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidRequestError):
        read_json(raw)


@given(VALUES)
def test_every_harmless_value_is_read_as_it_was_written(value: Any) -> None:
    assert read_json(json.dumps(value).encode()) == value
    assert read_json(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary())
def test_no_bytes_at_all_raise_anything_else(raw: bytes) -> None:
    assert outcome(raw) in ("read", "refused")


@given(st.text('[]{}",:0\\u dDeE8aA1-.', max_size=60))
def test_nothing_that_looks_like_json_raises_anything_else(text: str) -> None:
    assert outcome(text.encode()) in ("read", "refused")


def test_the_largest_and_the_smallest_integers_are_read() -> None:
    assert read_json(b"[9223372036854775807, -9223372036854775808]") == [2**63 - 1, -(2**63)]


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert read_json(rb'"\ud83d\ude00"') == "\N{GRINNING FACE}"


def test_sixty_four_levels_are_read() -> None:
    assert read_json(b"[" * 64 + b"]" * 64)


def test_sources_full_of_commas_and_brackets_are_read() -> None:
    text = 'x = [1, "a", \\"b\\"], {}\n' * 50_000
    assert read_json(json.dumps({"text": text}).encode()) == {"text": text}


def test_where_the_mistake_is_is_said() -> None:
    with pytest.raises(InvalidRequestError, match="line 2, column 8"):
        read_json(b'{\n  "a": oops}')


async def _echo(request: Request) -> JSONResponse:
    return JSONResponse({"held": await request.json() if await request.body() else None})


APP = Starlette(
    routes=[Route(path, _echo, methods=["GET", "POST"]) for path in ("/api/echo", "/api/large", "/page")],
    middleware=[Middleware(JsonBodies, limits={("POST", "/api/large"): 200}, limit=100)],
)


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(APP), base_url="http://foureyes.test") as asked:
        yield asked


async def test_an_endpoint_reads_the_body_as_usual(client: httpx2.AsyncClient) -> None:
    assert (await client.post("/api/echo", json={"a": 1})).json() == {"held": {"a": 1}}


async def test_a_body_may_be_missing(client: httpx2.AsyncClient) -> None:
    assert (await client.post("/api/echo")).json() == {"held": None}


async def test_a_body_that_came_in_pieces_is_whole(client: httpx2.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for byte in b'{"a": "\xc3\xa9"}':
            yield bytes([byte])

    assert (await client.post("/api/echo", content=pieces(), headers=JSON)).json() == {"held": {"a": "é"}}


async def test_a_body_that_is_too_large_is_refused_before_it_comes(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/api/echo", content=b"1" * 101, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


async def test_a_body_of_unknown_length_is_counted(client: httpx2.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 30

    assert (await client.post("/api/echo", content=endless(), headers=JSON)).status_code == 413


async def test_a_body_may_be_as_large_as_its_route_allows(client: httpx2.AsyncClient) -> None:
    body = b'"' + b"x" * 198 + b'"'
    assert (await client.post("/api/large", content=body, headers=JSON)).status_code == 200
    assert (await client.post("/api/large", content=body + b" ", headers=JSON)).status_code == 413


async def test_a_refused_body_ends_the_connection(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/api/echo", content=b"1" * 101, headers=JSON)
    assert answer.headers["Connection"] == "close"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "\xff"},
        {**JSON, "Content-Encoding": "gzip"},
    ],
)
async def test_a_body_of_another_kind_is_refused(client: httpx2.AsyncClient, headers: dict[str, str]) -> None:
    raw = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = await client.post("/api/echo", content=b"{}", headers=raw)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf8"']
)
async def test_json_may_be_declared_in_several_ways(client: httpx2.AsyncClient, kind: str) -> None:
    assert (await client.post("/api/echo", content=b"1", headers={"Content-Type": kind})).status_code == 200


async def test_what_is_not_the_api_reads_its_own_bodies(client: httpx2.AsyncClient) -> None:
    body = b'{"a": 1, "a": 2}' + b" " * 100
    assert (await client.post("/page", content=body, headers={"Content-Type": "text/x"})).json() == {"held": {"a": 2}}


async def test_hostile_json_is_a_problem(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/api/echo", content=b'{"a": NaN}', headers=JSON)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")


async def test_a_client_that_leaves_while_it_sends_is_not_answered() -> None:
    heard: list[Message] = []
    waiting: list[Message] = [
        {"type": "http.request", "body": b'{"a"', "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        heard.append(message)

    async def unreached(scope: Scope, receive: Receive, send: Send) -> None:
        heard.append({"type": "reached"})

    scope = {"type": "http", "method": "POST", "path": "/api/echo", "headers": [], "query_string": b""}
    await JsonBodies(unreached, limits={})(scope, receive, send)
    assert heard == []


@pytest.mark.parametrize("declared", [b"-1", b"1e9", b"9" * 5000, "٣".encode()])
async def test_a_declared_length_that_is_nonsense_harms_nothing(declared: bytes) -> None:
    request = {"Content-Type": b"application/json", "Content-Length": declared}
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(APP), base_url="http://foureyes.test") as client:
        answer = await client.post("/api/echo", content=b"{}", headers=request)
    assert answer.status_code in (200, 413)

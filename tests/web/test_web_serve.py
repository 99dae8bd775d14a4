"""The server on a real port: taken exactly once, strict about bodies, and stopped without dropping an answer."""

import asyncio
import resource
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from web_apps import fresh_app, fresh_services, raw_answer, served

from foureyes.errors import PortInUseError, SettingError
from foureyes.web.app import create_app
from foureyes.web.serve import open_port, raise_limit_of_open_files, run, serve

POST = b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[FastAPI]:
    async with fresh_app(tmp_path) as made:
        yield made


def test_a_port_that_is_taken_is_named() -> None:
    with open_port("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(PortInUseError, match=f"Port {port} on 127.0.0.1"):
            open_port("127.0.0.1", port)


def test_a_port_that_was_given_back_can_be_taken_at_once() -> None:
    with open_port("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            pass
    open_port("127.0.0.1", port).close()


def test_a_host_that_is_not_ours_is_a_wrong_setting() -> None:
    with pytest.raises(SettingError, match="FOUREYES_HOST"):
        open_port("::1%nosuchcard", 0)


def test_as_many_files_as_the_user_may_open_can_be() -> None:
    raise_limit_of_open_files()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert soft == hard or soft >= 65_536


def test_main_runs_on_the_fast_loop() -> None:
    async def kind() -> str:
        return type(asyncio.get_running_loop()).__module__

    assert run(kind()).startswith("uvloop")


async def test_it_answers_over_http(app: FastAPI) -> None:
    async with served(app) as port, httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        answer = await client.get("/api/version")
    assert answer.status_code == 200
    assert "Server" not in answer.headers


async def test_a_declared_length_over_the_cap_is_refused_before_the_body_comes(app: FastAPI) -> None:
    async with served(app) as port:
        heard = await raw_answer(port, POST + b"Content-Length: 99999999\r\n\r\n")
    assert heard.startswith(b"HTTP/1.1 413")
    assert b"connection: close" in heard.lower()


async def test_chunks_over_the_cap_are_refused(app: FastAPI) -> None:
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    async with served(app) as port:
        heard = await raw_answer(port, POST + b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 17)
    assert heard.startswith(b"HTTP/1.1 413")


async def test_a_length_that_lies_is_not_believed(app: FastAPI) -> None:
    async with served(app) as port:
        heard = await raw_answer(port, POST + b'Content-Length: 2\r\n\r\n{}{"a": 1}')
    assert heard.startswith(b"HTTP/1.1 400")
    assert b"HTTP/1.1 200" not in heard


@pytest.mark.parametrize(
    "target",
    [b"/%00", b"/%ff%fe", b"/api/problems/%ed%a0%80", b"/api/version?a=%ed%a0%80&b=%00", b"/\xff", b"*", b"//x/../y"],
)
async def test_no_address_makes_it_fail(app: FastAPI, target: bytes) -> None:
    async with served(app) as port:
        heard = await raw_answer(port, b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert heard[9:10] in (b"2", b"4")


@pytest.mark.parametrize(
    "header", [b"X-Request-Id: \xff\xfe", b"Authorization: Bearer \xed\xa0\x80", b"Cookie: \xff=\xff"]
)
async def test_no_header_makes_it_fail(app: FastAPI, header: bytes) -> None:
    async with served(app) as port:
        request = b"GET /api/users/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + header + b"\r\n\r\n"
        heard = await raw_answer(port, request)
    assert heard[9:10] == b"4"


async def test_what_was_begun_is_answered_and_then_it_ends(app: FastAPI) -> None:
    begun, stopping = asyncio.Event(), asyncio.Event()

    async def slow() -> str:
        begun.set()
        await stopping.wait()
        await asyncio.sleep(0.2)
        return "whole"

    app.add_api_route("/slow", slow)
    listener = open_port("127.0.0.1", 0)
    port = listener.getsockname()[1]
    serving = asyncio.create_task(serve(app, listener, stopping))
    async with httpx2.AsyncClient() as client:
        asked = asyncio.create_task(client.get(f"http://127.0.0.1:{port}/slow"))
        await asyncio.wait_for(begun.wait(), 10)
        stopping.set()
        assert (await asked).json() == "whole"
    await asyncio.wait_for(serving, 10)
    with pytest.raises(ConnectionError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_readiness_ends_before_the_server_does(app: FastAPI) -> None:
    stopping = asyncio.Event()
    listener = open_port("127.0.0.1", 0)
    port = listener.getsockname()[1]
    serving = asyncio.create_task(serve(app, listener, stopping, linger=timedelta(seconds=1)))
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        before = await client.get("/readyz")
        stopping.set()
        after = await client.get("/readyz")
        alive = await client.get("/healthz")
    await asyncio.wait_for(serving, 10)
    assert (before.status_code, after.status_code, alive.status_code) == (200, 503, 200)


async def test_it_says_when_it_has_begun(app: FastAPI) -> None:
    begun, stopping = asyncio.Event(), asyncio.Event()
    serving = asyncio.create_task(serve(app, open_port("127.0.0.1", 0), stopping, on_start=begun.set))
    await asyncio.wait_for(begun.wait(), 10)
    stopping.set()
    await asyncio.wait_for(serving, 10)


async def test_a_part_that_can_not_begin_ends_the_start_with_its_own_error(tmp_path: Path) -> None:
    @asynccontextmanager
    async def part(app: FastAPI) -> AsyncIterator[None]:
        raise SettingError("FOUREYES_X", "is wrong")
        yield

    async with fresh_services(tmp_path) as services:
        app = create_app(services, parts=[part])
        with open_port("127.0.0.1", 0) as listener, pytest.raises(SettingError, match="FOUREYES_X"):
            await serve(app, listener, asyncio.Event())

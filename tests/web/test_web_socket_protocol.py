"""Frames that no library would send: each is refused with the code of RFC 6455, and harms nobody else."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from foureyes.settings import Settings
from foureyes.web.socket.protocol import quieted
from log_capture import captured_log
from sockets import SocketServer, frame, raw_socket, said, socket_server, until
from stores import open_store

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
PING_MESSAGE = b'{"type":"ping"}'
LARGEST = 16 * 1024


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[SocketServer]:
    async with open_store("sqlite", tmp_path) as store, socket_server(store) as running:
        yield running


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        pytest.param(frame(TEXT, PING_MESSAGE, masked=False), 1002, id="unmasked"),
        pytest.param(frame(TEXT, PING_MESSAGE, reserved=4), 1002, id="compressed without agreement"),
        pytest.param(frame(TEXT, PING_MESSAGE, reserved=1), 1002, id="reserved bit"),
        pytest.param(frame(3, b"x"), 1002, id="reserved opcode"),
        pytest.param(frame(11, b"x"), 1002, id="reserved control opcode"),
        pytest.param(frame(PING, b"x", fin=False), 1002, id="fragmented ping"),
        pytest.param(frame(PING, b"x" * 126), 1002, id="long ping"),
        pytest.param(frame(0, b"x"), 1002, id="continues nothing"),
        pytest.param(frame(TEXT, b"{", fin=False) + frame(TEXT, b"}"), 1002, id="new message within another"),
        pytest.param(frame(TEXT, b"\xff\xfe"), 1007, id="invalid UTF-8"),
        pytest.param(frame(TEXT, b"\xed\xa0\x80"), 1007, id="a surrogate in UTF-8"),
        pytest.param(frame(TEXT, b"\xce", fin=False) + frame(0, b"\xff"), 1007, id="invalid UTF-8 over two frames"),
        pytest.param(frame(TEXT, b" " * (LARGEST + 1)), 1009, id="oversized"),
        pytest.param(b"\x81\xff\x40" + bytes(7) + bytes(4), 1009, id="announces an exabyte"),
        pytest.param(
            frame(TEXT, b" " * 9_000, fin=False) + frame(0, b" " * 9_000), 1009, id="oversized in fragments"
        ),
        pytest.param(frame(BINARY, PING_MESSAGE), 1003, id="binary"),
        pytest.param(frame(CLOSE, b"\x03"), 1002, id="close with half a code"),
        pytest.param(frame(CLOSE, b"\x03\xe7"), 1002, id="close with code 999"),
        pytest.param(frame(CLOSE, b"\x03\xed"), 1002, id="close with the code that is never sent"),
        pytest.param(frame(CLOSE, b"\x03\xe8\xff"), 1007, id="close with invalid UTF-8"),
        pytest.param(frame(CLOSE, b"\x03\xe8bye"), 1000, id="a good close, answered"),
    ],
)  # fmt: skip
async def test_a_wrong_frame_is_refused_and_others_do_not_notice(
    server: SocketServer, octets: bytes, code: int
) -> None:
    async with server.watching() as neighbour:
        async with raw_socket(server) as raw:
            await raw.send(octets)
            assert await raw.code() == code
        await server.happen(number=7)
        assert (await said(neighbour))["facts"] == {"number": 7}
    await server.assert_unharmed()


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(frame(TEXT, PING_MESSAGE), id="one frame"),
        pytest.param(frame(TEXT, PING_MESSAGE[:5], fin=False) + frame(0, PING_MESSAGE[5:]), id="two fragments"),
        pytest.param(frame(TEXT, fin=False) + frame(0, PING_MESSAGE, fin=False) + frame(0), id="empty fragments"),
        pytest.param(
            b"".join(frame(0 if n else TEXT, PING_MESSAGE[n : n + 1], fin=False) for n in range(15)) + frame(0),
            id="a frame for each byte",
        ),
        pytest.param(frame(PONG, b"nobody asked") + frame(TEXT, PING_MESSAGE), id="an unasked pong"),
        pytest.param(frame(TEXT, PING_MESSAGE + b" " * (LARGEST - 15)), id="the largest message"),
    ],
)  # fmt: skip
async def test_a_message_may_come_in_any_good_form(server: SocketServer, octets: bytes) -> None:
    async with raw_socket(server) as raw:
        await raw.send(octets)
        assert json.loads((await raw.next_frame())[1])["type"] == "pong"


async def test_a_frame_may_arrive_byte_by_byte(server: SocketServer) -> None:
    async with raw_socket(server) as raw:
        for octet in frame(TEXT, PING_MESSAGE):
            await raw.send(bytes([octet]))
            await asyncio.sleep(0)
        assert json.loads((await raw.next_frame())[1])["type"] == "pong"


async def test_a_ping_between_fragments_is_answered_at_once(server: SocketServer) -> None:
    async with raw_socket(server) as raw:
        await raw.send(frame(TEXT, PING_MESSAGE[:5], fin=False) + frame(PING, b"still there?"))
        assert await raw.next_frame() == (PONG, b"still there?")
        await raw.send(frame(0, PING_MESSAGE[5:]))
        assert json.loads((await raw.next_frame())[1])["type"] == "pong"


async def test_pongs_for_a_client_that_never_reads_do_not_fill_the_memory(server: SocketServer) -> None:
    """Each pong that can't be sent would wait: we stop reading instead, so that its sending stops."""
    async with raw_socket(server) as raw:
        await raw.send_for_a_while(frame(PING, b"x" * 125) * 200_000)
        assert server.waiting_bytes() < 1024 * 1024
    await server.assert_unharmed()


async def test_a_client_that_vanishes_leaves_nothing_behind(server: SocketServer) -> None:
    for _ in range(5):
        async with raw_socket(server) as raw:
            await raw.send(frame(TEXT, b'{"type":"subscribe","topic":"' + server.topic.encode() + b'"}')[:-3])
    await server.assert_unharmed()
    await until(lambda: server.live.open == 0)


async def test_what_is_no_handshake_is_refused(server: SocketServer) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
    assert b" 400 " in await reader.readline()
    writer.close()
    await server.assert_unharmed()


async def test_what_is_no_text_is_one_line_in_the_log_and_no_error(server: SocketServer) -> None:
    quieted()
    with captured_log(Settings()) as log:
        async with raw_socket(server) as raw:
            await raw.send(frame(TEXT, b"\xff\xfe"))
            assert await raw.code() == 1007
    [line] = [json.loads(line) for line in log.getvalue().splitlines() if "UTF-8" in line]
    assert line["level"] == "info"
    assert "exception" not in line

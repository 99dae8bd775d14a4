"""Where requests came from, whatever their headers claim."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import HTTPConnection

from foureyes.rest.address import client_address, is_loopback

PEER = "192.0.2.1"


def sent(*forwarded: str, peer: str | None = PEER) -> HTTPConnection:
    headers = [(b"x-forwarded-for", one.encode("latin-1", "replace")) for one in forwarded]
    client = None if peer is None else (peer, 50_000)
    return HTTPConnection({"type": "http", "headers": headers, "client": client, "path": "/", "query_string": b""})


@pytest.mark.parametrize(
    ("forwarded", "trusted", "address"),
    [
        ((), 0, PEER),
        (("203.0.113.7",), 0, PEER),
        ((), 1, PEER),
        (("203.0.113.7",), 1, "203.0.113.7"),
        (("6.6.6.6, 203.0.113.7",), 1, "203.0.113.7"),
        (("6.6.6.6", "203.0.113.7"), 1, "203.0.113.7"),
        (("6.6.6.6, 203.0.113.7, 10.0.0.1",), 2, "203.0.113.7"),
        (("203.0.113.7",), 2, "203.0.113.7"),
        (("203.0.113.7:4711",), 1, "203.0.113.7"),
        (("[2001:DB8::7]:4711",), 1, "2001:db8::7"),
        (("2001:db8:0:0:0:0:0:7",), 1, "2001:db8::7"),
        (("nonsense",), 1, PEER),
        ((", ,",), 1, PEER),
        (("unknown, 203.0.113.7",), 1, "203.0.113.7"),
    ],
)
def test_as_many_addresses_are_believed_as_there_are_proxies(
    forwarded: tuple[str, ...], trusted: int, address: str
) -> None:
    assert client_address(sent(*forwarded), trusted) == address


def test_a_unix_socket_has_no_address() -> None:
    assert client_address(sent(peer=None), 0) == ""
    assert client_address(sent("203.0.113.7", peer=None), 1) == "203.0.113.7"


@given(forwarded=st.lists(st.text(max_size=40), max_size=4), trusted=st.integers(0, 10))
def test_no_header_gives_anything_but_an_address(forwarded: list[str], trusted: int) -> None:
    address = client_address(sent(*forwarded), trusted)
    assert address
    assert set(address) <= set("0123456789abcdef.:%") or "%" in address
    assert len(address) <= 64


@given(forged=st.lists(st.ip_addresses().map(str), max_size=4))
def test_what_a_client_writes_itself_never_counts(forged: list[str]) -> None:
    through_one_proxy = ", ".join([*forged, "203.0.113.7"])
    assert client_address(sent(through_one_proxy), 1) == "203.0.113.7"


@pytest.mark.parametrize("host", ["localhost", "reviews.localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"])
def test_these_are_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "localhost.example.org", "notlocalhost", "192.0.2.7", "0.0.0.0", "128.0.0.1"])
def test_these_are_not(host: str) -> None:
    assert not is_loopback(host)

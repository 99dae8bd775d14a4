"""The refresh cookie is as closed as the way that it travels allows."""

from datetime import timedelta
from typing import Any

import pytest
from starlette.requests import HTTPConnection
from starlette.responses import Response

from foureyes.rest.cookies import RefreshCookie
from foureyes.settings import Settings


def sent(scheme: str, host: str, cookie: str = "") -> HTTPConnection:
    headers = [(b"host", host.encode()), (b"cookie", cookie.encode())]
    return HTTPConnection({"type": "http", "scheme": scheme, "headers": headers, "path": "/", "query_string": b""})


@pytest.mark.parametrize(
    ("scheme", "host", "settings", "secure"),
    [
        ("http", "localhost:8000", {}, False),
        ("http", "127.0.0.1:8000", {}, False),
        ("http", "[::1]:8000", {}, False),
        ("https", "localhost:8000", {}, True),
        ("http", "reviews.example.org", {}, True),
        ("http", "localhost.example.org", {}, True),
        ("http", "", {}, True),
        ("http", "127.0.0.1:8000", {"public_url": "https://reviews.example.org"}, True),
        ("http", "127.0.0.1:8000", {"public_url": "http://reviews.example.org"}, True),
        ("http", "127.0.0.1:8000", {"trusted_proxies": 1}, True),
        ("http", "10.0.0.7", {"public_url": "http://localhost:8000"}, False),
        ("http", "10.0.0.7", {"public_url": "http://localhost:8000", "trusted_proxies": 1}, False),
    ],
)
def test_only_plain_http_to_this_machine_itself_has_an_open_cookie(
    scheme: str, host: str, settings: dict[str, Any], secure: bool
) -> None:
    assert RefreshCookie.of(sent(scheme, host), Settings(**settings)).secure is secure


def test_a_closed_cookie_is_of_one_host() -> None:
    response = Response()
    RefreshCookie(secure=True).write(response, "fr_x", lifetime=timedelta(days=1))
    parts = response.headers["set-cookie"].split("; ")
    assert parts[0] == "__Host-foureyes-refresh=fr_x"
    assert set(parts[1:]) == {"HttpOnly", "Max-Age=86400", "Path=/", "SameSite=strict", "Secure"}


@pytest.mark.parametrize("secure", [True, False])
def test_a_cookie_is_cleared_as_it_was_written(secure: bool) -> None:
    cookie, written, cleared = RefreshCookie(secure=secure), Response(), Response()
    cookie.write(written, "fr_x", lifetime=timedelta(days=1))
    cookie.clear(cleared)
    fixed = {"HttpOnly", "Path=/", "SameSite=strict"} | ({"Secure"} if secure else set())
    for response in (written, cleared):
        assert fixed <= set(response.headers["set-cookie"].split("; "))
        assert response.headers["set-cookie"].startswith(f"{cookie.name}=")
    assert "Max-Age=0" in cleared.headers["set-cookie"]


def test_an_open_cookie_does_not_pass_for_a_closed_one() -> None:
    request = sent("https", "reviews.example.org", "foureyes-refresh=planted")
    assert RefreshCookie(secure=True).read(request) is None
    assert RefreshCookie(secure=False).read(request) == "planted"

"""Which pages may act with what a browser sends along."""

import pytest
from starlette.requests import HTTPConnection

from foureyes.errors import ForbiddenError
from foureyes.rest.origins import require_own_origin
from foureyes.settings import Settings


def asked(*origins: str, host: str = "localhost:8000") -> HTTPConnection:
    headers = [(b"host", host.encode()), *((b"origin", origin.encode()) for origin in origins)]
    return HTTPConnection({"type": "websocket", "headers": headers, "path": "/ws", "query_string": b""})


def test_a_program_sends_no_origin() -> None:
    require_own_origin(asked(), Settings(public_url="https://foureyes.example.org"))


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://localhost:8000", "localhost:8000"),
        ("https://reviews.example.org", "reviews.example.org"),
        ("https://reviews.example.org", "REVIEWS.example.org:443"),
        ("http://[::1]:8000", "[::1]:8000"),
    ],
)
def test_a_page_of_the_same_host_is_our_own(origin: str, host: str) -> None:
    require_own_origin(asked(origin, host=host), Settings())


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost:3000",
        "http://localhost",
        "https://evil.example.org",
        "http://localhost:8000.evil.example.org",
        "http://localhost:8000@evil.example.org",
        "null",
        "",
        "file://",
        "http://localhost:99999999",
        "http://[::1",
    ],
)
def test_a_page_of_another_place_is_refused(origin: str) -> None:
    with pytest.raises(ForbiddenError):
        require_own_origin(asked(origin), Settings())


def test_the_public_address_is_the_only_one_where_it_is_set() -> None:
    settings = Settings(public_url="https://foureyes.example.org")
    require_own_origin(asked("https://foureyes.example.org", host="10.0.0.7:8000"), settings)
    for origin in ("http://foureyes.example.org", "http://10.0.0.7:8000"):
        with pytest.raises(ForbiddenError):
            require_own_origin(asked(origin, host="10.0.0.7:8000"), settings)


def test_two_origins_are_none_that_a_browser_sends() -> None:
    with pytest.raises(ForbiddenError):
        require_own_origin(asked("http://localhost:8000", "http://localhost:8000"), Settings())


def test_a_request_without_a_host_is_of_no_page() -> None:
    with pytest.raises(ForbiddenError):
        require_own_origin(asked("http://localhost:8000", host=""), Settings())

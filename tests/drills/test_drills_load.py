"""Whoever asks for reviews in a drill keeps asking, and notices what was doubled."""

import json
from collections.abc import Callable

import httpx2
import pytest

from drills.load import Client

Answer = Callable[[httpx2.Request], httpx2.Response]


def http(answer: Answer) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.MockTransport(answer))


def accepting(seen: list[httpx2.Request], *, fail_first: int = 0, status: int = 503) -> Answer:
    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        if len(seen) <= fail_first:
            return httpx2.Response(status, text="not now")
        return httpx2.Response(202, json={"id": f"review-{request.headers['Idempotency-Key']}"})

    return answer


async def test_a_request_that_is_refused_is_sent_again_under_its_key() -> None:
    seen: list[httpx2.Request] = []
    client = Client(("http://api",), key="a key")
    review = await client.submit(http(accepting(seen, fail_first=2)), 7)
    assert len({request.headers["Idempotency-Key"] for request in seen}) == 1
    assert client.refusals == {503: 2}
    assert list(client.accepted.values()) == [review]
    assert json.loads(seen[0].content)["title"] == "Backup 7"


async def test_a_broken_connection_is_an_outage_and_no_answer() -> None:
    calls = 0

    def answer(request: httpx2.Request) -> httpx2.Response:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise httpx2.ConnectError("refused", request=request)
        return httpx2.Response(202, json={"id": "one"})

    client = Client(("http://api",))
    assert await client.submit(http(answer), 1) == "one"
    assert client.refusals == {}


async def test_an_answer_that_no_outage_explains_ends_the_drill() -> None:
    with pytest.raises(RuntimeError, match="was answered 422"):
        await Client(("http://api",)).submit(http(accepting([], fail_first=1, status=422)), 1)


async def test_many_are_asked_for_each_under_a_key_of_its_own() -> None:
    client = Client(("http://one", "http://two"))
    reviews = await client.submit_many(http(accepting([])), range(30))
    assert len(set(reviews)) == len(client.accepted) == 30


async def test_an_account_is_registered_and_gets_a_key() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/api/auth/register":
            return httpx2.Response(201, json={"access_token": "token"})
        assert request.headers["Authorization"] == "Bearer token"
        return httpx2.Response(201, json={"secret": "fe_secret"})

    client = Client(("http://api",))
    await client.introduce(http(answer))
    assert client.key == "fe_secret"

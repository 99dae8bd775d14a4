"""What holds for every request: its id, its answer's headers, its line in the log, and where defects end."""

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from web_apps import JSON, asking, fresh_app, fresh_services, lines, without_database

from foureyes.errors import ConflictError, DatabaseError, StorageFullError, TooManyRequestsError
from foureyes.rest.principal import PrincipalDep
from foureyes.rest.services import Services, ServicesDep
from foureyes.settings import Settings
from foureyes.web.app import create_app
from log_capture import captured_log


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[FastAPI]:
    async with fresh_app(tmp_path) as made:
        yield made


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    async with asking(app) as asked:
        yield asked


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    with captured_log(Settings()) as stream:
        yield stream


def raising(app: FastAPI, error: Exception) -> None:
    """Give `app` a route that ends in `error`."""

    async def fail() -> None:
        raise error

    app.add_api_route("/api/fail/{word}", fail)


async def test_every_request_gets_an_id(client: httpx2.AsyncClient) -> None:
    first, second = [await client.get("/healthz") for _ in range(2)]
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]


async def test_the_id_of_a_proxy_is_kept(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/healthz", headers={"X-Request-Id": "edge-7f3a9c2e"})
    assert answer.headers["X-Request-Id"] == "edge-7f3a9c2e"


@pytest.mark.parametrize("bad", ["short", "with space and more", "x" * 101, "<script>alert(1)</script>", "..%0aforged"])
async def test_an_id_that_could_forge_a_line_is_replaced(client: httpx2.AsyncClient, bad: str) -> None:
    answer = await client.get("/healthz", headers={"X-Request-Id": bad})
    assert answer.headers["X-Request-Id"] != bad


async def test_a_problem_names_the_request(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/api/nothing")
    assert answer.json()["request_id"] == answer.headers["X-Request-Id"]


async def test_answers_tell_browsers_to_do_nothing_with_them(client: httpx2.AsyncClient) -> None:
    headers = (await client.get("/api/version")).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; frame-ancestors 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Server" not in headers


async def test_a_route_may_set_its_own_policy(app: FastAPI, client: httpx2.AsyncClient) -> None:
    async def page() -> StreamingResponse:
        return StreamingResponse(iter(["x"]), headers={"Content-Security-Policy": "default-src 'self'"})

    app.add_api_route("/page", page)
    assert (await client.get("/page")).headers["Content-Security-Policy"] == "default-src 'self'"


@pytest.mark.parametrize(("url", "sent"), [("https://foureyes.example.org", True), ("http://localhost:8000", False)])
async def test_only_a_server_behind_tls_insists_on_it(tmp_path: Path, url: str, sent: bool) -> None:
    async with fresh_app(tmp_path, public_url=url) as app, asking(app) as client:
        assert ("Strict-Transport-Security" in (await client.get("/healthz")).headers) is sent


async def test_a_defect_is_a_500_that_shows_nothing(app: FastAPI, client: httpx2.AsyncClient, log: io.StringIO) -> None:
    raising(app, RuntimeError("the inner secret"))
    answer = await client.get("/api/fail/now")
    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "internal-error"
    assert "secret" not in answer.text


async def test_a_defect_is_logged_with_its_traceback(
    app: FastAPI, client: httpx2.AsyncClient, log: io.StringIO
) -> None:
    raising(app, RuntimeError("told in the log"))
    answer = await client.get("/api/fail/now")
    (failed,) = [line for line in lines(log.getvalue()) if line["event"] == "request_failed"]
    assert "told in the log" in failed["exception"]
    assert failed["request_id"] == answer.headers["X-Request-Id"]


async def test_half_an_answer_is_broken_off(app: FastAPI, client: httpx2.AsyncClient, log: io.StringIO) -> None:
    async def parts() -> AsyncIterator[str]:
        yield "half"
        raise RuntimeError("the rest is lost")

    async def stream() -> StreamingResponse:
        return StreamingResponse(parts())

    app.add_api_route("/stream", stream)
    with pytest.raises(RuntimeError):
        await client.get("/stream")
    assert "request_failed" in log.getvalue()


async def test_a_line_names_the_route_and_never_the_query(client: httpx2.AsyncClient, log: io.StringIO) -> None:
    await client.get("/api/problems/not-found?token=abc123")
    (line,) = lines(log.getvalue())
    assert (line["event"], line["route"], line["status"]) == ("request", "/api/problems/{code}", 200)
    assert line["bytes"] > 0
    assert "abc123" not in log.getvalue()


async def test_a_line_says_who_asked(app: FastAPI, client: httpx2.AsyncClient, log: io.StringIO) -> None:
    async def whose(principal: PrincipalDep) -> str:
        return str(principal.user_id)

    app.add_api_route("/api/whose", whose)
    account = {"email": "a@example.org", "password": "correct horse battery", "name": "A"}
    session = (await client.post("/api/auth/register", json=account)).json()
    await client.get("/api/whose", headers={"Authorization": f"Bearer {session['access_token']}"})
    line = lines(log.getvalue())[-1]
    assert line["user_id"] == session["user"]["id"]
    assert session["access_token"] not in log.getvalue()


async def test_nobody_is_named_in_the_line_of_the_next_request(
    app: FastAPI, client: httpx2.AsyncClient, log: io.StringIO
) -> None:
    await test_a_line_says_who_asked(app, client, log)
    await client.get("/api/version")
    assert "user_id" not in lines(log.getvalue())[-1]


async def test_probes_are_not_logged(client: httpx2.AsyncClient, log: io.StringIO) -> None:
    await client.get("/healthz")
    assert log.getvalue() == ""


async def test_nul_in_the_address_or_a_header_is_refused(client: httpx2.AsyncClient) -> None:
    for path in ("/api/problems/%00", "/api/version?word=%00"):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid-request")


async def test_an_error_of_ours_has_its_status_and_code(app: FastAPI, client: httpx2.AsyncClient) -> None:
    raising(app, ConflictError("It is over."))
    answer = await client.get("/api/fail/a%20b?x=1")
    assert answer.status_code == 409
    assert answer.json() | {"request_id": ""} == {
        "type": "/api/problems/conflict",
        "title": "Conflict",
        "status": 409,
        "detail": "It is over.",
        "instance": "/api/fail/a%20b",
        "code": "conflict",
        "request_id": "",
        "problems": [],
    }


async def test_whoever_asks_too_often_is_told_when_to_come_back(app: FastAPI, client: httpx2.AsyncClient) -> None:
    raising(app, TooManyRequestsError("Slower.", retry_after=timedelta(milliseconds=400)))
    answer = await client.get("/api/fail/now")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")


@pytest.mark.parametrize("error", [DatabaseError("column x of 10.1.2.3"), StorageFullError("/var/lib/10.1.2.3")])
async def test_what_the_database_said_stays_in_the_log(
    app: FastAPI, client: httpx2.AsyncClient, log: io.StringIO, error: DatabaseError
) -> None:
    raising(app, error)
    answer = await client.get("/api/fail/now")
    assert answer.status_code == error.status
    assert "10.1.2.3" not in answer.text
    assert "10.1.2.3" in log.getvalue()


async def test_a_database_that_is_away_is_a_503_to_come_back_to(tmp_path: Path) -> None:
    async def read(services: ServicesDep) -> None:
        await services.database.read(lambda session: None)

    async with fresh_services(tmp_path) as services:
        app = create_app(without_database(services))
        app.add_api_route("/api/rows", read)
        async with asking(app) as client:
            answer = await client.get("/api/rows")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json()["code"] == "database-unavailable"


async def test_an_unknown_path_and_method_are_problems(client: httpx2.AsyncClient) -> None:
    nowhere, wrong = await client.get("/api/nothing"), await client.delete("/api/version")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not-found")
    assert (wrong.status_code, wrong.json()["code"], wrong.headers["Allow"]) == (405, "method-not-allowed", "GET")


async def test_who_is_nobody_is_told_how_to_be_somebody(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/api/users/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_fields_that_are_wrong_are_named(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/api/auth/register", json={"email": "a@example.org", "name": 7})
    assert answer.status_code == 400
    assert {problem["pointer"] for problem in answer.json()["problems"]} >= {"/password", "/name"}


async def test_a_value_that_is_wrong_is_not_repeated(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/api/auth/register", json={"email": "not-an-address-hunter2", "password": "hunter2"})
    assert answer.status_code == 400
    assert "hunter2" not in answer.text


async def test_a_body_that_is_not_json_is_not_read_as_one(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/api/auth/login", content=b"email=a", headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")


async def test_only_reviews_may_be_large(client: httpx2.AsyncClient) -> None:
    body = b'"' + b"x" * 2_000_000 + b'"'
    small = await client.post("/api/auth/login", content=body, headers=JSON)
    large = await client.post("/api/reviews", content=body, headers=JSON)
    assert small.status_code == 413
    assert large.status_code != 413


async def test_parts_live_as_long_as_the_application(tmp_path: Path) -> None:
    seen: list[str] = []

    @asynccontextmanager
    async def part(app: FastAPI) -> AsyncIterator[None]:
        seen.append("begun")
        app.state.part = seen
        yield
        seen.append("ended")

    async with fresh_services(tmp_path) as services:
        app = create_app(services, parts=[part])
        assert seen == []
        async with app.router.lifespan_context(app):
            assert app.state.part == ["begun"]
    assert seen == ["begun", "ended"]


async def test_requests_at_the_same_time_keep_their_own_ids(
    app: FastAPI, client: httpx2.AsyncClient, log: io.StringIO
) -> None:
    async def wait() -> None:
        await asyncio.sleep(0.01)

    app.add_api_route("/api/wait", wait)
    answers = await asyncio.gather(*(client.get("/api/wait") for _ in range(20)))
    logged = {line["request_id"] for line in lines(log.getvalue())}
    assert logged == {answer.headers["X-Request-Id"] for answer in answers}


async def test_services_are_those_that_were_handed_in(tmp_path: Path) -> None:
    async with fresh_services(tmp_path) as services:
        app = create_app(services)
        held: Services = app.state.services
    assert held is services


@pytest.mark.parametrize(
    ("path", "methods"), [("/api/keys", "GET, POST"), ("/api/reviews", "GET, POST"), ("/api/auth/login", "POST")]
)
async def test_all_methods_of_a_path_are_named(client: httpx2.AsyncClient, path: str, methods: str) -> None:
    answers = [await client.request(method, path) for method in ("OPTIONS", "PUT")]
    assert [(answer.status_code, answer.headers["Allow"]) for answer in answers] == [(405, methods)] * 2

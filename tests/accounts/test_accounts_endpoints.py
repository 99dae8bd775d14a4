"""Accounts over HTTP, as browsers and programs use them. On both stores."""

import asyncio
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from clients import PASSWORD, app_of, client_of, registered
from foureyes.kit.database.port import Database
from foureyes.settings import Registration, Settings

FOREIGN_ID = "0197c1a4-0000-7000-8000-000000000000"
COOKIE = "foureyes-refresh"
OURS = {"Origin": "http://localhost:8000"}
THEIRS = {"Origin": "https://evil.example.org"}


def problem(answer: httpx2.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


async def test_whoever_registers_is_logged_in(client: httpx2.AsyncClient) -> None:
    session = await registered(client, "  Ada@Example.org ")
    assert session["token_type"] == "Bearer"
    assert session["expires_in"] == 900
    assert session["refresh_token"] is None
    assert session["user"]["email"] == "ada@example.org"
    assert session["user"]["name"] == "ada"
    me = (await client.get("/api/users/me")).json()
    assert me["id"] == session["user"]["id"]
    assert me["operator"] is True
    assert me["scopes"] == ["admin", "reviews:read", "reviews:write"]


async def test_no_answer_holds_a_password_or_its_hash(client: httpx2.AsyncClient) -> None:
    session = await registered(client)
    for answer in (str(session), (await client.get("/api/users/me")).text):
        assert "argon2" not in answer
        assert PASSWORD not in answer


async def test_answers_with_tokens_are_not_kept_on_the_way(client: httpx2.AsyncClient) -> None:
    await registered(client)
    answer = await client.post("/api/auth/login", json={"email": "ada@example.org", "password": PASSWORD})
    assert answer.headers["cache-control"] == "no-store"
    answer = await client.post("/api/keys", json={"name": "CI"})
    assert answer.headers["cache-control"] == "no-store"


async def test_the_cookie_is_for_this_machine_alone_over_plain_http(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/api/auth/register", json={"email": "ada@example.org", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=fr_")
    assert "; HttpOnly; Max-Age=1209600; Path=/; SameSite=strict" in cookie
    assert "Secure" not in cookie


@pytest.mark.parametrize("base_url", ["https://localhost", "http://reviews.example.org", "http://192.0.2.7:8000"])
async def test_every_other_cookie_is_secure_and_of_one_host(app: FastAPI, base_url: str) -> None:
    async with client_of(app, base_url) as client:
        answer = await client.post("/api/auth/register", json={"email": "ada@example.org", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"__Host-{COOKIE}=fr_")
    assert cookie.endswith("; Path=/; SameSite=strict; Secure")
    assert "Domain" not in cookie


async def test_a_browser_refreshes_with_its_cookie(client: httpx2.AsyncClient) -> None:
    await registered(client)
    before = client.cookies[COOKIE]
    answer = await client.post("/api/auth/refresh", headers=OURS)
    assert answer.status_code == 200
    assert answer.json()["refresh_token"] is None
    assert client.cookies[COOKIE] != before
    fresh = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert (await client.get("/api/users/me", headers=fresh)).status_code == 200


async def test_a_browser_over_tls_refreshes_with_its_cookie(app: FastAPI) -> None:
    async with client_of(app, "https://reviews.example.org") as client:
        await registered(client)
        answer = await client.post("/api/auth/refresh", headers={"Origin": "https://reviews.example.org"})
        assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/api/auth/refresh", "/api/auth/logout"])
@pytest.mark.parametrize("origin", [THEIRS, {"Origin": "null"}, {"Origin": "http://localhost:3000"}, {"Origin": ""}])
async def test_another_site_can_not_use_the_cookie(
    client: httpx2.AsyncClient, path: str, origin: dict[str, str]
) -> None:
    await registered(client)
    assert problem(await client.post(path, headers=origin)) == (403, "forbidden")
    assert (await client.post("/api/auth/refresh", headers=OURS)).status_code == 200


async def test_tabs_that_refresh_at_once_all_stay_logged_in(client: httpx2.AsyncClient) -> None:
    await registered(client)
    for _ in range(3):
        answers = await asyncio.gather(*(client.post("/api/auth/refresh", headers=OURS) for _ in range(8)))
        assert [answer.status_code for answer in answers] == [200] * 8


async def test_a_program_gets_its_refresh_token_in_the_answer(client: httpx2.AsyncClient) -> None:
    session = await registered(client, cookies=False)
    assert not client.cookies
    answer = await client.post("/api/auth/refresh", json={"refresh_token": session["refresh_token"]})
    assert answer.status_code == 200
    assert answer.json()["refresh_token"] not in (None, session["refresh_token"])
    assert "set-cookie" not in answer.headers


async def test_a_stolen_token_ends_the_sign_in_of_both(client: httpx2.AsyncClient) -> None:
    session = await registered(client, cookies=False)
    await client.post("/api/auth/refresh", json={"refresh_token": session["refresh_token"]})
    stolen = {"refresh_token": session["refresh_token"]}
    answer = await client.post("/api/auth/refresh", json=stolen, headers={"User-Agent": "thief"})
    assert problem(answer) == (401, "token-reused")
    assert problem(await client.get("/api/users/me")) == (401, "unauthenticated")


async def test_without_any_token_there_is_nothing_to_refresh(client: httpx2.AsyncClient) -> None:
    assert problem(await client.post("/api/auth/refresh")) == (401, "unauthenticated")
    assert problem(await client.post("/api/auth/refresh", json={"refresh_token": "fr_x"})) == (401, "sign-in-ended")


@pytest.mark.parametrize("cookies", [True, False])
async def test_logging_out_ends_access_as_well(client: httpx2.AsyncClient, cookies: bool) -> None:
    session = await registered(client, cookies=cookies)
    body = {"json": {"refresh_token": session["refresh_token"]}} if not cookies else {}
    answer = await client.post("/api/auth/logout", headers=OURS, **body)
    assert (answer.status_code, answer.content) == (204, b"")
    assert not client.cookies
    assert problem(await client.get("/api/users/me")) == (401, "unauthenticated")


async def test_logging_out_without_having_logged_in_is_fine(client: httpx2.AsyncClient) -> None:
    assert (await client.post("/api/auth/logout")).status_code == 204


async def test_a_wrong_password_and_an_unknown_address_look_the_same(client: httpx2.AsyncClient) -> None:
    await registered(client)
    wrong = await client.post("/api/auth/login", json={"email": "ada@example.org", "password": "incorrect horse"})
    unknown = await client.post("/api/auth/login", json={"email": "bob@example.org", "password": "incorrect horse"})
    assert problem(wrong) == (401, "wrong-password")
    assert wrong.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}
    assert wrong.headers.keys() == unknown.headers.keys()


async def test_an_address_that_is_taken_is_a_conflict(client: httpx2.AsyncClient) -> None:
    await registered(client)
    answer = await client.post("/api/auth/register", json={"email": "ADA@example.org", "password": PASSWORD})
    assert problem(answer) == (409, "email-taken")


async def test_registration_can_be_closed_after_the_first(database: Database, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, registration=Registration.FIRST)
    async with client_of(app_of(database, settings)) as client:
        await registered(client)
        answer = await client.post("/api/auth/register", json={"email": "bob@example.org", "password": PASSWORD})
    assert problem(answer) == (403, "registration-closed")


@pytest.mark.parametrize(
    "fields",
    [
        {"operator": True},
        {"role": "owner"},
        {"id": FOREIGN_ID},
        {"email": "no address"},
        {"email": ["ada@example.org"]},
        {"email": "ada\0@example.org"},
        {"email": "a" * 100_000 + "@example.org"},
        {"password": "short"},
        {"password": "x" * 129},
        {"password": "x" * 1_000_000},
        {"password": None},
        {"password": 12345678},
        {"name": "x" * 101},
        {"name": "Ada\u202e"},
        {"name": "Ada\0"},
        {"cookies": "perhaps"},
    ],
)
async def test_what_can_not_be_an_account_is_refused(client: httpx2.AsyncClient, fields: dict[str, Any]) -> None:
    body = {"email": "ada@example.org", "password": PASSWORD, **fields}
    status, code = problem(await client.post("/api/auth/register", json=body))
    assert status in (400, 413)
    assert code in ("invalid-request", "too-large")


@pytest.mark.parametrize("path", ["register", "login", "refresh", "logout"])
@pytest.mark.parametrize("raw", [b"[" * 100_000, b'"', b"null", b"7", b'{"email": "\\ud800", "password": "\\ud800"}'])
async def test_hostile_json_breaks_nothing(client: httpx2.AsyncClient, path: str, raw: bytes) -> None:
    answer = await client.post(f"/api/auth/{path}", content=raw, headers={"Content-Type": "application/json"})
    assert answer.status_code < 500


@pytest.mark.parametrize("password", ["12345678", "x" * 128, "pässwörd🐴"])
async def test_passwords_of_eight_to_128_characters_work(client: httpx2.AsyncClient, password: str) -> None:
    await registered(client, password=password)
    answer = await client.post("/api/auth/login", json={"email": "ada@example.org", "password": password})
    assert answer.status_code == 200


@pytest.mark.parametrize("authorization", ["Bearer", "Bearer a.b.c", "Basic YTpi", "Bearer fe_nothing", "\u00ff"])
async def test_who_is_nobody_is_told_how_to_log_in(client: httpx2.AsyncClient, authorization: str) -> None:
    answer = await client.get("/api/users/me", headers={"Authorization": authorization.encode("latin-1")})
    assert problem(answer) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_key_works_until_it_is_revoked(client: httpx2.AsyncClient, app: FastAPI) -> None:
    await registered(client)
    made = (await client.post("/api/keys", json={"name": "CI", "expires_in_days": 90})).json()
    async with client_of(app, headers={"Authorization": f"Bearer {made['secret']}"}) as program:
        me = await program.get("/api/users/me")
        assert me.json()["scopes"] == ["reviews:read", "reviews:write"]
        assert (await client.delete(f"/api/keys/{made['key']['id']}")).status_code == 204
        assert problem(await program.get("/api/users/me")) == (401, "unauthenticated")


async def test_a_key_is_shown_once(client: httpx2.AsyncClient) -> None:
    await registered(client)
    made = (await client.post("/api/keys", json={"name": "CI"})).json()
    listed = await client.get("/api/keys")
    assert listed.json() == {"keys": [made["key"]]}
    assert made["secret"] not in listed.text
    assert made["secret"].startswith(made["key"]["prefix"])


async def test_a_key_makes_no_keys(client: httpx2.AsyncClient, app: FastAPI) -> None:
    await registered(client)
    made = (await client.post("/api/keys", json={"name": "CI", "scopes": ["admin"]})).json()
    async with client_of(app, headers={"Authorization": f"Bearer {made['secret']}"}) as program:
        assert problem(await program.post("/api/keys", json={"name": "more"})) == (403, "forbidden")
        assert (await program.get("/api/keys")).status_code == 200


async def test_a_key_without_that_scope_sees_no_keys(client: httpx2.AsyncClient, app: FastAPI) -> None:
    await registered(client)
    made = (await client.post("/api/keys", json={"name": "CI", "scopes": ["reviews:read"]})).json()
    async with client_of(app, headers={"Authorization": f"Bearer {made['secret']}"}) as program:
        assert problem(await program.get("/api/keys")) == (403, "forbidden")
        assert problem(await program.delete(f"/api/keys/{made['key']['id']}")) == (403, "forbidden")


async def test_what_belongs_to_others_is_not_there(client: httpx2.AsyncClient, app: FastAPI) -> None:
    await registered(client)
    made = (await client.post("/api/keys", json={"name": "CI"})).json()["key"]
    async with client_of(app) as bob:
        await registered(bob, "bob@example.org")
        assert problem(await bob.delete(f"/api/keys/{made['id']}")) == (404, "not-found")
        body = {"name": "CI", "workspace_id": made["workspace_id"]}
        assert problem(await bob.post("/api/keys", json=body)) == (404, "not-found")
        assert (await bob.get("/api/keys")).json() == {"keys": []}


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "  "},
        {"name": "\u200b"},
        {"scopes": []},
        {"scopes": ["everything"]},
        {"expires_in_days": 0},
        {"expires_in_days": 10**9},
        {"workspace_id": "mine"},
        {"user_id": FOREIGN_ID},
    ],
)
async def test_what_can_not_be_a_key_is_refused(client: httpx2.AsyncClient, fields: dict[str, Any]) -> None:
    await registered(client)
    assert problem(await client.post("/api/keys", json={"name": "CI", **fields})) == (400, "invalid-request")


async def test_with_postgresql_nobody_logs_in_without_a_common_key(database: Database, tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path,
        database_url=SecretStr("postgresql+asyncpg://localhost/foureyes"),
        secret_key=SecretStr("x" * 32),
    )
    async with client_of(app_of(database, settings)) as client:
        await registered(client)
    assert not (tmp_path / "secret.key").exists()

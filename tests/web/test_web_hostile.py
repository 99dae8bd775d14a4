"""Whatever is sent to whatever route: a clear refusal, never a 5xx."""

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import httpx2
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from web_apps import JSON, asking, fresh_app

from hostile_json import HOSTILE

HOSTILE_TEXTS = [
    "",
    "\ud800",
    "\0",
    "x" * 700,
    "٣",
    "-1",
    "9" * 400,
    "../..",
    "' OR 1=1 --",
    "\u202e",
    "NaN",
    "%",
    "null",
]
JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(HOSTILE_TEXTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def operations(app: FastAPI) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path with a word for each parameter, and declaration; but for the end of the session that asks."""
    for path, methods in app.openapi()["paths"].items():
        if path == "/api/auth/logout":
            continue
        for method, operation in methods.items():
            yield method.upper(), path.replace("{", "").replace("}", ""), operation


def bodies_of(app: FastAPI) -> list[tuple[str, str]]:
    return [(method, path) for method, path, operation in operations(app) if "requestBody" in operation]


async def account(client: httpx2.AsyncClient) -> None:
    body = {"email": "a@example.org", "password": "correct horse battery", "name": "A"}
    session = (await client.post("/api/auth/register", json=body)).json()
    client.headers["Authorization"] = f"Bearer {session['access_token']}"


async def test_hostile_json_is_refused_by_every_route(tmp_path: Path) -> None:
    async with fresh_app(tmp_path) as app, asking(app) as client:
        await account(client)
        for (method, path), (name, raw) in product(bodies_of(app), HOSTILE.items()):
            answer = await client.request(method, path, content=raw, headers=JSON)
            assert answer.status_code in (400, 413), f"{method} {path} {name}"
            assert answer.headers["Content-Type"] == "application/problem+json"


async def test_no_parameter_makes_a_route_fail(tmp_path: Path) -> None:
    async with fresh_app(tmp_path) as app, asking(app) as client:
        await account(client)
        for method, path, operation in operations(app):
            names = [row["name"] for row in operation.get("parameters", []) if row["in"] == "query"]
            for text in HOSTILE_TEXTS:
                query = {name: text.encode("utf-8", "surrogatepass") for name in names}
                address = httpx2.URL(path).copy_with(query=b"&".join(_pair(*one) for one in query.items()))
                answer = await client.request(method, address)
                assert answer.status_code < 500, f"{method} {path} {text[:20]!r}"
        assert (await client.get("/api/users/me")).status_code == 200


def _pair(name: str, value: bytes) -> bytes:
    return name.encode() + b"=" + b"".join(b"%%%02x" % byte for byte in value)


async def test_nothing_hypothesis_makes_up_is_a_defect(tmp_path: Path) -> None:
    async with fresh_app(tmp_path) as app, asking(app) as client:
        await account(client)
        routes = bodies_of(app)
        for body in _made_up():
            for method, path in routes:
                raw = json.dumps(body).encode()
                answer = await client.request(method, path, content=raw, headers=JSON)
                assert answer.status_code < 500, f"{method} {path} {raw[:200]!r}"


def _made_up() -> list[Any]:
    """Bodies that hypothesis makes; gathered first, because it can't wait for answers."""
    found: list[Any] = []

    @settings(max_examples=60)
    @given(JUNK | st.dictionaries(st.sampled_from(["email", "password", "name", "kind", "scopes", "files"]), JUNK))
    def gather(body: Any) -> None:
        found.append(body)

    gather()
    return found

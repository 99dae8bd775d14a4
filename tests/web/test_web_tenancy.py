"""Workspaces do not see each other: each route of the document, asked by somebody else with ids that are ours."""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from clients import app_of, client_of
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.models import User
from foureyes.models.workspaces import Membership, Role
from foureyes.settings import Settings
from furnished import Furnished, furnished

BODIES = {
    "POST /api/reviews": {"source": {"type": "file", "path": "app.py", "content": "x = 1\n"}},
    "POST /api/keys": {"name": "Theirs"},
    "POST /api/findings/{finding_id}/feedback": {"word": "helpful"},
}
OPERATOR_ONLY = {
    "GET /api/admin/queue": None,
    "GET /api/admin/dead-letters": None,
    "POST /api/admin/dead-letters/requeue": {"error_code": "git"},
}
# Each request has its own; everything else must be the same.
OWN_HEADERS = {"x-request-id"}


@dataclass(frozen=True, slots=True)
class Town:
    """Ada, who runs the place, and Eve, each with one of everything in a workspace of their own."""

    app: FastAPI
    client: httpx2.AsyncClient
    database: Database
    ada: Furnished
    eve: Furnished

    async def ask(self, credential: str, method: str, path: str, **more: Any) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {credential}", **more.pop("headers", {})}
        return await self.client.request(method, path, headers=headers, **more)

    async def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of Ada's workspace, and all that is hers."""
        return await self.database.read(_rows, self.ada)


def _rows(session: Session, whose: Furnished) -> dict[str, list[tuple[Any, ...]]]:
    found = {}
    for table in User.metadata.sorted_tables:
        if "workspace_id" in table.columns:
            mine = select(table).where(table.c.workspace_id == UUID(whose.workspace_id))
            rows = session.execute(mine).all()
            # When a key was last used is no business of this test.
            found[table.name] = sorted((tuple(row) for row in rows), key=str) if table.name != "api_keys" else len(rows)
    return found


@pytest.fixture
async def town(database: Database, tmp_path: Path) -> AsyncIterator[Town]:
    app = app_of(database, Settings(data_dir=tmp_path))
    async with client_of(app) as client:
        ada = await furnished(client, database)
        eve = await furnished(client, database, "eve@example.org")
        client.headers.pop("Authorization")
        yield Town(app, client, database, ada, eve)
        await app.state.services.authenticator.settled()


def routes(town: Town) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in town.app.openapi()["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def names_of(path: str, operation: dict[str, Any], document: dict[str, Any]) -> set[str]:
    """The parameters and fields by which an operation is told whose thing is meant."""
    found = {name.partition(":")[0] for name in re.findall(r"\{([^}]+)\}", path)}
    found |= {row["name"] for row in operation.get("parameters", ()) if row["name"] == "workspace"}
    for content in operation.get("requestBody", {}).get("content", {}).values():
        schema = document["components"]["schemas"].get(content["schema"].get("$ref", "").rpartition("/")[2], {})
        found |= {"workspace_id"} & schema.get("properties", {}).keys()
    return found


def aimed(town: Town) -> Iterator[tuple[str, str, set[str]]]:
    """Operations that can be aimed at somebody's things."""
    document = town.app.openapi()
    for method, path, operation in routes(town):
        names = names_of(path, operation, document) & {*town.ada.ids, "name"}
        if names:
            yield method, path, names


def request_for(method: str, path: str, names: set[str], ids: dict[str, str]) -> dict[str, Any]:
    body = BODIES.get(f"{method} {path}")
    if body is not None and "workspace_id" in names:
        body = {**body, "workspace_id": ids["workspace_id"]}
    query = {"workspace": ids["workspace"]} if "workspace" in names else {}
    plain = path.replace("{name:path}", "{name}").format(**{**ids, "name": ids.get("name", "app.py")})
    return {"method": method, "path": plain, "params": query, **({"json": body} if body is not None else {})}


def shape_of(answer: httpx2.Response) -> tuple[int, dict[str, str], dict[str, Any]]:
    """What an answer says, but for what names this one request."""
    body = {name: value for name, value in answer.json().items() if name not in ("instance", "request_id")}
    headers = {name: value for name, value in answer.headers.items() if name not in OWN_HEADERS}
    # Both hold the path, whose ids are equally long.
    return answer.status_code, headers, body


@pytest.mark.parametrize("credential", ["token", "secret"])
async def test_what_is_ours_is_not_there_for_others(town: Town, credential: str) -> None:
    theirs, before = getattr(town.eve, credential), await town.rows()
    nothing = {name: str(new_id()) for name in town.ada.ids}
    asked = 0
    for method, path, names in aimed(town):
        answers = [await town.ask(theirs, **request_for(method, path, names, ids)) for ids in (town.ada.ids, nothing)]
        if path == "/api/keys" and method == "POST" and credential == "secret":
            assert answers[0].status_code == 403, "keys make no keys"
            continue
        assert answers[0].status_code == 404, f"{method} {path}: {answers[0].text}"
        assert shape_of(answers[0]) == shape_of(answers[1]), f"{method} {path}"
        asked += 1
    assert asked >= 12
    await town.database.settled()
    assert await town.rows() == before


async def test_the_same_requests_reach_what_is_ones_own(town: Town) -> None:
    reached = {}
    for method, path, names in aimed(town):
        answer = await town.ask(town.ada.token, **request_for(method, path, names, town.ada.ids))
        reached[f"{method} {path}"] = answer.status_code
    assert set(reached.values()) <= {200, 201, 202, 204, 409}, reached


async def test_a_source_is_not_had_by_its_digest_from_elsewhere(town: Town) -> None:
    body = {"source": {"type": "file", "path": "ours.py", "content": "ours = 'alone'\n"}}
    review_id = (await town.ask(town.ada.token, "POST", "/api/reviews", json=body)).json()["id"]
    (source,) = (await town.ask(town.ada.token, "GET", f"/api/reviews/{review_id}")).json()["sources"]
    there, theirs = (f"/api/reviews/{one}/sources/{source['digest']}" for one in (review_id, town.eve.pending_id))
    assert (await town.ask(town.ada.token, "GET", there)).status_code == 200
    assert [(await town.ask(town.eve.token, "GET", path)).status_code for path in (there, theirs)] == [404, 404]


async def test_lists_and_numbers_hold_what_is_ones_own(town: Town) -> None:
    reviews = (await town.ask(town.eve.token, "GET", "/api/reviews")).json()["reviews"]
    assert {review["id"] for review in reviews} == {town.eve.completed_id, town.eve.dead_id, town.eve.pending_id}
    keys = (await town.ask(town.eve.token, "GET", "/api/keys")).json()["keys"]
    assert [key["id"] for key in keys] == [town.eve.key_id]
    places = (await town.ask(town.eve.token, "GET", "/api/workspaces")).json()["workspaces"]
    assert [place["id"] for place in places] == [town.eve.workspace_id]
    stats = (await town.ask(town.eve.token, "GET", "/api/stats")).json()
    assert (stats["workspace_id"], stats["by_status"]["pending"]) == (town.eve.workspace_id, 1)


async def test_an_equal_request_of_others_answers_none_of_ours(town: Town) -> None:
    body = {"source": {"type": "file", "path": "app.py", "content": "equal = 1\n"}}
    ours = (await town.ask(town.ada.token, "POST", "/api/reviews", json=body, headers={"Idempotency-Key": "k"})).json()
    theirs = await town.ask(town.eve.token, "POST", "/api/reviews", json=body, headers={"Idempotency-Key": "k"})
    assert theirs.status_code == 202
    assert theirs.json()["id"] != ours["id"]
    assert theirs.json()["cached"] is False


@pytest.mark.parametrize("route", OPERATOR_ONLY)
async def test_what_operators_see_is_not_there_for_others(town: Town, route: str) -> None:
    method, path = route.split()
    more = {"json": body} if (body := OPERATOR_ONLY[route]) else {}
    before = await town.rows()
    for credential in (town.eve.token, town.eve.secret):
        answer = await town.ask(credential, method, path, **more)
        assert (answer.status_code, answer.json()["detail"]) == (404, "There is no such page here.")
    assert await town.rows() == before
    assert (await town.ask(town.ada.token, method, path, **more)).status_code == 200


async def test_every_route_for_operators_is_one_of_these(town: Town) -> None:
    found = {f"{method} {path}" for method, path, _ in routes(town) if path.startswith("/api/admin")}
    assert found == OPERATOR_ONLY.keys()


async def test_a_viewer_reads_and_does_not_write(town: Town) -> None:
    await town.database.write(_made_viewer, town.ada.workspace_id)
    before = await town.rows()
    for method, path, names in aimed(town):
        # A key is one's own, and gives no more than its owner may.
        if "/keys" in path:
            continue
        answer = await town.ask(town.ada.token, **request_for(method, path, names, town.ada.ids))
        assert answer.status_code == (200 if method == "GET" else 403), f"{method} {path}: {answer.text}"
    assert await town.rows() == before


def _made_viewer(session: Session, workspace_id: str) -> None:
    session.execute(update(Membership).where(Membership.workspace_id == UUID(workspace_id)).values(role=Role.VIEWER))


@pytest.mark.parametrize(
    ("scope", "allowed"), [("reviews:read", "GET"), ("reviews:write", "POST DELETE"), ("admin", "")]
)
async def test_a_key_does_what_it_was_made_for(town: Town, scope: str, allowed: str) -> None:
    made = await town.ask(town.ada.token, "POST", "/api/keys", json={"name": scope, "scopes": [scope]})
    for method, path, names in aimed(town):
        if "/keys" in path:
            continue
        answer = await town.ask(made.json()["secret"], **request_for(method, path, names, town.ada.ids))
        if method in allowed.split():
            assert answer.status_code != 403, f"{method} {path}"
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), f"{method} {path}"


async def test_a_key_of_one_workspace_does_not_reach_into_another_of_its_owner(town: Town) -> None:
    await town.database.write(_joined, town.ada.workspace_id, town.eve.workspace_id)
    path = f"/api/reviews/{town.eve.completed_id}"
    assert (await town.ask(town.ada.token, "GET", path)).status_code == 200
    assert (await town.ask(town.ada.secret, "GET", path)).status_code == 404


def _joined(session: Session, whose: str, where: str) -> None:
    user_id = session.scalar(select(Membership.user_id).where(Membership.workspace_id == UUID(whose)))
    first = session.scalar(select(Membership).where(Membership.workspace_id == UUID(where)))
    assert first is not None
    session.add(
        Membership(workspace_id=first.workspace_id, user_id=user_id, role=Role.VIEWER, joined_at=first.joined_at)
    )
    session.flush()

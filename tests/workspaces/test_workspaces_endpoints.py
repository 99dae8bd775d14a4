"""Workspaces over HTTP. On both stores."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from clients import app_of, client_of, registered
from foureyes.kit import clock
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.models.workspaces import Membership, Role, Workspace
from foureyes.settings import Settings


@pytest.fixture
def app(database: Database, tmp_path: Path) -> FastAPI:
    return app_of(database, Settings(data_dir=tmp_path))


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(app) as opened:
        yield opened


async def join(database: Database, user_id: UUID, role: Role) -> UUID:
    """Another workspace that the user is a member of."""
    workspace_id, at = new_id(), clock.now()

    def work(session: Session) -> None:
        session.add(Workspace(id=workspace_id, name="Team", personal=False, created_at=at, monthly_budget=None))
        session.flush()
        session.add(Membership(workspace_id=workspace_id, user_id=user_id, role=role, joined_at=at))

    await database.write(work)
    return workspace_id


async def test_everybody_has_one_of_their_own(client: httpx2.AsyncClient) -> None:
    await registered(client, name="Ada")
    (mine,) = (await client.get("/api/workspaces")).json()["workspaces"]
    assert (mine["name"], mine["personal"], mine["role"]) == ("Ada", True, "owner")
    assert (await client.get("/api/users/me")).json()["workspace_id"] == mine["id"]


async def test_nobody_sees_those_of_others(client: httpx2.AsyncClient, app: FastAPI) -> None:
    await registered(client)
    async with client_of(app) as bob:
        await registered(bob, "bob@example.org")
        mine, theirs = (await client.get("/api/workspaces")).json(), (await bob.get("/api/workspaces")).json()
    assert mine["workspaces"][0]["id"] != theirs["workspaces"][0]["id"]
    assert len(mine["workspaces"]) == len(theirs["workspaces"]) == 1


async def test_who_joins_another_sees_it_after_their_own(client: httpx2.AsyncClient, database: Database) -> None:
    session = await registered(client)
    team = await join(database, UUID(session["user"]["id"]), Role.VIEWER)
    own, other = (await client.get("/api/workspaces")).json()["workspaces"]
    assert own["personal"]
    assert (other["id"], other["role"]) == (str(team), "viewer")
    assert (await client.get("/api/users/me")).json()["workspace_id"] == own["id"]


async def test_a_key_sees_the_one_that_it_was_made_for(
    client: httpx2.AsyncClient, app: FastAPI, database: Database
) -> None:
    session = await registered(client)
    team = await join(database, UUID(session["user"]["id"]), Role.DEVELOPER)
    made = (await client.post("/api/keys", json={"name": "CI", "workspace_id": str(team)})).json()
    async with client_of(app, headers={"Authorization": f"Bearer {made['secret']}"}) as program:
        (only,) = (await program.get("/api/workspaces")).json()["workspaces"]
        assert (only["id"], only["role"]) == (str(team), "developer")
        assert (await program.get("/api/users/me")).json()["workspace_id"] == str(team)


async def test_nobody_has_none(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/api/workspaces")).status_code == 401

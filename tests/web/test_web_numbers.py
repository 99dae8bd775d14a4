"""`/metrics`: for this machine and for operators, and all the more when the database is away."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session
from web_apps import asking, fresh_services, without_database

from foureyes.kit import clock
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.models.reviews import Review, ReviewKind, ReviewStatus, Trigger
from foureyes.models.workspaces import Workspace
from foureyes.rest.services import Services
from foureyes.web.app import create_app
from foureyes.web.numbers import queue_numbers

FAR_AWAY = "203.0.113.7"


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    async with fresh_services(tmp_path) as opened:
        yield opened


@pytest.fixture
def app(services: Services) -> FastAPI:
    return create_app(services)


async def account(client: httpx2.AsyncClient, name: str) -> dict[str, str]:
    """The headers of a new account; the first one is the operator's."""
    body = {"email": f"{name}@example.org", "password": "correct horse battery", "name": name}
    session = (await client.post("/api/auth/register", json=body)).json()
    return {"Authorization": f"Bearer {session['access_token']}"}


async def test_this_machine_may_read_the_numbers(app: FastAPI) -> None:
    async with asking(app) as client:
        answer = await client.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "foureyes_http_requests_total" in answer.text


async def test_others_do_not_learn_that_there_are_numbers(app: FastAPI) -> None:
    async with asking(app, client=FAR_AWAY) as client:
        answer = await client.get("/metrics")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
async def test_a_proxy_on_this_machine_makes_nobody_local(app: FastAPI, header: str) -> None:
    async with asking(app) as client:
        assert (await client.get("/metrics", headers={header: "127.0.0.1"})).status_code == 404


async def test_an_operator_may_read_them_from_anywhere(app: FastAPI) -> None:
    async with asking(app, client=FAR_AWAY) as client:
        operator, other = await account(client, "first"), await account(client, "second")
        statuses = [(await client.get("/metrics", headers=headers)).status_code for headers in (operator, other)]
    assert statuses == [200, 404]


async def test_numbers_are_told_while_the_database_is_away(services: Services) -> None:
    async with asking(create_app(without_database(services))) as client:
        answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert "foureyes_database_up 0.0" in answer.text
    assert "foureyes_queue_length{" not in answer.text


async def test_a_request_is_counted_by_its_route_and_not_by_its_path(app: FastAPI) -> None:
    async with asking(app) as client:
        for word in ("one-of-many", "another"):
            await client.get(f"/api/problems/{word}")
            await client.get(f"/{word}")
        text = (await client.get("/metrics")).text
    assert 'route="/api/problems/{code}",status="404"' in text
    assert "one-of-many" not in text


def add_reviews(session: Session, *states: tuple[ReviewKind, ReviewStatus]) -> None:
    now = clock.now()
    workspace = UUID(int=1)
    session.add(Workspace(id=workspace, name="w", personal=True, created_at=now))
    session.flush()
    for kind, status in states:
        review = Review(id=new_id(), workspace_id=workspace, kind=kind, status=status, trigger=Trigger.REST, request={})
        review.created_at = review.changed_at = now
        review.severities = {}
        session.add(review)


async def test_what_is_open_is_counted_by_kind_and_status(database: Database) -> None:
    await database.write(
        add_reviews,
        (ReviewKind.REVIEW, ReviewStatus.PENDING),
        (ReviewKind.REVIEW, ReviewStatus.PENDING),
        (ReviewKind.REVIEW, ReviewStatus.PROCESSING),
        (ReviewKind.DEBUG, ReviewStatus.DEFERRED),
        (ReviewKind.DEBUG, ReviewStatus.COMPLETED),
        (ReviewKind.REVIEW, ReviewStatus.FAILED),
    )
    found = await database.read(queue_numbers)
    assert found.lengths == {("review", "pending"): 2, ("review", "processing"): 1, ("debug", "deferred"): 1}
    assert found.oldest_seconds.keys() == {"review"}
    assert found.oldest_seconds["review"] >= 0


async def test_an_empty_queue_has_no_oldest(database: Database) -> None:
    found = await database.read(queue_numbers)
    assert (found.lengths, found.oldest_seconds) == ({}, {})

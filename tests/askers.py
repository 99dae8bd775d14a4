"""Reviews over HTTP for tests: an application on the test's store, and people in two workspaces who ask it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import httpx2
from fastapi import FastAPI
from sqlalchemy.orm import Session
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection

from foureyes.errors import UnauthenticatedError
from foureyes.findings.endpoints import router as findings
from foureyes.kit import clock
from foureyes.kit.bus import MemoryBus
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.models.accounts import User
from foureyes.models.findings import StoredFinding
from foureyes.models.reviews import Review, ReviewFile, ReviewStatus
from foureyes.models.workspaces import Membership, Role, Workspace
from foureyes.queue.port import MemoryQueue
from foureyes.rest.bodies import MEBIBYTE, JsonBodies
from foureyes.rest.principal import Principal
from foureyes.rest.services import Services
from foureyes.reviews.endpoints import router as reviews
from foureyes.settings import Settings
from foureyes.web.failures import answer_failures
from foureyes.web.openapi import describe

CODE = "def first(items):\n    return items[0]\n"


class NamedAskers:
    """Whoever the header `As` names is who asks."""

    def __init__(self) -> None:
        self.known: dict[str, Principal] = {}

    async def principal(self, connection: HTTPConnection) -> Principal:
        try:
            return self.known[connection.headers.get("as", "")]
        except KeyError:
            raise UnauthenticatedError from None

    async def still(self, principal: Principal) -> Principal:
        return principal


@dataclass(frozen=True, slots=True)
class House:
    """An application, who is known to it, and a client that asks as `ada`, who may write in `home`."""

    app: FastAPI
    services: Services
    askers: NamedAskers
    client: httpx2.AsyncClient
    home: UUID
    elsewhere: UUID

    @property
    def database(self) -> Database:
        return self.services.database

    @property
    def queue(self) -> MemoryQueue:
        assert isinstance(self.services.queue, MemoryQueue)
        return self.services.queue

    def asked_as(self, name: str, **changes: Any) -> dict[str, str]:
        """Headers of a variant of ada, such as one without a scope."""
        self.askers.known[name] = replace(self.askers.known["ada"], **changes)
        return {"As": name}

    async def submit(self, *, headers: dict[str, str] | None = None, **fields: Any) -> UUID:
        """The id of a review that was accepted."""
        answer = await self.client.post("/api/reviews", json=wanted(**fields), headers=headers)
        assert answer.status_code == 202, answer.text
        await self.database.settled()
        return UUID(answer.json()["id"])

    async def change(self, review_id: UUID, **columns: Any) -> None:
        """Set columns of a review, as a worker would."""

        def work(session: Session) -> None:
            review = session.get_one(Review, review_id)
            for name, value in columns.items():
                setattr(review, name, value)

        await self.database.write(_flushed, work)

    async def complete(self, review_id: UUID, result: str = "", **columns: Any) -> UUID:
        """What a worker leaves behind: a completed review with one finding, whose id it is."""
        finding = a_finding(review_id, self.home)
        known = finding.id

        def work(session: Session) -> None:
            review = session.get_one(Review, review_id)
            review.status, review.finished_at, review.seconds = ReviewStatus.COMPLETED, clock.now(), 2.5
            review.verdict, review.headline, review.findings = "look", "One finding.", 1
            review.severities = {"high": 1}
            review.result_digest = result or review.request["source"]["files"][0]["digest"]
            for name, value in columns.items():
                setattr(review, name, value)
            session.add(finding)
            session.add(a_ledger_line(review_id, self.home))

        await self.database.write(_flushed, work)
        return known


def _flushed(session: Session, work: Any) -> None:
    work(session)
    session.flush()


def wanted(**fields: Any) -> dict[str, Any]:
    """The body of a request for a review of one file."""
    return {"source": {"type": "file", "path": "app.py", "content": CODE}, **fields}


def a_finding(review_id: UUID, workspace_id: UUID) -> StoredFinding:
    return StoredFinding(
        id=new_id(), workspace_id=workspace_id, review_id=review_id, position=0, shown=True, path="app.py",
        start_line=2, end_line=2, side="right", severity="high", category="bug", source="model", rule="index-error",
        title="Empty list raises IndexError", explanation="When items is empty, it raises.",
        evidence="return items[0]", suggestion=None, confidence=0.9, fingerprint="6f1a", state="new", also=[],
        url=None, trace=None, created_at=clock.now(),
    )  # fmt: skip


def a_ledger_line(review_id: UUID, workspace_id: UUID) -> ReviewFile:
    return ReviewFile(
        review_id=review_id, position=0, workspace_id=workspace_id, path="app.py", coverage="reviewed", reason="",
        expected=True, by=["model"], hunks={"hunks": [{"header": "@@", "coverage": "reviewed", "reason": ""}]},
    )  # fmt: skip


@asynccontextmanager
async def a_house(database: Database) -> AsyncIterator[House]:
    """Ada is a developer in `home`; Eve is one in `elsewhere` alone."""
    askers = NamedAskers()
    services = Services(Settings(), database, MemoryQueue(), MemoryBus(), askers)
    ada, eve, home, elsewhere = new_id(), new_id(), new_id(), new_id()
    askers.known = {
        "ada": Principal(ada, {home: Role.DEVELOPER}, home),
        "eve": Principal(eve, {elsewhere: Role.OWNER}, elsewhere),
    }
    await database.write(_settle_in, {ada: (home, Role.DEVELOPER), eve: (elsewhere, Role.OWNER)})
    async with client_of(services) as (app, client):
        yield House(app, services, askers, client, home, elsewhere)


@asynccontextmanager
async def client_of(services: Services) -> AsyncIterator[tuple[FastAPI, httpx2.AsyncClient]]:
    app = FastAPI(middleware=[Middleware(JsonBodies, limits={("POST", "/api/reviews"): 15 * MEBIBYTE})])
    app.state.services = services
    answer_failures(app)
    app.include_router(reviews)
    app.include_router(findings)
    describe(app)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test", headers={"As": "ada"}) as client:
        yield app, client


def _settle_in(session: Session, people: dict[UUID, tuple[UUID, Role]]) -> None:
    now = clock.now()
    for user_id, (workspace_id, _) in people.items():
        session.add(User(id=user_id, email=f"{user_id}@example.org", name="Somebody", created_at=now))
        session.add(Workspace(id=workspace_id, name="A workspace", created_at=now))
    session.flush()
    for user_id, (workspace_id, role) in people.items():
        session.add(Membership(workspace_id=workspace_id, user_id=user_id, role=role, joined_at=now))
    session.flush()

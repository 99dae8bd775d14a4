"""An account with something in every room: reviews in several states, findings, an API key."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx2
from sqlalchemy.orm import Session

from askers import CODE, a_ledger_line
from askers import a_finding as a_stored_finding
from clients import registered
from factories import a_change, a_finding
from foureyes.blobs.packing import pack
from foureyes.blobs.service import store_blobs
from foureyes.engine.reports.stored import dump_review
from foureyes.engine.values import Ledger, ReviewResult, Verdict
from foureyes.kit import clock
from foureyes.kit.database.port import Database
from foureyes.llm.port import Usage
from foureyes.models.reviews import Review, ReviewStatus

RESULT = ReviewResult(
    change=a_change(**{"app.py": ("", CODE)}),
    verdict=Verdict.LOOK,
    headline="One finding.",
    findings=(a_finding(),),
    ledger=Ledger(),
    tools=(),
    usage=Usage(),
    started=datetime(2026, 11, 22, 10, tzinfo=UTC),
    seconds=2.5,
)


@dataclass(frozen=True, slots=True)
class Furnished:
    """What belongs to one account."""

    token: str
    secret: str
    workspace_id: str
    key_id: str
    completed_id: str
    dead_id: str
    pending_id: str
    finding_id: str
    digest: str

    @property
    def ids(self) -> dict[str, str]:
        """What the parameters of routes may be for somebody of this account."""
        return {
            "review_id": self.completed_id,
            "finding_id": self.finding_id,
            "key_id": self.key_id,
            "workspace": self.workspace_id,
            "workspace_id": self.workspace_id,
        }


async def furnished(client: httpx2.AsyncClient, database: Database, email: str = "ada@example.org") -> Furnished:
    """Register somebody at the application behind `client`, and leave them with one of everything."""
    session = await registered(client, email)
    made = (await _posted(client, "/api/keys", name="CI", scopes=["reviews:read", "reviews:write", "admin"])).json()
    workspace_id = made["key"]["workspace_id"]
    ids = [await _asked(client, title) for title in ("Completed", "Dead", "Pending")]
    finding = a_stored_finding(UUID(ids[0]), UUID(workspace_id))
    finding_id, result = str(finding.id), pack(dump_review(RESULT))

    def work(session: Session) -> None:
        store_blobs(session, UUID(workspace_id), [result])
        completed, dead = session.get_one(Review, UUID(ids[0])), session.get_one(Review, UUID(ids[1]))
        completed.status, completed.finished_at, completed.seconds = ReviewStatus.COMPLETED, clock.now(), 2.5
        completed.verdict, completed.headline, completed.findings = "look", "One finding.", 1
        completed.severities, completed.result_digest = {"high": 1}, result.digest
        dead.status, dead.finished_at, dead.dead_at = ReviewStatus.FAILED, clock.now(), clock.now()
        dead.error_code, dead.error = "git", "The repository can't be cloned."
        session.add_all([finding, a_ledger_line(UUID(ids[0]), UUID(workspace_id))])
        session.flush()

    await database.write(work)
    digest = pack(CODE.encode()).digest
    return Furnished(session["access_token"], made["secret"], workspace_id, made["key"]["id"], *ids, finding_id, digest)


async def _asked(client: httpx2.AsyncClient, title: str) -> str:
    source = {"type": "file", "path": "app.py", "content": CODE}
    review_id: str = (await _posted(client, "/api/reviews", source=source, title=title)).json()["id"]
    return review_id


async def _posted(client: httpx2.AsyncClient, path: str, **body: Any) -> httpx2.Response:
    answer = await client.post(path, json=body)
    assert answer.is_success, answer.text
    return answer

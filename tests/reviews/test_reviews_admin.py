"""The operator's view: the queue of all workspaces, workers, dead letters and their return."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from askers import House
from foureyes.errors import BrokerError
from foureyes.kit import clock
from foureyes.kit.ids import new_id
from foureyes.models.reviews import Review, ReviewStatus
from foureyes.models.workers import WorkerRow
from foureyes.queue.port import MemoryQueue, QueueDepth
from foureyes.rest.principal import Scope

PAGES = [("GET", "/api/admin/queue"), ("GET", "/api/admin/dead-letters"), ("POST", "/api/admin/dead-letters/requeue")]


@pytest.fixture
def operator(ours: House) -> dict[str, str]:
    return ours.asked_as("operator", operator=True)


async def queue(ours: House, operator: dict[str, str]) -> dict[str, Any]:
    answer = await ours.client.get("/api/admin/queue", headers=operator)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def dead(ours: House, code: str = "git", **fields: Any) -> UUID:
    review_id = await ours.submit(**fields)
    await ours.change(
        review_id, status=ReviewStatus.FAILED, dead_at=clock.now(), error_code=code, error="It failed.", failures=3
    )
    ours.queue.jobs.clear()
    return review_id


@pytest.mark.parametrize(("method", "path"), PAGES)
async def test_for_others_these_pages_do_not_exist(ours: House, method: str, path: str) -> None:
    keyed = ours.asked_as("keyed", operator=True, scopes=frozenset({Scope.REVIEWS_READ, Scope.REVIEWS_WRITE}))
    for headers in ({"As": "ada"}, keyed):
        body = {"ids": [str(new_id())]} if method == "POST" else None
        assert (await ours.client.request(method, path, headers=headers, json=body)).status_code == 404
    assert (await ours.client.request(method, path, headers={"As": "nobody"})).status_code in (400, 401)


async def test_the_queue_counts_what_is_open_in_every_workspace(ours: House, operator: dict[str, str]) -> None:
    await ours.submit()
    await ours.submit(title="Second")
    await ours.submit(headers={"As": "eve"}, kind="architecture")
    await ours.change(await ours.submit(title="Done"), status=ReviewStatus.COMPLETED)
    body = await queue(ours, operator)
    assert body["by_status"] == {"pending": 3, "processing": 0, "deferred": 0}
    assert (body["by_kind"]["review"], body["by_kind"]["architecture"]) == (2, 1)
    assert [(row["workspace_id"], row["count"]) for row in body["open"]] == [
        (str(ours.home), 2), (str(ours.elsewhere), 1),
    ]  # fmt: skip


async def test_the_age_is_that_of_the_oldest_that_waits(ours: House, operator: dict[str, str]) -> None:
    assert (await queue(ours, operator))["oldest_seconds"] is None
    running = await ours.submit()
    await ours.change(running, status=ReviewStatus.PROCESSING, created_at=clock.now() - timedelta(hours=9))
    waiting = await ours.submit(title="Second")
    await ours.change(waiting, created_at=clock.now() - timedelta(minutes=10))
    assert 600 <= (await queue(ours, operator))["oldest_seconds"] < 3_600


async def test_the_broker_tells_what_it_holds(ours: House, operator: dict[str, str]) -> None:
    await ours.submit()
    body = await queue(ours, operator)
    assert body["broker_reachable"] is True
    assert {"kind": "review", "waiting": 1, "later": 0, "running": 0} in body["broker"]


class AwayQueue(MemoryQueue):
    async def depth(self, kind: str) -> QueueDepth:
        raise BrokerError("connection refused")


async def test_a_broker_that_is_away_hides_nothing_else(ours: House, operator: dict[str, str]) -> None:
    await ours.submit()
    ours.app.state.services = replace(ours.services, queue=AwayQueue())
    body = await queue(ours, operator)
    assert (body["broker_reachable"], body["broker"], body["by_status"]["pending"]) == (False, [], 1)


async def test_workers_that_are_silent_are_not_shown(ours: House, operator: dict[str, str]) -> None:
    def begin(session: Session) -> None:
        for pid, silent in ((1, 5), (2, 600)):
            seen = clock.now() - timedelta(seconds=silent)
            session.add(
                WorkerRow(id=new_id(), host="a", pid=pid, version="1", kinds=["review"], slots=64, started_at=seen,
                          seen_at=seen)
            )  # fmt: skip
        session.flush()

    await ours.database.write(begin)
    assert [worker["pid"] for worker in (await queue(ours, operator))["workers"]] == [1]


async def test_dead_letters_are_listed_by_key_the_last_first(ours: House, operator: dict[str, str]) -> None:
    ids = [await dead(ours, title=f"Number {number}") for number in range(3)]
    first = (await ours.client.get("/api/admin/dead-letters?limit=2", headers=operator)).json()
    assert [UUID(letter["id"]) for letter in first["dead_letters"]] == [ids[2], ids[1]]
    assert first["dead_letters"][0]["error"] == "It failed."
    rest = (await ours.client.get(first["next"], headers=operator)).json()
    assert ([UUID(letter["id"]) for letter in rest["dead_letters"]], rest["next"]) == ([ids[0]], None)


async def test_dead_letters_that_died_at_once_are_all_listed(ours: House, operator: dict[str, str]) -> None:
    at = clock.now()
    ids = {await dead(ours, title=f"Number {number}") for number in range(4)}
    for review_id in ids:
        await ours.change(review_id, dead_at=at)
    seen: list[UUID] = []
    path: str | None = "/api/admin/dead-letters?limit=1"
    while path:
        page = (await ours.client.get(path, headers=operator)).json()
        seen += [UUID(letter["id"]) for letter in page["dead_letters"]]
        path = page["next"]
    assert (set(seen), len(seen)) == (ids, 4)


async def test_dead_letters_are_narrowed_by_their_error(ours: House, operator: dict[str, str]) -> None:
    git = await dead(ours)
    await dead(ours, code="crashed", title="Other")
    body = (await ours.client.get("/api/admin/dead-letters?error_code=git", headers=operator)).json()
    assert [UUID(letter["id"]) for letter in body["dead_letters"]] == [git]


async def test_named_dead_letters_go_back_into_the_queue(ours: House, operator: dict[str, str]) -> None:
    one, other = await dead(ours), await dead(ours, title="Other")
    alive = await ours.submit(title="Alive")
    ours.queue.jobs.clear()
    wanted = {"ids": [str(one), str(alive), str(new_id())]}
    answer = await ours.client.post("/api/admin/dead-letters/requeue", json=wanted, headers=operator)
    assert answer.json() == {"ids": [str(one)]}
    await ours.database.settled()
    rows = [await ours.database.read(lambda session, key: session.get_one(Review, key), key) for key in (one, other)]
    assert [(row.status, row.dead_at is None, row.failures) for row in rows] == [
        (ReviewStatus.PENDING, True, 0), (ReviewStatus.FAILED, False, 3),
    ]  # fmt: skip
    assert ours.queue.jobs == [(one, "review", None)]


async def test_all_of_one_error_go_back_at_once(ours: House, operator: dict[str, str]) -> None:
    ids = {str(await dead(ours, title=f"Number {number}")) for number in range(3)}
    await dead(ours, code="crashed", title="Other")
    answer = await ours.client.post("/api/admin/dead-letters/requeue", json={"error_code": "git"}, headers=operator)
    assert set(answer.json()["ids"]) == ids
    again = await ours.client.post("/api/admin/dead-letters/requeue", json={"error_code": "git"}, headers=operator)
    assert again.json() == {"ids": []}


@pytest.mark.parametrize(
    "body", [{}, {"ids": []}, {"ids": ["x"]}, {"error_code": ""}, {"error_code": "git", "ids": [str(new_id())]}]
)
async def test_it_must_be_said_which_go_back(ours: House, operator: dict[str, str], body: dict[str, Any]) -> None:
    answer = await ours.client.post("/api/admin/dead-letters/requeue", json=body, headers=operator)
    assert answer.status_code == 400

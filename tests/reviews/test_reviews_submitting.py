"""Asking for a review: what is kept, what is answered, what a second request makes."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from askers import CODE, House, wanted
from foureyes.blobs.service import read_blob
from foureyes.kit import clock
from foureyes.kit.ids import new_id
from foureyes.models.events import Event
from foureyes.models.findings import StoredFinding
from foureyes.models.reviews import IdempotencyKey, Review, ReviewDay, ReviewFile, ReviewStatus, StatusChange
from foureyes.models.workspaces import Role
from foureyes.rest.principal import Scope
from foureyes.reviews.repository.submission import forget_keys
from foureyes.reviews.schemas import ReviewWanted
from foureyes.reviews.sources import snapshot_of
from foureyes.reviews.submitting import Asker, Submission, accept


def _count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def _review(session: Session, review_id: UUID) -> Review:
    return session.get_one(Review, review_id)


async def test_an_accepted_review_is_a_row_with_its_first_status_and_an_event(ours: House) -> None:
    review_id = await ours.submit(title="First of a list")
    review = await ours.database.read(_review, review_id)
    assert (review.status, review.kind, review.language) == (ReviewStatus.PENDING, "review", "python")
    assert (review.title, review.workspace_id) == ("First of a list", ours.home)
    assert await ours.database.read(_count, StatusChange) == 1
    assert await ours.database.read(_count, Event) == 1


async def test_what_was_sent_is_kept_as_a_blob(ours: House) -> None:
    review = await ours.database.read(_review, await ours.submit())
    digest = review.request["source"]["files"][0]["digest"]
    assert await ours.database.read(read_blob, ours.home, digest) == CODE.encode()


async def test_the_answer_says_where_to_go_on(ours: House) -> None:
    answer = await ours.client.post("/api/reviews", json=wanted())
    body = answer.json()
    assert answer.status_code == 202
    assert answer.headers["location"] == body["links"]["self"] == f"/api/reviews/{body['id']}"
    assert body["links"]["topic"] == f"review:{body['id']}"
    assert (await ours.client.get(body["links"]["self"])).status_code == 200


async def test_the_id_is_put_into_the_queue_after_the_commit(ours: House) -> None:
    review_id = await ours.submit(kind="architecture")
    assert ours.queue.jobs == [(review_id, "architecture", None)]


async def test_watchers_of_the_workspace_are_told(ours: House) -> None:
    async with ours.services.bus.listen() as news:
        review_id = await ours.submit()
        told = await asyncio.wait_for(anext(news), 5)
    assert told.type == "review.changed"
    assert f"review:{review_id}" in told.topics


async def test_a_review_may_be_asked_for_in_another_workspace_of_theirs_alone(ours: House) -> None:
    both = ours.asked_as("both", roles={ours.home: Role.OWNER, ours.elsewhere: Role.DEVELOPER})
    there = await ours.client.post(f"/api/reviews?workspace={ours.elsewhere}", json=wanted(), headers=both)
    assert there.status_code == 202
    refused = await ours.client.post(f"/api/reviews?workspace={ours.elsewhere}", json=wanted())
    assert refused.status_code == 404


async def test_a_viewer_and_a_key_for_reading_ask_for_nothing(ours: House) -> None:
    viewer = ours.asked_as("viewer", roles={ours.home: Role.VIEWER})
    reader = ours.asked_as("reader", scopes=frozenset({Scope.REVIEWS_READ}))
    for headers in (viewer, reader):
        answer = await ours.client.post("/api/reviews", json=wanted(), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert await ours.database.read(_count, Review) == 0


async def test_nobody_gets_401(ours: House) -> None:
    answer = await ours.client.post("/api/reviews", json=wanted(), headers={"As": "nobody"})
    assert answer.status_code == 401


async def test_the_same_key_with_the_same_body_is_one_review(ours: House) -> None:
    key = {"Idempotency-Key": "build-7"}
    first = await ours.submit(headers=key)
    assert await ours.submit(headers=key) == first
    assert await ours.database.read(_count, Review) == 1


async def test_spaces_and_defaults_do_not_make_another_body(ours: House) -> None:
    key = {"Idempotency-Key": "build-7"}
    assert await ours.submit(headers=key) == await ours.submit(headers=key, kind="review", fresh=False)


async def test_the_same_key_with_another_body_is_refused(ours: House) -> None:
    key = {"Idempotency-Key": "build-7"}
    await ours.submit(headers=key)
    answer = await ours.client.post("/api/reviews", json=wanted(title="Another"), headers=key)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency-conflict")
    assert await ours.database.read(_count, Review) == 1


async def test_parallel_requests_with_one_key_make_one_review(ours: House) -> None:
    key = {"Idempotency-Key": "build-7"}
    ids = await asyncio.gather(*(ours.submit(headers=key) for _ in range(12)))
    assert len(set(ids)) == 1
    assert await ours.database.read(_count, Review) == 1
    assert len(ours.queue.jobs) == 1


async def test_parallel_requests_with_one_key_and_two_bodies_make_one_review(ours: House) -> None:
    async def ask(title: str) -> int:
        headers = {"Idempotency-Key": "build-7"}
        return (await ours.client.post("/api/reviews", json=wanted(title=title), headers=headers)).status_code

    answers = await asyncio.gather(*(ask(title) for title in ("One", "Two") * 4))
    assert sorted(answers) == [202] * 4 + [409] * 4
    assert await ours.database.read(_count, Review) == 1


async def test_one_key_is_another_in_another_workspace(ours: House) -> None:
    key = {"Idempotency-Key": "build-7"}
    assert await ours.submit(headers=key) != await ours.submit(headers={**key, "As": "eve"})


async def test_after_a_day_a_key_stands_for_nothing(ours: House) -> None:
    key = {"Idempotency-Key": "build-7"}
    first = await ours.submit(headers=key)

    def age(session: Session) -> None:
        session.get_one(IdempotencyKey, (ours.home, "build-7")).created_at = clock.now() - timedelta(hours=25)
        session.flush()

    await ours.database.write(age)
    assert await ours.submit(headers=key, title="Another body") != first


async def test_old_keys_are_swept(ours: House) -> None:
    await ours.submit(headers={"Idempotency-Key": "build-7"})
    assert await ours.database.write(forget_keys, before=clock.now() - timedelta(days=1)) == 0
    assert await ours.database.write(forget_keys, before=clock.now()) == 1
    assert await ours.database.read(_count, IdempotencyKey) == 0


@pytest.mark.parametrize("key", ["", "a b", "k" * 201, "schlüssel".encode("latin-1").decode("latin-1")])
async def test_a_key_that_databases_or_proxies_would_change_is_refused(ours: House, key: str) -> None:
    headers = {"As": "ada", "Idempotency-Key": key.encode("latin-1")}
    answer = await ours.client.post("/api/reviews", json=wanted(), headers=headers)
    assert answer.status_code == 400
    assert answer.json()["problems"][0]["pointer"] == "Idempotency-Key"


async def test_an_equal_request_is_answered_from_the_last_one(ours: House) -> None:
    first = await ours.submit()
    await ours.complete(first)
    answer = await ours.client.post("/api/reviews", json=wanted())
    assert (answer.json()["status"], answer.json()["cached"]) == ("completed", True)
    await ours.database.settled()
    assert len(ours.queue.jobs) == 1
    second = await ours.database.read(_review, UUID(answer.json()["id"]))
    assert second.id != first
    assert (second.verdict, second.headline, second.findings) == ("look", "One finding.", 1)
    assert (second.model_calls, second.cost) == (0, None)


async def test_a_copied_result_has_findings_and_ledger_of_its_own(ours: House) -> None:
    finding_id = await ours.complete(await ours.submit())
    second = await ours.submit()

    def both(session: Session) -> tuple[list[StoredFinding], list[ReviewFile]]:
        findings = session.scalars(select(StoredFinding).where(StoredFinding.review_id == second))
        return list(findings), list(session.scalars(select(ReviewFile).where(ReviewFile.review_id == second)))

    (finding,), (file,) = await ours.database.read(both)
    assert finding.id != finding_id
    assert (finding.title, file.by) == ("Empty list raises IndexError", ["model"])


async def test_a_copied_result_is_counted_on_its_day(ours: House) -> None:
    await ours.complete(await ours.submit())
    await ours.submit()
    await ours.submit()
    day = await ours.database.read(lambda session: session.scalars(select(ReviewDay)).one())
    assert (day.status, day.reviews, day.cached, day.high) == (ReviewStatus.COMPLETED, 2, 2, 2)


@pytest.mark.parametrize(
    "columns",
    [
        {"finished_at": clock.now() - timedelta(hours=25)},
        {"status": ReviewStatus.FAILED},
        {"verdict": "incomplete"},
        {"cached": True},
        {"result_digest": "0" * 64},
        {"result_digest": None},
    ],
)
async def test_what_is_old_failed_incomplete_copied_or_gone_answers_nothing(
    ours: House, columns: dict[str, object]
) -> None:
    await ours.complete(await ours.submit(), **columns)
    second = await ours.database.read(_review, await ours.submit())
    assert second.status is ReviewStatus.PENDING


async def test_a_fresh_one_is_run_again(ours: House) -> None:
    await ours.complete(await ours.submit())
    second = await ours.database.read(_review, await ours.submit(fresh=True))
    assert (second.status, second.cached) == (ReviewStatus.PENDING, False)


async def test_another_workspace_gets_nothing_of_an_equal_review(ours: House) -> None:
    await ours.complete(await ours.submit())
    theirs = await ours.database.read(_review, await ours.submit(headers={"As": "eve"}))
    assert theirs.status is ReviewStatus.PENDING


async def test_a_newer_review_of_a_line_ends_those_that_wait(ours: House) -> None:
    older = await ours.submit(supersedes="feature")
    newer = await ours.submit(supersedes="feature", title="Newer")
    row = await ours.database.read(_review, older)
    assert (row.status, row.superseded_by) == (ReviewStatus.SUPERSEDED, newer)
    assert row.finished_at is not None
    assert (await ours.database.read(_review, newer)).status is ReviewStatus.PENDING


async def test_one_that_runs_is_asked_to_stop(ours: House) -> None:
    older = await ours.submit(supersedes="feature")
    await ours.change(older, status=ReviewStatus.PROCESSING, fence=1)
    newer = await ours.submit(supersedes="feature", title="Newer")
    row = await ours.database.read(_review, older)
    assert (row.status, row.superseded_by) == (ReviewStatus.PROCESSING, newer)
    assert row.cancel_asked_at is not None


async def test_other_lines_workspaces_and_ended_reviews_stay_as_they_are(ours: House) -> None:
    other = await ours.submit(supersedes="main")
    foreign = await ours.submit(supersedes="feature", headers={"As": "eve"})
    done = await ours.submit(supersedes="feature", fresh=True)
    await ours.change(done, status=ReviewStatus.COMPLETED)
    await ours.submit(supersedes="feature", title="Newer")
    for review_id in (other, foreign, done):
        assert (await ours.database.read(_review, review_id)).superseded_by is None


async def test_of_many_at_once_on_one_line_one_is_left(ours: House) -> None:
    ids = await asyncio.gather(*(ours.submit(supersedes="feature", title=f"Push {n}") for n in range(8)))
    rows = [await ours.database.read(_review, review_id) for review_id in ids]
    assert sorted(row.status for row in rows) == ["pending"] + ["superseded"] * 7


async def test_a_transaction_that_was_committed_before_makes_no_second_review(ours: House) -> None:
    snapshot = snapshot_of(ReviewWanted.model_validate(wanted()))
    prepared = Submission(new_id(), Asker(ours.home, None), snapshot, (), "", None, False, None, clock.now())
    services = ours.services
    await ours.database.write(accept, prepared, bus=services.bus, queue=services.queue)
    with pytest.raises(IntegrityError):
        await ours.database.write(accept, prepared, bus=services.bus, queue=services.queue)
    again = await ours.database.write(accept, replace(prepared, again=True), bus=services.bus, queue=services.queue)
    assert again.id == prepared.id
    assert await ours.database.read(_count, Review) == 1

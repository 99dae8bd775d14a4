"""Feedback: one answer to each of two questions for each person, the last one counts, and it can be taken back."""

from typing import Any
from uuid import UUID

import pytest

from askers import House
from foureyes.kit.ids import new_id
from foureyes.models.findings import FeedbackWord
from foureyes.models.workspaces import Role
from foureyes.rest.principal import Scope


async def a_finding(ours: House) -> tuple[UUID, UUID]:
    review_id = await ours.submit()
    return review_id, await ours.complete(review_id)


async def say(ours: House, finding_id: UUID, word: str, reason: str = "") -> list[dict[str, Any]]:
    answer = await ours.client.post(f"/api/findings/{finding_id}/feedback", json={"word": word, "reason": reason})
    assert answer.status_code == 200, answer.text
    said: list[dict[str, Any]] = answer.json()["feedback"]
    return said


@pytest.mark.parametrize("word", list(FeedbackWord))
async def test_each_word_is_kept_with_its_reason(ours: House, word: FeedbackWord) -> None:
    _, finding_id = await a_finding(ours)
    (said,) = await say(ours, finding_id, word, "Because.")
    assert (said["word"], said["question"], said["reason"]) == (word, word.question, "Because.")
    assert said["user_id"] == str(ours.askers.known["ada"].user_id)


async def test_the_last_answer_to_a_question_counts(ours: House) -> None:
    _, finding_id = await a_finding(ours)
    await say(ours, finding_id, "accepted", "Fixed.")
    await say(ours, finding_id, "helpful")
    said = await say(ours, finding_id, "ignored")
    assert [(one["question"], one["word"], one["reason"]) for one in said] == [
        ("decision", "ignored", ""), ("worth", "helpful", ""),
    ]  # fmt: skip


async def test_what_is_said_is_shown_with_the_finding(ours: House) -> None:
    review_id, finding_id = await a_finding(ours)
    await say(ours, finding_id, "unhelpful", "Tests do this on purpose.")
    for path in ("", "/findings"):
        body = (await ours.client.get(f"/api/reviews/{review_id}{path}")).json()
        assert [said["word"] for said in body["findings"][0]["feedback"]] == ["unhelpful"]


async def test_one_answer_or_both_can_be_taken_back(ours: House) -> None:
    _, finding_id = await a_finding(ours)
    await say(ours, finding_id, "accepted")
    await say(ours, finding_id, "helpful")
    left = await ours.client.delete(f"/api/findings/{finding_id}/feedback?question=worth")
    assert [said["word"] for said in left.json()["feedback"]] == ["accepted"]
    assert (await ours.client.delete(f"/api/findings/{finding_id}/feedback")).json()["feedback"] == []
    assert (await ours.client.delete(f"/api/findings/{finding_id}/feedback")).status_code == 200


async def test_a_finding_of_another_workspace_does_not_exist(ours: House) -> None:
    _, finding_id = await a_finding(ours)
    for key in (finding_id, new_id()):
        path = f"/api/findings/{key}/feedback"
        said = await ours.client.post(path, json={"word": "accepted"}, headers={"As": "eve"})
        taken = await ours.client.delete(path, headers={"As": "eve"})
        assert (said.status_code, taken.status_code) == (404, 404)


async def test_viewers_readers_and_strangers_say_nothing(ours: House) -> None:
    _, finding_id = await a_finding(ours)
    viewer = ours.asked_as("viewer", roles={ours.home: Role.VIEWER})
    reader = ours.asked_as("reader", scopes=frozenset({Scope.REVIEWS_READ}))
    for headers, status in ((viewer, 403), (reader, 403), ({"As": "nobody"}, 401)):
        path = f"/api/findings/{finding_id}/feedback"
        assert (await ours.client.post(path, json={"word": "accepted"}, headers=headers)).status_code == status
        assert (await ours.client.delete(path, headers=headers)).status_code == status


async def test_one_person_does_not_take_back_what_another_said(ours: House) -> None:
    _, finding_id = await a_finding(ours)
    await say(ours, finding_id, "accepted")
    other = ours.asked_as("other", user_id=ours.askers.known["eve"].user_id)
    left = await ours.client.delete(f"/api/findings/{finding_id}/feedback", headers=other)
    assert [said["word"] for said in left.json()["feedback"]] == ["accepted"]


@pytest.mark.parametrize(
    "body",
    [{}, {"word": "meh"}, {"word": "accepted", "reason": "x" * 2_001}, {"word": "accepted", "more": 1}, []],
)
async def test_what_is_no_feedback_is_refused(ours: House, body: Any) -> None:
    _, finding_id = await a_finding(ours)
    assert (await ours.client.post(f"/api/findings/{finding_id}/feedback", json=body)).status_code == 400

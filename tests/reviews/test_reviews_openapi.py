"""The document of these routes: complete, stable, with examples that are true; and no route is open to others."""

import re
from collections.abc import Iterator
from typing import Any

from askers import House
from foureyes.findings.schemas import FeedbackSaid, FindingView
from foureyes.kit.ids import new_id
from foureyes.reviews.endpoints.admin import RequeueWanted
from foureyes.reviews.schemas import REVIEW_EXAMPLES, ReviewWanted
from foureyes.reviews.sources import snapshot_of
from foureyes.reviews.views import ReviewAccepted

OPERATIONS = {
    "createReview", "listReviews", "getReview", "getFindings", "cancelReview", "retryReview", "getReport", "getSource",
    "getStats", "getQueue", "listDeadLetters", "requeueDeadLetters", "giveFeedback", "takeFeedbackBack",
}  # fmt: skip


def operations(ours: House) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in ours.app.openapi()["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


async def test_operation_ids_are_those_that_clients_were_made_from(ours: House) -> None:
    assert {operation["operationId"] for _, _, operation in operations(ours)} == OPERATIONS


async def test_every_operation_says_what_it_is_for_and_how_it_refuses(ours: House) -> None:
    for _, path, operation in operations(ours):
        assert operation["summary"], path
        assert len(operation["description"]) > 30, path
        assert operation["tags"], path
        assert {"401", "404"} <= set(operation["responses"]), path


async def test_every_parameter_of_one_value_is_bounded_or_typed(ours: House) -> None:
    for _, path, operation in operations(ours):
        for parameter in operation.get("parameters", ()):
            schemas = [parameter["schema"], *parameter["schema"].get("anyOf", ())]
            texts = [schema for schema in schemas if schema.get("type") == "string" and "format" not in schema]
            assert all("maxLength" in schema or "enum" in schema for schema in texts), (path, parameter["name"])


def test_examples_of_requests_are_accepted() -> None:
    for example in REVIEW_EXAMPLES.values():
        assert snapshot_of(ReviewWanted.model_validate(example["value"]))


def test_examples_of_models_are_true() -> None:
    for model in (FeedbackSaid, FindingView, RequeueWanted, ReviewAccepted):
        for example in model.model_json_schema()["examples"]:
            assert model.model_validate(example)


async def test_no_route_answers_somebody_of_another_workspace_with_what_is_ours(ours: House) -> None:
    review_id = await ours.submit()
    finding_id = await ours.complete(review_id)
    ids = {"review_id": review_id, "finding_id": finding_id, "name": "app.py"}
    asked = 0
    for method, path, _ in operations(ours):
        if "{" not in path:
            continue
        body = {"word": "accepted"} if path.endswith("feedback") and method == "post" else None
        theirs = await ours.client.request(method, path.format(**ids), headers={"As": "eve"}, json=body)
        assert theirs.status_code == 404, (method, path)
        asked += 1
    assert asked == 8


async def test_an_id_that_does_not_exist_is_answered_just_as_a_foreign_one(ours: House) -> None:
    review_id = await ours.submit()
    for path in ("", "/findings", "/sources/app.py"):
        answers = [
            (await ours.client.get(f"/api/reviews/{key}{path}", headers={"As": "eve"})).json()
            for key in (review_id, new_id())
        ]
        for answer in answers:
            answer.pop("instance")
            answer.pop("request_id", None)
        assert answers[0] == answers[1]
        assert re.fullmatch(r"There is no such review here\.", answers[0]["detail"])

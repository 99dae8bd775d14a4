"""Reports of completed reviews: each kind in each of its forms, and none where there is none."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest

from askers import House
from factories import a_change
from foureyes.blobs.packing import pack
from foureyes.blobs.service import store_blobs
from foureyes.engine.architecture.values import Architecture
from foureyes.engine.debug.values import Diagnosis
from foureyes.engine.reports.form import FOLDED, Form
from foureyes.engine.reports.forms import write
from foureyes.engine.reports.stored import dump_architecture, dump_diagnosis, dump_review
from foureyes.engine.values import Ledger, ReviewResult, Verdict
from foureyes.llm.port import Usage
from foureyes.models.reviews import ReviewKind, ReviewStatus
from foureyes.reviews.reports import FORMATS, MEDIA_TYPES, ReportFormat, write_report

RESULT = ReviewResult(
    change=a_change(**{"app.py": ("x = 1\n", "x = 2\n")}),
    verdict=Verdict.FINE,
    headline="Nothing to say.",
    findings=(),
    ledger=Ledger(),
    tools=(),
    usage=Usage(),
    started=datetime(2026, 11, 22, 10, tzinfo=UTC),
    seconds=1.5,
)
DIAGNOSIS = Diagnosis((), (), (), (), cause="The list is empty.")
ARCHITECTURE = Architecture(3, 90, {"python": 90}, (), (), (), (), (), (), (), 4, 2)
STORED = {
    ReviewKind.REVIEW: dump_review(RESULT),
    ReviewKind.DEBUG: dump_diagnosis(DIAGNOSIS, {}),
    ReviewKind.ARCHITECTURE: dump_architecture(ARCHITECTURE),
}


async def completed(ours: House, kind: ReviewKind, stored: bytes | None = None) -> UUID:
    error = {"error": "Boom\n"} if kind is ReviewKind.DEBUG else {}
    review_id = await ours.submit(kind=kind, **error)
    blob = pack(STORED[kind] if stored is None else stored)
    await ours.database.write(store_blobs, ours.home, [blob])
    await ours.complete(review_id, result=blob.digest)
    return review_id


@pytest.mark.parametrize("kind", list(FORMATS))
async def test_a_report_is_given_in_every_form_of_its_kind(ours: House, kind: ReviewKind) -> None:
    review_id = await completed(ours, kind)
    for form in FORMATS[kind]:
        answer = await ours.client.get(f"/api/reviews/{review_id}/report?format={form}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].partition(";")[0] == MEDIA_TYPES[form].partition(";")[0]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.text


@pytest.mark.parametrize("form", list(Form))
def test_a_report_is_what_the_command_line_writes(form: Form) -> None:
    report = write_report(ReviewKind.REVIEW, STORED[ReviewKind.REVIEW], ReportFormat(form), FOLDED)
    assert report.content.decode() == write(RESULT, form)


async def test_json_is_meant_where_no_form_is_named(ours: House) -> None:
    review_id = await completed(ours, ReviewKind.REVIEW)
    answer = await ours.client.get(f"/api/reviews/{review_id}/report")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["headline"] == "Nothing to say."


async def test_a_diagnosis_has_its_own_schema(ours: House) -> None:
    review_id = await completed(ours, ReviewKind.DEBUG)
    answer = await ours.client.get(f"/api/reviews/{review_id}/report?format=json")
    assert json.loads(answer.text)["cause"] == "The list is empty."


@pytest.mark.parametrize(
    ("kind", "form"),
    [(ReviewKind.REVIEW, "mermaid"), (ReviewKind.DEBUG, "sarif"), (ReviewKind.ARCHITECTURE, "checkstyle")],
)
async def test_a_form_of_another_kind_is_refused(ours: House, kind: ReviewKind, form: str) -> None:
    review_id = await completed(ours, kind)
    answer = await ours.client.get(f"/api/reviews/{review_id}/report?format={form}")
    assert answer.status_code == 400
    assert answer.json()["problems"][0]["pointer"] == "format"


@pytest.mark.parametrize("status", [status for status in ReviewStatus if status is not ReviewStatus.COMPLETED])
async def test_without_a_result_there_is_no_report(ours: House, status: ReviewStatus) -> None:
    review_id = await ours.submit()
    await ours.change(review_id, status=status)
    answer = await ours.client.get(f"/api/reviews/{review_id}/report")
    assert (answer.status_code, answer.json()["code"]) == (409, "report-not-ready")


async def test_a_report_whose_result_was_removed_is_gone(ours: House) -> None:
    review_id = await ours.submit()
    await ours.complete(review_id, result="0" * 64)
    assert (await ours.client.get(f"/api/reviews/{review_id}/report")).status_code == 404


async def test_a_result_of_another_version_is_a_clear_failure(ours: House) -> None:
    review_id = await completed(ours, ReviewKind.REVIEW, stored=STORED[ReviewKind.ARCHITECTURE])
    answer = await ours.client.get(f"/api/reviews/{review_id}/report")
    assert (answer.status_code, answer.json()["code"]) == (500, "stored-result")


async def test_a_report_that_the_client_has_is_not_sent_again(ours: House) -> None:
    review_id = await completed(ours, ReviewKind.REVIEW)
    first = await ours.client.get(f"/api/reviews/{review_id}/report?format=sarif")
    headers = {"If-None-Match": first.headers["etag"]}
    again = await ours.client.get(f"/api/reviews/{review_id}/report?format=sarif", headers=headers)
    other = await ours.client.get(f"/api/reviews/{review_id}/report?format=json", headers=headers)
    assert (again.status_code, other.status_code) == (304, 200)

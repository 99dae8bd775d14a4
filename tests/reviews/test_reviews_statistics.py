"""The numbers of a workspace: counted by day, never another workspace's."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from askers import House
from foureyes.kit import clock
from foureyes.models.reviews import Review, ReviewDay, ReviewKind, ReviewStatus
from foureyes.reviews.repository.days import count_ended
from foureyes.reviews.statistics import durations


async def stats(ours: House, query: str = "", name: str = "ada") -> dict[str, Any]:
    answer = await ours.client.get(f"/api/stats{query}", headers={"As": name})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def a_day(ours: House, ago: int, status: ReviewStatus = ReviewStatus.COMPLETED, **counts: Any) -> ReviewDay:
    day = (clock.now() - timedelta(days=ago)).date()
    return ReviewDay(workspace_id=ours.home, day=day, kind=ReviewKind.REVIEW, status=status, **counts)


async def kept(ours: House, *days: ReviewDay) -> None:
    def work(session: Session) -> None:
        session.add_all(days)
        session.flush()

    await ours.database.write(work)


async def test_an_empty_workspace_has_zeros_and_no_percentiles(ours: House) -> None:
    body = await stats(ours, "?days=3")
    assert body["by_status"] == dict.fromkeys(ReviewStatus, 0)
    assert body["seconds"] == {"p50": None, "p95": None, "p99": None, "runs": 0}
    assert body["cache_rate"] is None
    assert [day["reviews"] for day in body["days"]] == [0, 0, 0]


async def test_days_are_added_up(ours: House) -> None:
    await kept(
        ours,
        a_day(ours, 0, reviews=4, cached=1, critical=1, high=2, silent=1, input_tokens=900, output_tokens=90, cost=7),
        a_day(ours, 1, reviews=2, cached=2, low=3, cached_input_tokens=5, seconds=2.5),
        a_day(ours, 0, ReviewStatus.FAILED, reviews=3, cost=1),
    )
    body = await stats(ours, "?days=2")
    assert (body["by_status"]["completed"], body["by_status"]["failed"], body["by_kind"]["review"]) == (6, 3, 9)
    assert body["findings"] == {"critical": 1, "high": 2, "medium": 0, "low": 3}
    assert (body["cost"], body["cached"], body["cache_rate"], body["silent"]) == (8, 3, 0.5, 1)
    assert body["tokens"] == {"input": 900, "cached_input": 5, "output": 90}
    assert [(day["completed"], day["failed"], day["findings"]) for day in body["days"]] == [(2, 0, 3), (4, 3, 3)]


async def test_days_before_the_first_are_left_out(ours: House) -> None:
    await kept(ours, a_day(ours, 2, reviews=5))
    assert (await stats(ours, "?days=2"))["by_status"]["completed"] == 0
    assert (await stats(ours, "?days=3"))["by_status"]["completed"] == 5


async def test_what_is_not_over_is_counted_as_it_is_now(ours: House) -> None:
    await ours.submit()
    await ours.change(await ours.submit(kind="architecture"), status=ReviewStatus.PROCESSING)
    body = await stats(ours)
    assert (body["by_status"]["pending"], body["by_status"]["processing"]) == (1, 1)
    assert (body["by_kind"]["review"], body["by_kind"]["architecture"]) == (1, 1)


async def test_percentiles_are_of_runs_and_not_of_cached_answers(ours: House) -> None:
    await ours.complete(await ours.submit(), seconds=4.0)
    await ours.complete(await ours.submit(fresh=True), seconds=2.0)
    await ours.submit()
    assert (await stats(ours))["seconds"] == {"p50": 2.0, "p95": 4.0, "p99": 4.0, "runs": 2}


def test_percentiles_are_of_the_nearest_rank() -> None:
    found = durations([float(number) for number in range(1, 101)])
    assert (found.p50, found.p95, found.p99, found.runs) == (50.0, 95.0, 99.0, 100)
    assert durations([3.0]).p99 == 3.0


async def test_another_workspace_has_numbers_of_its_own(ours: House) -> None:
    await kept(ours, a_day(ours, 0, reviews=4))
    await ours.submit()
    theirs = await stats(ours, name="eve")
    assert theirs["workspace_id"] == str(ours.elsewhere)
    assert sum(theirs["by_status"].values()) == 0
    refused = await ours.client.get(f"/api/stats?workspace={ours.home}", headers={"As": "eve"})
    assert refused.status_code == 404


@pytest.mark.parametrize("days", [0, 367, -1, "all"])
async def test_a_number_of_days_that_makes_no_sense_is_refused(ours: House, days: object) -> None:
    assert (await ours.client.get(f"/api/stats?days={days}")).status_code == 400


async def test_numbers_that_did_not_change_are_not_sent_again(ours: House) -> None:
    first = await ours.client.get("/api/stats")
    assert (await ours.client.get("/api/stats", headers={"If-None-Match": first.headers["etag"]})).status_code == 304


async def test_what_ends_is_added_to_its_day(ours: House) -> None:
    review_id = await ours.submit()
    await ours.complete(review_id, input_tokens=10, output_tokens=2, cost=5)

    def count_twice(session: Session) -> None:
        review = session.get_one(Review, review_id)
        count_ended(session, review, at=clock.now())
        count_ended(session, review, at=clock.now())

    await ours.database.write(count_twice)
    body = await stats(ours, "?days=1")
    assert (body["by_status"]["completed"], body["cost"], body["findings"]["high"]) == (2, 10, 2)
    assert body["days"][0]["seconds"] == 5.0

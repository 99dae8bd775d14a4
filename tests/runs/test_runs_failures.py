"""What becomes of a review whose run failed, by the error alone."""

import random
from datetime import timedelta
from pathlib import Path

import pytest

from foureyes.errors import (
    BudgetExceededError,
    DatabaseUnavailableError,
    InvalidRequestError,
    MalformedAnswerError,
    MalformedPatchError,
    ModelAuthError,
    ModelCreditError,
    ModelRateLimitError,
    ModelSettingsError,
    ModelTimeoutError,
    RemoteRefusedError,
    RemoteUnavailableError,
    StorageFullError,
    StoreError,
)
from foureyes.kit import clock
from foureyes.kit.ids import new_id
from foureyes.models.reviews import ReviewKind
from foureyes.reviews.request import FilesSource, ReviewRequest
from foureyes.runs.failures import Again, Final, sorted_out
from foureyes.runs.port import Claimed

MODEL = "provider:model"


def claimed(*, failures: int = 0, deferrals: int = 0, age: timedelta = timedelta(0)) -> Claimed:
    return Claimed(
        review_id=new_id(),
        workspace_id=new_id(),
        user_id=None,
        kind=ReviewKind.REVIEW,
        fence=1,
        request=ReviewRequest(kind=ReviewKind.REVIEW, source=FilesSource(files=())),
        failures=failures,
        crashes=0,
        deferrals=deferrals,
        created_at=clock.now() - age,
    )


def verdict(error: Exception, one: Claimed | None = None) -> Again | Final:
    return sorted_out(error, one or claimed(), now=clock.now(), rng=random.Random(1))


@pytest.mark.parametrize(
    "error",
    [
        ModelRateLimitError(MODEL, "slow down", retry_after=timedelta(seconds=30)),
        ModelTimeoutError(MODEL, "nothing came"),
        RemoteUnavailableError(["fetch"], 128, "could not resolve host"),
        DatabaseUnavailableError("connection refused"),
        StorageFullError("disk is full"),
    ],
)
def test_what_a_later_moment_may_mend_is_put_off(error: Exception) -> None:
    again = verdict(error)
    assert isinstance(again, Again)
    assert again.deferred
    assert again.sentence == str(error)


@pytest.mark.parametrize(
    "error",
    [
        MalformedPatchError("it is none"),
        InvalidRequestError("no"),
        RemoteRefusedError(["clone"], 128, "not found"),
        BudgetExceededError(MODEL, needed=2, left=1),
    ],
)
def test_what_nothing_mends_ends_at_once_and_is_no_dead_letter(error: Exception) -> None:
    assert verdict(error) == Final(error.error_code, str(error))


@pytest.mark.parametrize(
    "error", [ModelAuthError(MODEL, "no"), ModelSettingsError(MODEL, "no"), ModelCreditError(MODEL, "no")]
)
def test_what_an_operator_mends_becomes_a_dead_letter(error: Exception) -> None:
    assert verdict(error) == Final(error.error_code, str(error), dead=True)


def test_anything_else_is_tried_three_times() -> None:
    error = MalformedAnswerError(MODEL, "not the schema")
    first, second, third = (verdict(error, claimed(failures=failures)) for failures in (0, 1, 2))
    assert isinstance(first, Again)
    assert isinstance(second, Again)
    assert not first.deferred
    assert third == Final("malformed-answer", f"It failed 3 times, at last so: {error}", dead=True, counts=True)


def test_attempts_are_further_and_further_apart_and_spread() -> None:
    waits = [verdict(StoreError(Path("x"), "no"), claimed(failures=failures)) for failures in (0, 1)]
    first, second = (again.wait.total_seconds() for again in waits if isinstance(again, Again))
    assert 2.5 <= first <= 5
    assert 5 <= second <= 10


def test_a_defect_is_told_without_its_words() -> None:
    again = verdict(RuntimeError("password=hunter2"))
    assert isinstance(again, Again)
    assert again.code == "internal"
    assert "hunter2" not in again.sentence


@pytest.mark.parametrize("deferrals", [0, 3, 500])
def test_nobody_is_asked_again_before_the_time_it_named(deferrals: int) -> None:
    wish = timedelta(seconds=90)
    again = verdict(ModelRateLimitError(MODEL, "slow", retry_after=wish), claimed(deferrals=deferrals))
    assert isinstance(again, Again)
    assert wish <= again.wait <= 2 * wish


def test_a_wish_for_a_week_is_not_granted() -> None:
    again = verdict(ModelRateLimitError(MODEL, "slow", retry_after=timedelta(days=7)))
    assert isinstance(again, Again)
    assert again.wait <= timedelta(hours=2)


@pytest.mark.parametrize(("deferrals", "least", "most"), [(0, 7.5, 15), (2, 30, 60), (40, 450, 900)])
def test_without_a_wish_deferrals_grow_to_a_quarter_of_an_hour(deferrals: int, least: float, most: float) -> None:
    again = verdict(ModelTimeoutError(MODEL, "nothing came"), claimed(deferrals=deferrals))
    assert isinstance(again, Again)
    assert least <= again.wait.total_seconds() <= most


def test_deferrals_end_after_a_day() -> None:
    final = verdict(ModelTimeoutError(MODEL, "nothing came"), claimed(age=timedelta(hours=25)))
    assert isinstance(final, Final)
    assert final.dead
    assert "put off for 24 hours" in final.sentence

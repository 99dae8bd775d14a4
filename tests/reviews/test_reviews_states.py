"""Which status may follow which."""

import pytest

from foureyes.models.reviews import ReviewStatus
from foureyes.reviews.states import OPEN, RETRYABLE, WAITING, may_follow


@pytest.mark.parametrize("status", list(ReviewStatus))
def test_every_status_has_its_rules(status: ReviewStatus) -> None:
    assert isinstance(may_follow(status, ReviewStatus.PENDING), bool)


@pytest.mark.parametrize("status", list(ReviewStatus))
def test_what_is_completed_or_superseded_stays_so(status: ReviewStatus) -> None:
    assert not may_follow(ReviewStatus.COMPLETED, status)
    assert not may_follow(ReviewStatus.SUPERSEDED, status)


@pytest.mark.parametrize("status", [ReviewStatus.FAILED, ReviewStatus.CANCELLED])
def test_what_failed_or_was_cancelled_can_only_begin_again(status: ReviewStatus) -> None:
    assert [after for after in ReviewStatus if may_follow(status, after)] == [ReviewStatus.PENDING]


def test_nothing_is_completed_that_was_not_processed() -> None:
    before = [status for status in ReviewStatus if may_follow(status, ReviewStatus.COMPLETED)]
    assert before == [ReviewStatus.PROCESSING]


def test_only_a_running_review_is_deferred() -> None:
    before = [status for status in ReviewStatus if may_follow(status, ReviewStatus.DEFERRED)]
    assert before == [ReviewStatus.PROCESSING]


@pytest.mark.parametrize("status", sorted(OPEN))
def test_whatever_is_open_can_be_cancelled_superseded_or_fail(status: ReviewStatus) -> None:
    for after in (ReviewStatus.CANCELLED, ReviewStatus.SUPERSEDED, ReviewStatus.FAILED):
        assert may_follow(status, after)


def test_the_sets_are_those_that_the_design_names() -> None:
    assert sorted(OPEN) == ["deferred", "pending", "processing"]
    assert sorted(WAITING) == ["deferred", "pending"]
    assert sorted(RETRYABLE) == ["cancelled", "failed"]

"""What a review that runs in a child adds to the numbers of its worker: its end, and nothing for progress."""

import pytest

from foureyes.kit import metrics
from foureyes.kit.bus import News
from foureyes.models.reviews import ReviewStatus
from foureyes.worker.isolated import _count


def ended(status: str) -> float:
    labels = {"kind": "debug", "status": status}
    return metrics.REGISTRY.get_sample_value("foureyes_reviews_ended_total", labels) or 0


@pytest.mark.parametrize("status", ReviewStatus)
def test_an_end_in_a_child_is_counted_by_its_worker(status: ReviewStatus) -> None:
    before = ended(status)
    _count(News(("review:1",), "review.changed", {"kind": "debug", "status": str(status)}))
    assert ended(status) - before == int(status.ended)


def test_progress_is_no_end() -> None:
    before = ended("completed")
    _count(News(("review:1",), "review.progress", {"stage": "ask", "status": "completed"}))
    assert ended("completed") == before

"""Which status may follow which, without a database: asked before every change of a review."""

from collections.abc import Mapping
from types import MappingProxyType

from foureyes.models.reviews import ReviewStatus

_AFTER: Mapping[ReviewStatus, frozenset[ReviewStatus]] = MappingProxyType(
    {
        ReviewStatus.PENDING: frozenset(
            {ReviewStatus.PROCESSING, ReviewStatus.CANCELLED, ReviewStatus.SUPERSEDED, ReviewStatus.FAILED}
        ),
        # Claimed again after its worker died, given back by one that drains, or ended in any way.
        ReviewStatus.PROCESSING: frozenset(
            {
                ReviewStatus.PROCESSING,
                ReviewStatus.PENDING,
                ReviewStatus.DEFERRED,
                ReviewStatus.COMPLETED,
                ReviewStatus.FAILED,
                ReviewStatus.CANCELLED,
                ReviewStatus.SUPERSEDED,
            }
        ),
        ReviewStatus.DEFERRED: frozenset(
            {
                ReviewStatus.PROCESSING,
                ReviewStatus.PENDING,
                ReviewStatus.CANCELLED,
                ReviewStatus.SUPERSEDED,
                ReviewStatus.FAILED,
            }
        ),
        # Retried by a person, or put into the queue again by an operator.
        ReviewStatus.FAILED: frozenset({ReviewStatus.PENDING}),
        ReviewStatus.CANCELLED: frozenset({ReviewStatus.PENDING}),
        ReviewStatus.COMPLETED: frozenset(),
        ReviewStatus.SUPERSEDED: frozenset(),
    }
)

OPEN = frozenset(status for status in ReviewStatus if not status.ended)
"""Those that are not over."""
WAITING = OPEN - {ReviewStatus.PROCESSING}
"""Those that no worker holds: they may be ended at once."""
RETRYABLE = frozenset(status for status, after in _AFTER.items() if status.ended and ReviewStatus.PENDING in after)


def may_follow(before: ReviewStatus, after: ReviewStatus) -> bool:
    """Whether a review may go from one status to the other."""
    return after in _AFTER[before]

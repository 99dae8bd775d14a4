"""What can go wrong with reviews, in words for people."""

from foureyes.errors import ConflictError, InvalidRequestError
from foureyes.models.reviews import ReviewStatus

_WHY_NOT = {
    ReviewStatus.COMPLETED: "ask for another, with `fresh` for a new run",
    ReviewStatus.SUPERSEDED: "a newer review has taken its place",
}


class ReviewEndedError(ConflictError):
    """It can't be cancelled: it is over."""

    def __init__(self, status: ReviewStatus) -> None:
        self.review_status = status
        super().__init__(f"This review is {status} already: there is nothing left to cancel.")


class NotRetryableError(ConflictError):
    def __init__(self, status: ReviewStatus) -> None:
        self.review_status = status
        super().__init__(f"This review is {status}: {_WHY_NOT.get(status, 'wait for its end')}.")


class SourcesGoneError(ConflictError):
    """What was sent for a review was removed after its time (`reviews.retention`)."""

    def __init__(self) -> None:
        super().__init__("What was sent for this review is kept no longer: send it again, as a new review.")


class ReportNotReadyError(ConflictError):
    """There is no result to make a report of, or none yet."""

    def __init__(self, status: ReviewStatus) -> None:
        self.review_status = status
        hint = "retry it first" if status.ended else "wait until it is completed"
        super().__init__(f"This review is {status} and has no report: {hint}.")


class BadArchiveError(InvalidRequestError):
    """An archive that can't be read, or that holds what no archive of sources holds."""

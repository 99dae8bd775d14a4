"""What a run is made of: the claimed review, the carrier that does the work, and the outcome that is stored."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from foureyes.engine.values import OnProgress
from foureyes.models.reviews import Review, ReviewKind
from foureyes.reviews.request import ReviewRequest


@dataclass(frozen=True, slots=True)
class Claimed:
    """A review that this process may carry out, as long as nobody claims it with a higher fence."""

    review_id: UUID
    workspace_id: UUID
    user_id: UUID | None
    kind: ReviewKind
    fence: int
    request: ReviewRequest
    failures: int
    crashes: int
    deferrals: int
    created_at: datetime
    request_id: str | None = None
    """The request that asked for it; every line that the run logs names it."""
    trace_parent: str = ""
    """The span that asked for it, which the run's spans go on from (`kit.tracing.continued`)."""


class Outcome(Protocol):
    """What came of a run that reached its end."""

    def store(self, session: Session, review: Review, *, at: datetime) -> None:
        """Write everything into the transaction that completes the review: columns, findings, ledger, blob, counts.

        The status is not touched: whoever calls this checks the fence and sets it.
        """
        ...


class Carrier(Protocol):
    """Does the work of a review. It writes nothing of the review itself: what it buys of models is in the ledger."""

    async def carry_out(self, claimed: Claimed, *, on_progress: OnProgress) -> Outcome:
        """The outcome.

        Raises:
            ModelUnavailableError, RemoteUnavailableError: a later moment may help; the review is deferred, which
                counts as no failure. `retry_after` says when, where it is known.
            UsageError, RequestError, ModelAuthError, ModelSettingsError, BudgetExceededError: trying again is no use.
            FoureyesError: anything else is a failure and is tried again.
        """
        ...

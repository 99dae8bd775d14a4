"""Reviews as they are shown."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from foureyes.engine.values import Stage, Verdict
from foureyes.findings.schemas import FindingView
from foureyes.models.reviews import Review, ReviewFile, ReviewKind, ReviewStatus, StatusChange, Trigger
from foureyes.reviews.request import FilesSource, PatchSource, RepositorySource, ReviewRequest

EXAMPLE_ID = "019aa7c3-5b6a-7d2e-8f43-1c2d3e4f5a6b"


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class ReviewLinks(_View):
    """Where to go on from a review; `topic` is what to subscribe to on the socket."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True, validate_by_name=True)

    itself: str = Field(alias="self")
    report: str
    findings: str
    cancel: str
    retry: str
    events: str = Field(description="The live socket.")
    topic: str

    @classmethod
    def of(cls, review_id: UUID) -> Self:
        at = f"/api/reviews/{review_id}"
        below = {name: f"{at}/{name}" for name in ("report", "findings", "cancel", "retry")}
        return cls.model_validate({"self": at, **below, "events": "/ws", "topic": f"review:{review_id}"})


class ReviewAccepted(_View):
    """A review that is kept from now on, whatever crashes."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "id": EXAMPLE_ID,
                    "kind": "review",
                    "status": "pending",
                    "cached": False,
                    "links": ReviewLinks.of(UUID(EXAMPLE_ID)).model_dump(),
                }
            ]
        },
    )

    id: UUID
    kind: ReviewKind
    status: ReviewStatus
    cached: bool = Field(description="Answered at once, from an equal review that was completed within a day.")
    links: ReviewLinks


class ReviewFailure(_View):
    """Why a review failed, or why its last attempt did."""

    code: str
    detail: str


class Tokens(_View):
    """What models read and wrote; `cached_input` is a part of `input`."""

    input: int
    cached_input: int
    output: int


class ReviewSummary(_View):
    """A review in a list."""

    id: UUID
    kind: ReviewKind
    trigger: Trigger
    status: ReviewStatus
    title: str
    repository: str = Field(description="Empty for code that was sent.")
    language: str
    line: str | None = Field(description="What `supersedes` said.")
    stage: Stage | None = Field(description="While it is processed.")
    done: int = Field(description="Parts of the stage that are done.")
    total: int = Field(description="Parts of the stage in all; 0: not known.")
    error: ReviewFailure | None
    verdict: Verdict | None
    headline: str
    finding_count: int = Field(description="How many findings are shown.")
    severities: dict[str, int]
    model: str
    input_tokens: int
    output_tokens: int
    cost: int | None = Field(description="Micro-dollars; null where no price is known, or no model was asked.")
    cached: bool
    superseded_by: UUID | None
    created_at: datetime
    not_before: datetime | None = Field(description="When a review that was put off is tried next.")
    started_at: datetime | None
    finished_at: datetime | None
    seconds: float | None
    links: ReviewLinks


class ReviewPage(_View):
    """One page, newest first. `next` is the path of the page after this one."""

    reviews: list[ReviewSummary]
    next_cursor: str | None
    next: str | None


class StatusView(_View):
    """A status, and since when."""

    status: ReviewStatus
    reason: str
    at: datetime


class LedgerEntry(_View):
    """What became of one file, and who looked at it."""

    path: str
    coverage: str
    reason: str
    expected: bool
    by: list[str]
    hunks: list[dict[str, JsonValue]]


class SourceView(_View):
    """One content that was sent. It is at `/api/reviews/{id}/sources/` and the digest."""

    path: str
    digest: str


class ReviewView(ReviewSummary):
    """Everything about a review but the code."""

    workspace_id: UUID
    user_id: UUID | None
    description: str
    tokens: Tokens
    model_calls: int
    cancel_asked_at: datetime | None
    request_id: str | None = Field(description="Of the HTTP request that asked for it; lines of the log name it too.")
    changes: list[StatusView] = Field(description="Every status that it has had, the first one first.")
    findings: list[FindingView] = Field(description="The worst first; with those that are not shown.")
    ledger: list[LedgerEntry]
    sources: list[SourceView]


class FindingList(_View):
    """The findings of one review."""

    review_id: UUID
    findings: list[FindingView]


def accepted(review: Review) -> ReviewAccepted:
    return ReviewAccepted(
        id=review.id, kind=review.kind, status=review.status, cached=review.cached, links=ReviewLinks.of(review.id)
    )


def summary(row: Any) -> ReviewSummary:  # noqa: ANN401  # A review, or a row with the columns that a list shows.
    return ReviewSummary.model_validate(_summed(row))


def view(
    review: Review,
    changes: Sequence[StatusChange],
    findings: Sequence[FindingView],
    ledger: Sequence[ReviewFile],
) -> ReviewView:
    request = ReviewRequest.model_validate(review.request)
    return ReviewView.model_validate(
        {
            **_summed(review),
            "workspace_id": review.workspace_id,
            "user_id": review.user_id,
            "description": request.description,
            "tokens": Tokens(
                input=review.input_tokens, cached_input=review.cached_input_tokens, output=review.output_tokens
            ),
            "model_calls": review.model_calls,
            "cancel_asked_at": review.cancel_asked_at,
            "request_id": review.request_id,
            "changes": [StatusView.model_validate(change) for change in changes],
            "findings": findings,
            "ledger": [_entry(file) for file in ledger],
            "sources": [SourceView(path=path, digest=digest) for path, digest in named_sources(request)],
        }
    )


def named_sources(request: ReviewRequest) -> list[tuple[str, str]]:
    """Everything that was sent for a review, by name and digest; patch and error have names of their own."""
    named: list[tuple[str, str]] = []
    match request.source:
        case FilesSource(files=files):
            named = [(file.path, file.digest) for file in files]
        case PatchSource(digest=digest, files=files):
            named = [("change.patch", digest), *((file.path, file.digest) for file in files)]
        case RepositorySource():
            pass
    return [*named, ("error.txt", request.error_digest)] if request.error_digest else named


def _summed(row: Any) -> Mapping[str, object]:  # noqa: ANN401  # As for `summary`.
    own = {name for name in ReviewSummary.model_fields if name not in _MADE}
    return {
        **{name: getattr(row, name) for name in own},
        "stage": row.stage or None,
        "verdict": row.verdict or None,
        "error": ReviewFailure(code=row.error_code, detail=row.error) if row.error_code or row.error else None,
        "finding_count": row.findings,
        "links": ReviewLinks.of(row.id),
    }


_MADE = frozenset({"stage", "verdict", "error", "finding_count", "links"})


def _entry(file: ReviewFile) -> LedgerEntry:
    return LedgerEntry(
        path=file.path,
        coverage=file.coverage,
        reason=file.reason,
        expected=file.expected,
        by=file.by,
        hunks=list(file.hunks.get("hunks", [])),
    )

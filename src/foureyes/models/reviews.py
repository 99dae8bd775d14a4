"""Reviews: the row that is the truth about each, its states, its ledger, and counts by day."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from foureyes.kit.database.base import Base, short, word


class ReviewKind(StrEnum):
    REVIEW = "review"
    DEBUG = "debug"
    ARCHITECTURE = "architecture"
    FIX = "fix"


class ReviewStatus(StrEnum):
    """Where a review is. Nothing else, and always one of them."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    DEFERRED = "deferred"

    @property
    def ended(self) -> bool:
        return self in _ENDED


_ENDED = frozenset({ReviewStatus.COMPLETED, ReviewStatus.FAILED, ReviewStatus.CANCELLED, ReviewStatus.SUPERSEDED})


class Trigger(StrEnum):
    """What asked for a review."""

    REST = "rest"
    PAGE = "page"
    WEBHOOK = "webhook"
    COMMENT = "comment"
    SCHEDULE = "schedule"
    RETRY = "retry"


class Review(Base):
    """One run over one change. Every write of a running review names its `fence`: a worker that lost it is ignored."""

    __tablename__ = "reviews"
    __table_args__ = (
        # Newest first, a page by key, within one workspace: the history.
        Index("ix_reviews_workspace_id_id", "workspace_id", "id"),
        # The same with one filter: a rare word must not be looked for among a million rows.
        Index("ix_reviews_workspace_id_status_id", "workspace_id", "status", "id"),
        Index("ix_reviews_workspace_id_kind_id", "workspace_id", "kind", "id"),
        Index(
            "ix_reviews_workspace_id_language_id",
            "workspace_id",
            "language",
            "id",
            postgresql_where=text("language <> ''"),
            sqlite_where=text("language <> ''"),
        ),
        Index(
            "ix_reviews_workspace_id_repository_id",
            "workspace_id",
            "repository",
            "id",
            postgresql_where=text("repository <> ''"),
            sqlite_where=text("repository <> ''"),
        ),
        # Those that are not over are few among millions.
        Index(
            "ix_reviews_open",
            "status",
            "kind",
            "workspace_id",
            "id",
            postgresql_where=text("status IN ('pending', 'processing', 'deferred')"),
            sqlite_where=text("status IN ('pending', 'processing', 'deferred')"),
        ),
        Index(
            "ix_reviews_dead",
            "dead_at",
            postgresql_where=text("dead_at IS NOT NULL"),
            sqlite_where=text("dead_at IS NOT NULL"),
        ),
        Index("ix_reviews_workspace_id_request_digest", "workspace_id", "request_digest"),
        Index(
            "ix_reviews_workspace_id_line",
            "workspace_id",
            "line",
            postgresql_where=text("line IS NOT NULL"),
            sqlite_where=text("line IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    kind: Mapped[ReviewKind] = mapped_column(word(ReviewKind))
    trigger: Mapped[Trigger] = mapped_column(word(Trigger))
    status: Mapped[ReviewStatus] = mapped_column(word(ReviewStatus))

    title: Mapped[str] = mapped_column(short(300), default="")
    repository: Mapped[str] = mapped_column(short(500), default="")
    """The address of the repository, without credentials; empty for pasted code."""
    language: Mapped[str] = mapped_column(short(40), default="")
    """The main language of what is reviewed, as `code.languages` names it; empty until it is known."""
    request: Mapped[dict[str, Any]]
    """`reviews.request.ReviewRequest` as JSON."""
    request_digest: Mapped[str] = mapped_column(short(64), default="")
    """Equal for two requests whose results must be equal."""
    line: Mapped[str | None] = mapped_column(short(300))
    """What a newer review replaces an older one of, such as one pull request; None: nothing replaces it."""
    request_id: Mapped[str | None] = mapped_column(short(100))
    """The id of the HTTP request that asked for it, which its run's lines in the log name as well."""
    trace_parent: Mapped[str | None] = mapped_column(short(60))
    """The span that asked for it, as a W3C `traceparent`: its run goes on with that trace, in whichever process."""

    fence: Mapped[int] = mapped_column(default=0)
    """Raised by each claim."""
    worker_id: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    crashes: Mapped[int] = mapped_column(default=0)
    """How often its worker died while it ran."""
    deferrals: Mapped[int] = mapped_column(default=0)
    cancel_asked_at: Mapped[datetime | None]
    superseded_by: Mapped[UUID | None]
    stage: Mapped[str] = mapped_column(short(24), default="")
    """`engine.values.Stage`, while it runs."""
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)

    error_code: Mapped[str] = mapped_column(short(60), default="")
    error: Mapped[str] = mapped_column(Text, default="")
    """One sentence for people, with what to do."""
    dead_at: Mapped[datetime | None]
    """A dead letter: its retries are used up, and an operator may put it into the queue again."""

    verdict: Mapped[str] = mapped_column(short(24), default="")
    headline: Mapped[str] = mapped_column(Text, default="")
    findings: Mapped[int] = mapped_column(default=0)
    """How many are shown."""
    severities: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """How many of each severity are shown."""
    model: Mapped[str] = mapped_column(short(120), default="")
    input_tokens: Mapped[int] = mapped_column(default=0)
    cached_input_tokens: Mapped[int] = mapped_column(default=0)
    output_tokens: Mapped[int] = mapped_column(default=0)
    model_calls: Mapped[int] = mapped_column(default=0)
    cost: Mapped[int | None]
    """Micro-dollars; None where no price is known, or nothing was asked."""
    cached: Mapped[bool] = mapped_column(default=False)
    """Answered from an equal review that had been completed before."""
    result_digest: Mapped[str | None] = mapped_column(short(64))
    """The blob that holds the whole result (`engine.reports.stored`)."""

    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    seconds: Mapped[float | None]
    """From its last claim to its end."""


class StatusChange(Base):
    """One step in the life of a review."""

    __tablename__ = "status_changes"
    __table_args__ = (Index("ix_status_changes_review_id_id", "review_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    review_id: Mapped[UUID] = mapped_column(ForeignKey("reviews.id", ondelete="CASCADE"))
    status: Mapped[ReviewStatus] = mapped_column(word(ReviewStatus))
    fence: Mapped[int]
    worker_id: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]


class ReviewFile(Base):
    """The ledger's line for one file of a review: what became of it, and why."""

    __tablename__ = "review_files"
    __table_args__ = (Index("ix_review_files_workspace_id", "workspace_id"),)

    review_id: Mapped[UUID] = mapped_column(ForeignKey("reviews.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    path: Mapped[str] = mapped_column(Text)
    coverage: Mapped[str] = mapped_column(short(24))
    reason: Mapped[str] = mapped_column(Text, default="")
    expected: Mapped[bool]
    by: Mapped[list[str]]
    hunks: Mapped[dict[str, Any]]
    """`{"hunks": [{"header", "coverage", "reason"}]}`."""


class IdempotencyKey(Base):
    """A client's word that two requests are one; kept for a day."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("ix_idempotency_keys_created_at", "created_at"),)

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(short(200), primary_key=True)
    body_digest: Mapped[str] = mapped_column(short(64))
    review_id: Mapped[UUID] = mapped_column(ForeignKey("reviews.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]


class ReviewDay(Base):
    """What ended on one day (UTC), added up when it does: charts never count rows of reviews."""

    __tablename__ = "review_days"

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    kind: Mapped[ReviewKind] = mapped_column(word(ReviewKind), primary_key=True)
    status: Mapped[ReviewStatus] = mapped_column(word(ReviewStatus), primary_key=True)
    reviews: Mapped[int] = mapped_column(default=0)
    cached: Mapped[int] = mapped_column(default=0)
    critical: Mapped[int] = mapped_column(default=0)
    high: Mapped[int] = mapped_column(default=0)
    medium: Mapped[int] = mapped_column(default=0)
    low: Mapped[int] = mapped_column(default=0)
    silent: Mapped[int] = mapped_column(default=0)
    """How many had nothing to say."""
    input_tokens: Mapped[int] = mapped_column(default=0)
    cached_input_tokens: Mapped[int] = mapped_column(default=0)
    output_tokens: Mapped[int] = mapped_column(default=0)
    cost: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[float] = mapped_column(default=0.0)

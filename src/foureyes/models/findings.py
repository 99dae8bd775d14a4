"""Findings as they were said, and what people think of them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foureyes.kit.database.base import Base, short, word


class StoredFinding(Base):
    """One remark of one review (`engine.values.Finding`)."""

    __tablename__ = "findings"
    __table_args__ = (
        Index("ix_findings_review_id_position", "review_id", "position"),
        Index("ix_findings_workspace_id_fingerprint", "workspace_id", "fingerprint"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    review_id: Mapped[UUID] = mapped_column(ForeignKey("reviews.id", ondelete="CASCADE"))
    position: Mapped[int]
    """The worst first, as the report has them."""
    shown: Mapped[bool]
    """False for what is true, but under the floor or over the cap."""
    path: Mapped[str] = mapped_column(Text)
    start_line: Mapped[int]
    end_line: Mapped[int]
    side: Mapped[str] = mapped_column(short(8))
    severity: Mapped[str] = mapped_column(short(16))
    category: Mapped[str] = mapped_column(short(40))
    source: Mapped[str] = mapped_column(short(60))
    rule: Mapped[str] = mapped_column(short(120))
    title: Mapped[str] = mapped_column(Text)
    explanation: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(Text)
    suggestion: Mapped[dict[str, Any] | None]
    confidence: Mapped[float]
    fingerprint: Mapped[str] = mapped_column(short(64))
    state: Mapped[str] = mapped_column(short(24))
    also: Mapped[list[str]]
    url: Mapped[str | None] = mapped_column(Text)
    trace: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]


class FeedbackWord(StrEnum):
    ACCEPTED = "accepted"
    IGNORED = "ignored"
    HELPFUL = "helpful"
    UNHELPFUL = "unhelpful"

    @property
    def question(self) -> str:
        """What it answers: whether it was acted on, or whether it was worth saying."""
        return "decision" if self in (FeedbackWord.ACCEPTED, FeedbackWord.IGNORED) else "worth"


class Feedback(Base):
    """What one person says of one finding: one answer to each question, the last one counts."""

    __tablename__ = "feedback"
    __table_args__ = (
        UniqueConstraint("finding_id", "user_id", "question"),
        Index("ix_feedback_workspace_id", "workspace_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    finding_id: Mapped[UUID] = mapped_column(ForeignKey("findings.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    question: Mapped[str] = mapped_column(short(16))
    word: Mapped[FeedbackWord] = mapped_column(word(FeedbackWord))
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]

"""Calls of models: one row for each attempt on the wire; and settled answers, so that none is bought twice."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from foureyes.kit.database.base import Base, short


class ModelCall(Base):
    """`llm.port.AttemptRow`, with whose it was."""

    __tablename__ = "model_calls"
    __table_args__ = (
        Index("ix_model_calls_workspace_id_id", "workspace_id", "id"),
        Index("ix_model_calls_review_id", "review_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    review_id: Mapped[UUID | None] = mapped_column(ForeignKey("reviews.id", ondelete="SET NULL"))
    fence: Mapped[int]
    purpose: Mapped[str] = mapped_column(short(24))
    model: Mapped[str] = mapped_column(short(120))
    outcome: Mapped[str] = mapped_column(short(24))
    input_tokens: Mapped[int]
    cached_input_tokens: Mapped[int]
    cache_written_tokens: Mapped[int]
    output_tokens: Mapped[int]
    cost: Mapped[int | None]
    key: Mapped[str] = mapped_column(short(100))
    """The key of the answer in `model_cache`."""
    attempt: Mapped[int]
    reason: Mapped[str] = mapped_column(Text, default="")
    started_at: Mapped[datetime]
    seconds: Mapped[float]


class CachedAnswer(Base):
    """One settled answer, for one workspace: what it says quotes that workspace's code."""

    __tablename__ = "model_cache"
    __table_args__ = (Index("ix_model_cache_expires_at", "expires_at"),)

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(short(100), primary_key=True)
    answer: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    hits: Mapped[int] = mapped_column(default=0)

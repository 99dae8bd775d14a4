"""What a workspace has used in a month, and money that is set aside for calls in flight."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from foureyes.kit.database.base import Base, short


class Usage(Base):
    """One workspace in one calendar month (UTC). Spent and reserved together never exceed the workspace's budget."""

    __tablename__ = "usage"

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True)
    month: Mapped[str] = mapped_column(short(7), primary_key=True)
    """`2026-11`."""
    reviews: Mapped[int] = mapped_column(default=0)
    calls: Mapped[int] = mapped_column(default=0)
    input_tokens: Mapped[int] = mapped_column(default=0)
    cached_input_tokens: Mapped[int] = mapped_column(default=0)
    output_tokens: Mapped[int] = mapped_column(default=0)
    spent: Mapped[int] = mapped_column(default=0)
    """Micro-dollars."""
    reserved: Mapped[int] = mapped_column(default=0)
    """Micro-dollars: the sum of this month's reservations."""


class Reservation(Base):
    """The most that one call in flight can cost. One whose worker died counts as spent: the provider may bill it."""

    __tablename__ = "reservations"
    __table_args__ = (Index("ix_reservations_review_id", "review_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    month: Mapped[str] = mapped_column(short(7))
    review_id: Mapped[UUID] = mapped_column(ForeignKey("reviews.id", ondelete="CASCADE"))
    fence: Mapped[int]
    amount: Mapped[int]
    made_at: Mapped[datetime]

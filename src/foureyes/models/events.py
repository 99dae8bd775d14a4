"""What happened, in the order in which it did: the activity feed. Rows are added and never changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from foureyes.kit.database.base import Base, short


class Event(Base):
    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_workspace_id_id", "workspace_id", "id"),
        Index("ix_events_at", "at"),
        # Without it, each review that is deleted would be looked for in all events.
        Index("ix_events_review_id", "review_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID | None] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    """None for what concerns the whole installation."""
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    """None where nobody did it: a worker, a sweeper, a webhook."""
    verb: Mapped[str] = mapped_column(short(60))
    """`noun.happened`, such as `review.submitted`."""
    review_id: Mapped[UUID | None] = mapped_column(ForeignKey("reviews.id", ondelete="SET NULL"))
    facts: Mapped[dict[str, Any]]
    at: Mapped[datetime]

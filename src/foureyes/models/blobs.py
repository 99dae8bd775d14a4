"""Content-addressed blobs: what was reviewed, and what came of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, deferred, mapped_column

from foureyes.kit.database.base import Base, short


class Blob(Base):
    """Bytes by the SHA-256 of what they were before zstd. One workspace never learns what another has stored."""

    __tablename__ = "blobs"
    __table_args__ = (Index("ix_blobs_used_at", "used_at"),)

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str] = mapped_column(short(64), primary_key=True)
    size: Mapped[int]
    """Bytes before compression."""
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]
    """When a review last named it; what nobody has named for long is removed."""

"""Workers that are, or were, at work: for the operator, and to tell whose leases are dead."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from foureyes.kit.database.base import Base, short


class WorkerRow(Base):
    __tablename__ = "workers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """Made anew by each process."""
    host: Mapped[str] = mapped_column(short(200))
    pid: Mapped[int]
    version: Mapped[str] = mapped_column(short(40))
    kinds: Mapped[list[str]]
    slots: Mapped[int]
    running: Mapped[int] = mapped_column(default=0)
    draining: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]

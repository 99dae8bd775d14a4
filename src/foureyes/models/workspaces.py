"""Workspaces, the tenants; and who belongs to them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from foureyes.kit.database.base import Base, short, word


class Role(StrEnum):
    """What a member may do; each may do what those after it may."""

    OWNER = "owner"
    ADMIN = "admin"
    DEVELOPER = "developer"
    VIEWER = "viewer"


class Workspace(Base):
    """The tenant: whatever belongs to someone belongs to one of these."""

    __tablename__ = "workspaces"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(short(100))
    personal: Mapped[bool] = mapped_column(default=False)
    """The one that every account begins with."""
    created_at: Mapped[datetime]
    monthly_budget: Mapped[int | None]
    """Micro-dollars that models may cost in a calendar month (UTC); None: no limit of its own."""


class Membership(Base):
    __tablename__ = "memberships"
    __table_args__ = (Index("ix_memberships_user_id", "user_id"),)

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[Role] = mapped_column(word(Role))
    joined_at: Mapped[datetime]

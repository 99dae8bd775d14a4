"""Accounts: people, their sign-ins with the refresh tokens of each, and keys for programs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from foureyes.kit.database.base import Base, short


class User(Base):
    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(short(254), unique=True)
    """In lower case: it is what people log in with."""
    name: Mapped[str] = mapped_column(short(100))
    password_hash: Mapped[str | None] = mapped_column(short(255))
    """argon2id in its own text form; None for whoever comes from elsewhere."""
    operator: Mapped[bool] = mapped_column(default=False)
    """Runs this installation: sees the queue of all workspaces. The first account is one."""
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    last_login_at: Mapped[datetime | None]


class SignIn(Base):
    """One log-in on one device: the family of refresh tokens that follow from it."""

    __tablename__ = "sign_ins"
    __table_args__ = (Index("ix_sign_ins_user_id", "user_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_why: Mapped[str] = mapped_column(short(40), default="")
    user_agent: Mapped[str] = mapped_column(short(200), default="")
    address: Mapped[str] = mapped_column(short(64), default="")


class RefreshToken(Base):
    """One token of a family: used once, then replaced. One that is used twice was stolen, and ends the family."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (Index("ix_refresh_tokens_sign_in_id", "sign_in_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sign_in_id: Mapped[UUID] = mapped_column(ForeignKey("sign_ins.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(short(64), unique=True)
    """SHA-256 of the token, hexadecimal."""
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[str] = mapped_column(short(64), default="")
    """SHA-256 of the user agent that used it, by which a second tab of one browser is told from a thief."""


class ApiKey(Base):
    """A key for programs, for one workspace, on behalf of one member."""

    __tablename__ = "api_keys"
    __table_args__ = (Index("ix_api_keys_workspace_id", "workspace_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(short(100))
    prefix: Mapped[str] = mapped_column(short(16))
    """The first characters, by which people tell their keys apart."""
    digest: Mapped[str] = mapped_column(short(64), unique=True)
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

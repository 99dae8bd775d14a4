"""SQL of API keys."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from foureyes.models.accounts import ApiKey, User


def add_key(session: Session, key: ApiKey) -> None:
    session.add(key)
    session.flush()


def key_by_id(session: Session, key_id: UUID) -> ApiKey | None:
    return session.get(ApiKey, key_id)


def keys_of(session: Session, user_id: UUID, workspace_ids: Sequence[UUID]) -> Sequence[ApiKey]:
    """The user's keys for these workspaces that were not revoked, the newest first."""
    query = select(ApiKey).where(
        ApiKey.user_id == user_id, ApiKey.workspace_id.in_(workspace_ids), ApiKey.revoked_at.is_(None)
    )
    return session.scalars(query.order_by(ApiKey.id.desc())).all()


def count_keys(session: Session, user_id: UUID) -> int:
    """How many keys of the user were not revoked."""
    query = select(func.count()).where(ApiKey.user_id == user_id, ApiKey.revoked_at.is_(None))
    return session.scalar(query) or 0


def valid_key(session: Session, *, at: datetime, digest: str = "", key_id: UUID | None = None) -> ApiKey | None:
    """The key with this digest or id, unless it has expired, was revoked, or its user was disabled."""
    named = ApiKey.id == key_id if key_id is not None else ApiKey.digest == digest
    return session.scalar(
        select(ApiKey)
        .join(User, User.id == ApiKey.user_id)
        .where(
            named,
            ApiKey.revoked_at.is_(None),
            or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > at),
            User.disabled_at.is_(None),
        )
    )


def revoke_key(session: Session, key_id: UUID, *, at: datetime) -> bool:
    """Whether it was this call that revoked the key."""
    revoked = session.execute(
        update(ApiKey)
        .where(ApiKey.id == key_id, ApiKey.revoked_at.is_(None))
        .values(revoked_at=at)
        .returning(ApiKey.id)
        .execution_options(synchronize_session=False)
    )
    return revoked.first() is not None


def touch_key(session: Session, key_id: UUID, *, at: datetime, every: timedelta) -> None:
    """Note that the key was used, unless that was noted a short while ago: a busy key must not write all the time."""
    session.execute(
        update(ApiKey)
        .where(ApiKey.id == key_id, or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at <= at - every))
        .values(last_used_at=at)
        .execution_options(synchronize_session=False)
    )

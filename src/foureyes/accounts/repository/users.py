"""SQL of users."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from foureyes.models.accounts import User

# Any number that nothing else here locks.
_FIRST_USER_LOCK = 0x4679E5


def add_user(
    session: Session, user_id: UUID, *, email: str, name: str, password_hash: str | None, operator: bool, at: datetime
) -> User:
    user = User(
        id=user_id,
        email=email,
        name=name,
        password_hash=password_hash,
        operator=operator,
        created_at=at,
        disabled_at=None,
        last_login_at=at,
    )
    session.add(user)
    session.flush()
    return user


def user_by_email(session: Session, email: str) -> User | None:
    """The user with this address, which must be in its normal form."""
    return session.scalar(select(User).where(User.email == email))


def user_by_id(session: Session, user_id: UUID) -> User | None:
    return session.get(User, user_id)


def all_users(session: Session) -> Sequence[User]:
    """Every user, the oldest first."""
    return session.scalars(select(User).order_by(User.id)).all()


def is_first(session: Session) -> bool:
    """Whether there is no user yet. Where there is none, nobody else can add one before this transaction ends."""
    if _any(session):
        return False
    # SQLite has one writer at a time. PostgreSQL would let two transactions see an empty table side by side.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _FIRST_USER_LOCK})
    return not _any(session)


def set_password(session: Session, user_id: UUID, password_hash: str, *, instead_of: str | None = None) -> bool:
    """Whether the hash was replaced; `instead_of` names the one that must still be there."""
    statement = update(User).where(User.id == user_id).values(password_hash=password_hash)
    if instead_of is not None:
        statement = statement.where(User.password_hash == instead_of)
    return session.execute(statement.returning(User.id)).first() is not None


def set_operator(session: Session, user_id: UUID) -> None:
    session.execute(update(User).where(User.id == user_id).values(operator=True))


def _any(session: Session) -> bool:
    return session.scalar(select(User.id).limit(1)) is not None

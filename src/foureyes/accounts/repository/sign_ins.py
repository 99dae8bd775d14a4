"""SQL of sign-ins and their refresh tokens. A sign-in is the family of all tokens that follow from one log-in."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from foureyes.models.accounts import RefreshToken, SignIn, User


def add_sign_in(
    session: Session, sign_in_id: UUID, *, user_id: UUID, user_agent: str, address: str, at: datetime, until: datetime
) -> None:
    session.add(
        SignIn(
            id=sign_in_id,
            user_id=user_id,
            created_at=at,
            expires_at=until,
            revoked_at=None,
            revoked_why="",
            user_agent=user_agent,
            address=address,
        )
    )
    session.flush()


def add_token(
    session: Session, token_id: UUID, *, sign_in_id: UUID, digest: str, at: datetime, until: datetime
) -> None:
    session.add(
        RefreshToken(
            id=token_id, sign_in_id=sign_in_id, digest=digest, issued_at=at, expires_at=until, used_at=None, used_by=""
        )
    )
    session.flush()


def token_by_digest(session: Session, digest: str) -> RefreshToken | None:
    """The token as it is in the database now, also when this session has read it before."""
    query = select(RefreshToken).where(RefreshToken.digest == digest).execution_options(populate_existing=True)
    return session.scalar(query)


def sign_in_by_id(session: Session, sign_in_id: UUID) -> SignIn | None:
    return session.get(SignIn, sign_in_id)


def holder(session: Session, sign_in_id: UUID, *, at: datetime) -> User | None:
    """The user who is signed in; None when the sign-in has ended or been revoked, or the user was disabled."""
    return session.scalar(
        select(User)
        .join(SignIn, SignIn.user_id == User.id)
        .where(
            SignIn.id == sign_in_id,
            SignIn.revoked_at.is_(None),
            SignIn.expires_at > at,
            User.disabled_at.is_(None),
        )
    )


def claim(session: Session, token_id: UUID, *, used_by: str, at: datetime) -> bool:
    """Use a token up. True for one caller alone, however many ask at once: the statement is the judge."""
    claimed = session.execute(
        update(RefreshToken)
        .where(RefreshToken.id == token_id, RefreshToken.used_at.is_(None), RefreshToken.expires_at > at)
        .values(used_at=at, used_by=used_by)
        .returning(RefreshToken.id)
        .execution_options(synchronize_session=False)
    )
    return claimed.first() is not None


def revoke(session: Session, sign_in_id: UUID, *, why: str, at: datetime) -> bool:
    """End a family. Whether it was this call that did."""
    revoked = session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.revoked_at.is_(None))
        .values(revoked_at=at, revoked_why=why)
        .returning(SignIn.id)
        .execution_options(synchronize_session=False)
    )
    return revoked.first() is not None


def revoke_all(session: Session, user_id: UUID, *, why: str, at: datetime) -> Sequence[UUID]:
    """End every sign-in of a user; which ones that were."""
    revoked = session.execute(
        update(SignIn)
        .where(SignIn.user_id == user_id, SignIn.revoked_at.is_(None))
        .values(revoked_at=at, revoked_why=why)
        .returning(SignIn.id)
        .execution_options(synchronize_session=False)
    )
    return revoked.scalars().all()


def forget_expired(session: Session, *, before: datetime) -> None:
    """Delete what expired before that time. Not what was used up: its reuse must be noticed as long as it lives."""
    # Tokens of sign-ins that go on are many: a page that stays open leaves a hundred a day.
    session.execute(delete(RefreshToken).where(RefreshToken.expires_at < before))
    session.execute(delete(SignIn).where(SignIn.expires_at < before))

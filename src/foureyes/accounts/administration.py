"""What operators do to accounts from the command line."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from foureyes.accounts import passwords
from foureyes.accounts.repository import events, sign_ins, users
from foureyes.accounts.repository.events import Verb
from foureyes.errors import NotFoundError
from foureyes.kit import clock
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.models.accounts import User


async def list_users(database: Database) -> Sequence[User]:
    """Every user, the oldest first."""
    return await database.read(users.all_users)


async def make_operator(database: Database, email: str) -> User:
    """Let this user run the installation. `email` is in its normal form.

    Raises:
        NotFoundError: nobody has this address.
    """
    return await database.write(_make_operator, email, new_id(), clock.now())


async def reset_password(database: Database, email: str, password: str) -> User:
    """Give this user another password, and end every sign-in that the old one may have opened. Keys stay.

    Raises:
        NotFoundError: nobody has this address.
    """
    password_hash = await passwords.hashed(password)
    return await database.write(_reset_password, email, password_hash, new_id(), clock.now())


def _make_operator(session: Session, email: str, event_id: UUID, at: datetime) -> User:
    user = _known(session, email)
    user.operator = True
    events.record(session, event_id, Verb.OPERATOR_MADE, user_id=user.id, at=at)
    return user


def _reset_password(session: Session, email: str, password_hash: str, event_id: UUID, at: datetime) -> User:
    user = _known(session, email)
    user.password_hash = password_hash
    sign_ins.revoke_all(session, user.id, why="password reset", at=at)
    events.record(session, event_id, Verb.PASSWORD_RESET, user_id=user.id, at=at)
    return user


def _known(session: Session, email: str) -> User:
    user = users.user_by_email(session, email)
    if user is None:
        raise NotFoundError("user")
    return user

"""Registering and logging in: what an account is when it begins, and how one shows that it is theirs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from foureyes.accounts import passwords
from foureyes.accounts.errors import EmailTakenError, RegistrationClosedError, WrongPasswordError
from foureyes.accounts.repository import events, sign_ins, users
from foureyes.accounts.repository.events import Verb
from foureyes.accounts.tokens import Tokens
from foureyes.kit import clock
from foureyes.kit.crypto import digest
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.models.accounts import User
from foureyes.settings import Registration
from foureyes.workspaces import repository as workspaces

SIGN_IN_LIFETIME = timedelta(days=90)
"""How long a log-in lasts at most, however often it is refreshed."""
REFRESH_LIFETIME = timedelta(days=14)
"""How long a browser may stay away without having to log in again."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """The program that asks, as far as it can be told: shown to people among their sign-ins."""

    address: str = ""
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a log-in or a refresh gives."""

    user: User
    sign_in_id: UUID
    refresh_token: str


@dataclass(frozen=True, slots=True)
class _Beginning:
    """What is decided before a transaction that signs somebody in, so that it may run twice."""

    sign_in_id: UUID
    token_id: UUID
    event_id: UUID
    refresh_token: str
    visitor: Visitor
    at: datetime

    @classmethod
    def by(cls, visitor: Visitor, tokens: Tokens) -> "_Beginning":
        return cls(new_id(), new_id(), new_id(), tokens.first_refresh_token(), visitor, clock.now())


@dataclass(frozen=True, slots=True)
class _NewUser:
    user_id: UUID
    workspace_id: UUID
    event_id: UUID
    email: str
    name: str
    password_hash: str


async def register(
    database: Database,
    tokens: Tokens,
    *,
    email: str,
    name: str,
    password: str,
    visitor: Visitor,
    registration: Registration = Registration.OPEN,
) -> SignedIn:
    """A new account with a workspace of its own, signed in. The first one is the operator's.

    `email` is in its normal form.

    Raises:
        RegistrationClosedError: only the first may register, and there is one.
        EmailTakenError: somebody has this address.
    """
    # Before the address is looked for: how long it takes must not tell whether it is known.
    password_hash = await passwords.hashed(password)
    new = _NewUser(new_id(), new_id(), new_id(), email, name, password_hash)
    beginning = _Beginning.by(visitor, tokens)
    try:
        user = await database.write(_register, new, beginning, registration)
    except IntegrityError as exc:
        # Two registered with one address at the same moment: the database let one of them in.
        raise EmailTakenError from exc
    return SignedIn(user, beginning.sign_in_id, beginning.refresh_token)


def _register(session: Session, new: _NewUser, beginning: _Beginning, registration: Registration) -> User:
    if (already := users.user_by_id(session, new.user_id)) is not None:
        return already
    first = users.is_first(session)
    if not first and registration is Registration.FIRST:
        raise RegistrationClosedError
    if users.user_by_email(session, new.email) is not None:
        raise EmailTakenError
    user = users.add_user(
        session,
        new.user_id,
        email=new.email,
        name=new.name,
        password_hash=new.password_hash,
        operator=first,
        at=beginning.at,
    )
    workspaces.add_personal(session, new.workspace_id, owner_id=user.id, name=new.name, at=beginning.at)
    events.record(session, new.event_id, Verb.REGISTERED, user_id=user.id, at=beginning.at)
    _sign_in(session, user, beginning)
    return user


async def log_in(database: Database, tokens: Tokens, *, email: str, password: str, visitor: Visitor) -> SignedIn:
    """Sign in whoever knows the password. `email` is in its normal form.

    Raises:
        WrongPasswordError: the address, the password or both are wrong, or the account is disabled. Which of these,
            neither the sentence nor the work done tells.
    """
    user = await database.read(users.user_by_email, email)
    known_hash = user.password_hash if user is not None else None
    right = await passwords.matches(known_hash, password)
    if user is None or known_hash is None or not right or user.disabled_at is not None:
        # Without what was typed as the address: people type their password there.
        at = clock.now()
        facts = {"address": visitor.address}
        user_id = user.id if user is not None else None
        await database.write(events.record, new_id(), Verb.LOGIN_FAILED, user_id=user_id, at=at, facts=facts)
        raise WrongPasswordError
    new_hash = await passwords.hashed(password) if passwords.outdated(known_hash) else None
    beginning = _Beginning.by(visitor, tokens)
    user = await database.write(_log_in, user.id, known_hash, new_hash, beginning)
    return SignedIn(user, beginning.sign_in_id, beginning.refresh_token)


def _log_in(session: Session, user_id: UUID, known_hash: str, new_hash: str | None, beginning: _Beginning) -> User:
    user = users.user_by_id(session, user_id)
    if user is None or user.disabled_at is not None:
        raise WrongPasswordError
    if sign_ins.sign_in_by_id(session, beginning.sign_in_id) is not None:
        return user
    # The password was checked outside this transaction: it may have been reset since.
    if user.password_hash != known_hash:
        raise WrongPasswordError
    if new_hash is not None:
        users.set_password(session, user_id, new_hash, instead_of=known_hash)
    user.last_login_at = beginning.at
    _sign_in(session, user, beginning)
    return user


def _sign_in(session: Session, user: User, beginning: _Beginning) -> None:
    """Begin a family of tokens."""
    visitor = beginning.visitor
    sign_ins.add_sign_in(
        session,
        beginning.sign_in_id,
        user_id=user.id,
        user_agent=visitor.user_agent,
        address=visitor.address,
        at=beginning.at,
        until=beginning.at + SIGN_IN_LIFETIME,
    )
    sign_ins.add_token(
        session,
        beginning.token_id,
        sign_in_id=beginning.sign_in_id,
        digest=digest(beginning.refresh_token),
        at=beginning.at,
        until=beginning.at + REFRESH_LIFETIME,
    )
    facts = {"address": visitor.address, "sign_in": str(beginning.sign_in_id)}
    events.record(session, beginning.event_id, Verb.LOGGED_IN, user_id=user.id, at=beginning.at, facts=facts)

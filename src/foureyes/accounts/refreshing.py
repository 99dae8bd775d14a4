"""Refreshing a sign-in, noticing stolen tokens, and logging out.

A refresh token works once. Its claim is one statement, so that of any number of requests exactly one claims it. What
comes later with the same token is one of two things:

- **A second tab, or a request whose answer got lost.** It comes within seconds, from the same program, while the token
  that replaced this one has not been used. It gets that same replacement (tokens.next_refresh_token), so that it does
  not matter which answer a browser keeps.
- **A copy.** Anything else: later, from another program, or after the family has moved on. The family is ended, for
  the owner as well as for the thief, and it is written down.

A thief who is as quick, looks like the same browser and comes before the next refresh gets the replacement, too. Then
two hold one token, and the next time that both have used it the family ends: a theft is noticed at the latest by then.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from uuid import UUID

from sqlalchemy.orm import Session

from foureyes.accounts.errors import SignInEndedError, TokenReusedError
from foureyes.accounts.repository import events, sign_ins
from foureyes.accounts.repository.events import Verb
from foureyes.accounts.service import REFRESH_LIFETIME, SignedIn, Visitor
from foureyes.accounts.tokens import Tokens
from foureyes.kit import clock
from foureyes.kit.crypto import digest
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.models.accounts import RefreshToken, User

GRACE = timedelta(seconds=10)
"""How long a token that was used up may come again, from the same program."""


class _Refused(Enum):
    ENDED = auto()
    REUSED = auto()


@dataclass(frozen=True, slots=True)
class _Turn:
    """One attempt to refresh, with what is decided before its transaction."""

    presented: str
    following: str
    following_id: UUID
    event_id: UUID
    used_by: str
    address: str
    at: datetime


async def refresh(database: Database, tokens: Tokens, *, token: str, visitor: Visitor) -> SignedIn:
    """The sign-in that the token belongs to, with the token that replaces it.

    Raises:
        SignInEndedError: the token is unknown or has expired, or its sign-in has ended.
        TokenReusedError: it was used before, by somebody else as it seems: its sign-in has been ended now.
    """
    following = tokens.next_refresh_token(token)
    turn = _Turn(
        presented=digest(token),
        following=digest(following),
        following_id=new_id(),
        event_id=new_id(),
        used_by=digest(visitor.user_agent),
        address=visitor.address,
        at=clock.now(),
    )
    outcome = await database.write(_refresh, turn)
    # Raised out here: an error inside would roll the end of the family back.
    if outcome is _Refused.ENDED:
        raise SignInEndedError
    if outcome is _Refused.REUSED:
        raise TokenReusedError
    user, sign_in_id = outcome
    return SignedIn(user, sign_in_id, following)


def _refresh(session: Session, turn: _Turn) -> tuple[User, UUID] | _Refused:
    token = sign_ins.token_by_digest(session, turn.presented)
    if token is None:
        return _Refused.ENDED
    user = sign_ins.holder(session, token.sign_in_id, at=turn.at)
    if user is None:
        return _Refused.ENDED
    if sign_ins.claim(session, token.id, used_by=turn.used_by, at=turn.at):
        sign_ins.add_token(
            session,
            turn.following_id,
            sign_in_id=token.sign_in_id,
            digest=turn.following,
            at=turn.at,
            until=turn.at + REFRESH_LIFETIME,
        )
        return user, token.sign_in_id
    # Read again: who claimed it first may have done so since.
    claimed = sign_ins.token_by_digest(session, turn.presented)
    if claimed is None or claimed.used_at is None:
        return _Refused.ENDED
    if _is_repetition(session, claimed, turn):
        return user, claimed.sign_in_id
    _end(session, claimed.sign_in_id, user.id, turn)
    return _Refused.REUSED


def _is_repetition(session: Session, claimed: RefreshToken, turn: _Turn) -> bool:
    """Whether the same program asks once more, and has not gone on with what it got."""
    # Addresses do not count: a phone changes them, and a browser uses IPv4 and IPv6 side by side.
    following = sign_ins.token_by_digest(session, turn.following)
    return (
        claimed.used_at is not None
        and turn.at - claimed.used_at <= GRACE
        and claimed.used_by == turn.used_by
        and following is not None
        and following.used_at is None
    )


def _end(session: Session, sign_in_id: UUID, user_id: UUID, turn: _Turn) -> None:
    sign_ins.revoke(session, sign_in_id, why="token reused", at=turn.at)
    facts = {"address": turn.address, "sign_in": str(sign_in_id)}
    events.record(session, turn.event_id, Verb.TOKEN_REUSED, user_id=user_id, at=turn.at, facts=facts)


async def log_out(database: Database, *, token: str) -> None:
    """End the sign-in that a refresh token belongs to, whether it was used or not; nothing where it is unknown."""
    await database.write(_log_out, digest(token), new_id(), clock.now())


def _log_out(session: Session, presented: str, event_id: UUID, at: datetime) -> None:
    token = sign_ins.token_by_digest(session, presented)
    user = sign_ins.holder(session, token.sign_in_id, at=at) if token is not None else None
    if token is None or user is None:
        return
    sign_ins.revoke(session, token.sign_in_id, why="logged out", at=at)
    facts = {"sign_in": str(token.sign_in_id)}
    events.record(session, event_id, Verb.LOGGED_OUT, user_id=user.id, at=at, facts=facts)


async def forget_expired(database: Database) -> None:
    """Delete sign-ins and tokens that have expired; a sweeper calls it now and then."""
    await database.write(sign_ins.forget_expired, before=clock.now())

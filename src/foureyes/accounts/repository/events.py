"""What happened to accounts, for the activity feed: words and ids, never a secret."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from foureyes.models.events import Event


class Verb(StrEnum):
    """What can happen to an account."""

    REGISTERED = "account.registered"
    LOGGED_IN = "account.logged-in"
    LOGIN_FAILED = "account.login-failed"
    LOGGED_OUT = "account.logged-out"
    TOKEN_REUSED = "account.token-reused"  # noqa: S105  # A word, not a token.
    PASSWORD_RESET = "account.password-reset"  # noqa: S105
    OPERATOR_MADE = "account.operator-made"
    KEY_MADE = "key.made"
    KEY_REVOKED = "key.revoked"


def record(
    session: Session,
    event_id: UUID,
    verb: Verb,
    *,
    user_id: UUID | None,
    at: datetime,
    workspace_id: UUID | None = None,
    facts: Mapping[str, str] | None = None,
) -> None:
    """Write down what happened; a second time with the same id changes nothing, as when a transaction runs again."""
    if session.get(Event, event_id) is None:
        session.add(
            Event(
                id=event_id,
                workspace_id=workspace_id,
                user_id=user_id,
                verb=verb,
                review_id=None,
                facts=dict(facts or {}),
                at=at,
            )
        )
        session.flush()

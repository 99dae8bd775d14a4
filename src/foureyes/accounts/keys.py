"""API keys: made, listed and revoked by the people whose keys they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from foureyes.accounts.errors import TooManyKeysError
from foureyes.accounts.repository import events, keys
from foureyes.accounts.repository.events import Verb
from foureyes.accounts.tokens import KEY_PREFIX
from foureyes.errors import NotFoundError
from foureyes.kit import clock
from foureyes.kit.crypto import digest, random_secret
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.models.accounts import ApiKey
from foureyes.rest.principal import Scope

MOST = 100
_SHOWN = len(KEY_PREFIX) + 8


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key, and its secret, which is nowhere kept."""

    key: ApiKey
    secret: str


async def make_key(
    database: Database,
    *,
    user_id: UUID,
    workspace_id: UUID,
    name: str,
    scopes: Iterable[Scope],
    expires_at: datetime | None,
) -> NewKey:
    """A new key for one workspace, on behalf of one member. Whether they may, the caller has seen to.

    Raises:
        TooManyKeysError: the user has a hundred.
    """
    secret = random_secret(KEY_PREFIX)
    key_id, event_id, at = new_id(), new_id(), clock.now()

    def work(session: Session) -> ApiKey:
        if (already := keys.key_by_id(session, key_id)) is not None:
            return already
        if keys.count_keys(session, user_id) >= MOST:
            raise TooManyKeysError(MOST)
        key = ApiKey(
            id=key_id,
            workspace_id=workspace_id,
            user_id=user_id,
            name=name,
            prefix=secret[:_SHOWN],
            digest=digest(secret),
            scopes=sorted(set(scopes)),
            created_at=at,
            expires_at=expires_at,
            last_used_at=None,
            revoked_at=None,
        )
        keys.add_key(session, key)
        _record(session, event_id, Verb.KEY_MADE, key, at)
        return key

    return NewKey(await database.write(work), secret)


async def list_keys(database: Database, *, user_id: UUID, workspace_ids: Sequence[UUID]) -> Sequence[ApiKey]:
    """The user's keys for these workspaces, the newest first, without those that were revoked."""
    return await database.read(keys.keys_of, user_id, workspace_ids)


async def revoke_key(database: Database, key_id: UUID, *, user_id: UUID, workspace_ids: Sequence[UUID]) -> None:
    """Make a key worthless; one that is already stays so.

    Raises:
        NotFoundError: the user has no such key in these workspaces.
    """
    event_id, at = new_id(), clock.now()

    def work(session: Session) -> None:
        key = keys.key_by_id(session, key_id)
        if key is None or key.user_id != user_id or key.workspace_id not in workspace_ids:
            raise NotFoundError("key")
        if keys.revoke_key(session, key_id, at=at):
            _record(session, event_id, Verb.KEY_REVOKED, key, at)

    await database.write(work)


def _record(session: Session, event_id: UUID, verb: Verb, key: ApiKey, at: datetime) -> None:
    facts = {"key": str(key.id), "name": key.name}
    events.record(session, event_id, verb, user_id=key.user_id, workspace_id=key.workspace_id, at=at, facts=facts)

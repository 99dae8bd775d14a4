"""API keys: shown once, kept as a digest, worth nothing once they are revoked. On both stores."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from foureyes.accounts import keys, service
from foureyes.accounts.errors import TooManyKeysError
from foureyes.accounts.keys import NewKey
from foureyes.accounts.service import Visitor
from foureyes.accounts.tokens import Tokens
from foureyes.errors import NotFoundError
from foureyes.kit import clock
from foureyes.kit.database.port import Database
from foureyes.models.accounts import ApiKey
from foureyes.models.events import Event
from foureyes.rest.principal import Scope
from foureyes.workspaces.repository import belongings_of


async def member(database: Database, tokens: Tokens, name: str = "ada") -> tuple[UUID, UUID]:
    """A user and the workspace of theirs."""
    made = await service.register(
        database, tokens, email=f"{name}@example.org", name=name, password="correct horse", visitor=Visitor()
    )
    belongings = await database.read(belongings_of, made.user.id)
    return made.user.id, belongings[0].workspace_id


async def make(database: Database, user_id: UUID, workspace_id: UUID, name: str = "CI") -> NewKey:
    return await keys.make_key(
        database,
        user_id=user_id,
        workspace_id=workspace_id,
        name=name,
        scopes=[Scope.REVIEWS_WRITE, Scope.REVIEWS_READ],
        expires_at=clock.now() + timedelta(days=1),
    )


async def names(database: Database, user_id: UUID, workspace_ids: Sequence[UUID]) -> list[str]:
    return [key.name for key in await keys.list_keys(database, user_id=user_id, workspace_ids=workspace_ids)]


async def test_a_key_is_kept_as_its_digest_and_first_letters(database: Database, tokens: Tokens) -> None:
    made = await make(database, *await member(database, tokens))
    stored = await database.read(lambda session: session.scalars(select(ApiKey)).one())
    assert made.secret.startswith("fe_")
    assert len(made.secret) == 3 + 43
    assert stored.prefix == made.secret[:11]
    assert made.secret not in str(vars(stored))
    assert stored.scopes == ["reviews:read", "reviews:write"]


async def test_keys_are_listed_newest_first_until_they_are_revoked(database: Database, tokens: Tokens) -> None:
    user_id, workspace_id = await member(database, tokens)
    made = [await make(database, user_id, workspace_id, name) for name in ("a", "b", "c")]
    assert await names(database, user_id, [workspace_id]) == ["c", "b", "a"]
    await keys.revoke_key(database, made[1].key.id, user_id=user_id, workspace_ids=[workspace_id])
    assert await names(database, user_id, [workspace_id]) == ["c", "a"]


async def test_revoking_twice_is_one_revocation(database: Database, tokens: Tokens) -> None:
    user_id, workspace_id = await member(database, tokens)
    made = await make(database, user_id, workspace_id)
    for _ in range(2):
        await keys.revoke_key(database, made.key.id, user_id=user_id, workspace_ids=[workspace_id])
    verbs = await database.read(lambda session: session.scalars(select(Event.verb).order_by(Event.id)).all())
    assert list(verbs)[-2:] == ["key.made", "key.revoked"]


async def test_what_happens_to_keys_belongs_to_their_workspace(database: Database, tokens: Tokens) -> None:
    user_id, workspace_id = await member(database, tokens)
    made = await make(database, user_id, workspace_id)
    event = await database.read(lambda session: session.scalars(select(Event).where(Event.verb == "key.made")).one())
    assert (event.workspace_id, event.user_id) == (workspace_id, user_id)
    assert event.facts == {"key": str(made.key.id), "name": "CI"}


async def test_nobody_sees_or_revokes_the_keys_of_others(database: Database, tokens: Tokens) -> None:
    ada, bob = await member(database, tokens), await member(database, tokens, "bob")
    made = await make(database, *ada)
    assert await names(database, bob[0], [ada[1], bob[1]]) == []
    with pytest.raises(NotFoundError):
        await keys.revoke_key(database, made.key.id, user_id=bob[0], workspace_ids=[ada[1], bob[1]])


async def test_a_key_of_a_workspace_that_one_has_left_is_not_there(database: Database, tokens: Tokens) -> None:
    user_id, workspace_id = await member(database, tokens)
    made = await make(database, user_id, workspace_id)
    assert await names(database, user_id, [uuid4()]) == []
    with pytest.raises(NotFoundError):
        await keys.revoke_key(database, made.key.id, user_id=user_id, workspace_ids=[uuid4()])


async def test_an_unknown_key_can_not_be_revoked(database: Database, tokens: Tokens) -> None:
    user_id, workspace_id = await member(database, tokens)
    with pytest.raises(NotFoundError):
        await keys.revoke_key(database, uuid4(), user_id=user_id, workspace_ids=[workspace_id])


async def test_a_hundred_keys_are_enough_until_one_is_revoked(database: Database, tokens: Tokens) -> None:
    user_id, workspace_id = await member(database, tokens)
    made = [await make(database, user_id, workspace_id) for _ in range(keys.MOST)]
    with pytest.raises(TooManyKeysError, match="100 keys"):
        await make(database, user_id, workspace_id)
    await keys.revoke_key(database, made[0].key.id, user_id=user_id, workspace_ids=[workspace_id])
    await make(database, user_id, workspace_id)

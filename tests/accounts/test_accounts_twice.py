"""A connection that breaks while it commits makes work run twice: the outcome is that of once. On both stores."""

from typing import Any

import pytest
from sqlalchemy import func, select

from foureyes.accounts import administration, keys, refreshing, service
from foureyes.accounts.errors import WrongPasswordError
from foureyes.accounts.service import SignedIn, Visitor
from foureyes.accounts.tokens import Tokens
from foureyes.kit.database.port import Database
from foureyes.models.accounts import ApiKey, RefreshToken, SignIn, User
from foureyes.models.events import Event
from foureyes.models.workspaces import Membership
from foureyes.rest.principal import Scope
from foureyes.workspaces.repository import belongings_of

EMAIL, PASSWORD = "ada@example.org", "correct horse battery"
HERE = Visitor("203.0.113.7", "A browser")


class Twice:
    """A store that runs every change again after it was committed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.read = database.read

    async def write(self, work: Any, *args: Any, **kwargs: Any) -> Any:
        await self._database.write(work, *args, **kwargs)
        return await self._database.write(work, *args, **kwargs)


@pytest.fixture
def twice(database: Database) -> Any:
    return Twice(database)


async def register(database: Any, tokens: Tokens) -> SignedIn:
    return await service.register(database, tokens, email=EMAIL, name="Ada", password=PASSWORD, visitor=HERE)


async def counts(database: Any, *tables: Any) -> list[int]:
    return [await database.read(lambda session, t=table: session.scalar(select(func.count(t.id)))) for table in tables]


async def test_one_account_is_made(twice: Any, tokens: Tokens) -> None:
    made = await register(twice, tokens)
    assert made.user.operator
    assert await counts(twice, User, SignIn, RefreshToken, Event) == [1, 1, 1, 2]
    assert await twice.read(lambda session: session.scalar(select(func.count(Membership.user_id)))) == 1
    await refreshing.refresh(twice, tokens, token=made.refresh_token, visitor=HERE)


async def test_one_log_in_is_one_sign_in(twice: Any, tokens: Tokens) -> None:
    await register(twice, tokens)
    signed_in = await service.log_in(twice, tokens, email=EMAIL, password=PASSWORD, visitor=HERE)
    assert await counts(twice, SignIn, RefreshToken, Event) == [2, 2, 3]
    await refreshing.refresh(twice, tokens, token=signed_in.refresh_token, visitor=HERE)


async def test_one_failure_is_written_down_once(twice: Any, tokens: Tokens) -> None:
    await register(twice, tokens)
    with pytest.raises(WrongPasswordError):
        await service.log_in(twice, tokens, email=EMAIL, password="wrong", visitor=HERE)
    assert await counts(twice, Event) == [3]


async def test_a_refresh_is_no_theft(twice: Any, tokens: Tokens) -> None:
    token = (await register(twice, tokens)).refresh_token
    for _ in range(3):
        token = (await refreshing.refresh(twice, tokens, token=token, visitor=HERE)).refresh_token
    assert await counts(twice, RefreshToken, Event) == [4, 2]


async def test_logging_out_is_written_down_once(twice: Any, tokens: Tokens) -> None:
    await refreshing.log_out(twice, token=(await register(twice, tokens)).refresh_token)
    assert await counts(twice, Event) == [3]


async def test_one_key_is_made_and_revoked(twice: Any, tokens: Tokens) -> None:
    user_id = (await register(twice, tokens)).user.id
    (home,) = await twice.read(belongings_of, user_id)
    made = await keys.make_key(
        twice, user_id=user_id, workspace_id=home.workspace_id, name="CI", scopes=[Scope.ADMIN], expires_at=None
    )
    await keys.revoke_key(twice, made.key.id, user_id=user_id, workspace_ids=[home.workspace_id])
    assert await counts(twice, ApiKey, Event) == [1, 4]


async def test_what_operators_do_is_written_down_once(twice: Any, tokens: Tokens) -> None:
    await register(twice, tokens)
    await administration.make_operator(twice, EMAIL)
    await administration.reset_password(twice, EMAIL, "another password")
    assert await counts(twice, Event) == [4]
    await service.log_in(twice, tokens, email=EMAIL, password="another password", visitor=HERE)

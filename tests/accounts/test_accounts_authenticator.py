"""Who is behind a request, and who is not any more. On both stores."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, update
from starlette.requests import HTTPConnection

from foureyes.accounts import administration, keys, refreshing, service
from foureyes.accounts.authenticator import REMEMBERED, AccountsAuthenticator
from foureyes.accounts.service import SignedIn, Visitor
from foureyes.accounts.tokens import AccessClaims, Tokens
from foureyes.errors import UnauthenticatedError
from foureyes.kit import clock
from foureyes.kit.database.port import Database
from foureyes.models.accounts import ApiKey, SignIn, User
from foureyes.models.workspaces import Membership, Role
from foureyes.rest.principal import Scope

KEY = b"a key of thirty-two bytes or more"


@dataclass
class Ada:
    """A person who has signed in, with one key."""

    signed_in: SignedIn
    access: str
    api_key: keys.NewKey


@pytest.fixture
def authenticator(database: Database) -> AccountsAuthenticator:
    return AccountsAuthenticator(database, KEY, remembered=timedelta(0))


@pytest.fixture
async def ada(database: Database, authenticator: AccountsAuthenticator) -> Ada:
    tokens = Tokens(KEY)
    made = await service.register(
        database, tokens, email="ada@example.org", name="Ada", password="correct horse", visitor=Visitor()
    )
    access = tokens.access_token(AccessClaims(made.user.id, made.sign_in_id), at=clock.now())
    home = (await authenticator.recognise(access)).home
    api_key = await keys.make_key(
        database, user_id=made.user.id, workspace_id=home, name="CI", scopes=[Scope.REVIEWS_READ], expires_at=None
    )
    return Ada(made, access, api_key)


def sent(value: str | None) -> HTTPConnection:
    headers = [] if value is None else [(b"authorization", value.encode())]
    return HTTPConnection({"type": "http", "headers": headers, "path": "/", "query_string": b""})


async def run(database: Database, statement: Any) -> None:
    await database.write(lambda session: session.execute(statement) and None)


async def test_an_access_token_is_a_person(authenticator: AccountsAuthenticator, ada: Ada) -> None:
    principal = await authenticator.principal(sent(f"Bearer {ada.access}"))
    assert principal.user_id == ada.signed_in.user.id
    assert principal.sign_in_id == ada.signed_in.sign_in_id
    assert principal.roles == {principal.home: Role.OWNER}
    assert principal.scopes == frozenset(Scope)
    assert principal.operator


async def test_a_key_is_a_program_with_the_scopes_of_the_key(authenticator: AccountsAuthenticator, ada: Ada) -> None:
    principal = await authenticator.principal(sent(f"bearer  {ada.api_key.secret} "))
    assert principal.user_id == ada.signed_in.user.id
    assert principal.home == ada.api_key.key.workspace_id
    assert principal.scopes == {Scope.REVIEWS_READ}
    assert (principal.sign_in_id, principal.key_id) == (None, ada.api_key.key.id)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic YWRhOmFkYQ==",
        "Bearer fe_",
        "Bearer fe_unknown",
        "Bearer a.b.c",
        "Bearer é",
    ],
)
async def test_who_sends_nothing_that_holds_is_nobody(authenticator: AccountsAuthenticator, value: str | None) -> None:
    with pytest.raises(UnauthenticatedError):
        await authenticator.principal(sent(value))


async def test_a_refresh_token_is_no_access_token(authenticator: AccountsAuthenticator, ada: Ada) -> None:
    with pytest.raises(UnauthenticatedError):
        await authenticator.recognise(ada.signed_in.refresh_token)


async def test_a_token_of_another_user_s_sign_in_is_refused(authenticator: AccountsAuthenticator, ada: Ada) -> None:
    mixed = Tokens(KEY).access_token(AccessClaims(uuid4(), ada.signed_in.sign_in_id), at=clock.now())
    with pytest.raises(UnauthenticatedError):
        await authenticator.recognise(mixed)


async def test_who_logged_out_is_refused(database: Database, authenticator: AccountsAuthenticator, ada: Ada) -> None:
    principal = await authenticator.recognise(ada.access)
    await refreshing.log_out(database, token=ada.signed_in.refresh_token)
    with pytest.raises(UnauthenticatedError):
        await authenticator.recognise(ada.access)
    with pytest.raises(UnauthenticatedError):
        await authenticator.still(principal)


async def test_a_password_reset_ends_sign_ins_and_leaves_keys(
    database: Database, authenticator: AccountsAuthenticator, ada: Ada
) -> None:
    await administration.reset_password(database, "ada@example.org", "another password")
    with pytest.raises(UnauthenticatedError):
        await authenticator.recognise(ada.access)
    await authenticator.recognise(ada.api_key.secret)


@pytest.mark.parametrize(
    "change",
    [
        update(ApiKey).values(revoked_at=clock.now()),
        update(ApiKey).values(expires_at=clock.now()),
        update(User).values(disabled_at=clock.now()),
        delete(Membership),
    ],
    ids=["revoked", "expired", "disabled", "not a member"],
)
async def test_a_key_that_holds_no_more_is_refused(
    database: Database, authenticator: AccountsAuthenticator, ada: Ada, change: Any
) -> None:
    principal = await authenticator.recognise(ada.api_key.secret)
    assert await authenticator.still(principal) == principal
    await run(database, change)
    with pytest.raises(UnauthenticatedError):
        await authenticator.recognise(ada.api_key.secret)
    with pytest.raises(UnauthenticatedError):
        await authenticator.still(principal)


@pytest.mark.parametrize(
    "change",
    [
        update(SignIn).values(expires_at=clock.now()),
        update(User).values(disabled_at=clock.now()),
        delete(Membership),
        delete(SignIn),
    ],
    ids=["expired", "disabled", "no workspace", "forgotten"],
)
async def test_a_sign_in_that_holds_no_more_is_refused(
    database: Database, authenticator: AccountsAuthenticator, ada: Ada, change: Any
) -> None:
    principal = await authenticator.recognise(ada.access)
    await run(database, change)
    with pytest.raises(UnauthenticatedError):
        await authenticator.still(principal)


async def test_a_changed_role_is_seen(database: Database, authenticator: AccountsAuthenticator, ada: Ada) -> None:
    principal = await authenticator.recognise(ada.access)
    await run(database, update(Membership).values(role=Role.VIEWER))
    assert (await authenticator.still(principal)).roles == {principal.home: Role.VIEWER}
    assert (await authenticator.recognise(ada.api_key.secret)).roles == {principal.home: Role.VIEWER}


async def test_scopes_of_another_version_are_left_out(
    database: Database, authenticator: AccountsAuthenticator, ada: Ada
) -> None:
    await run(database, update(ApiKey).values(scopes=["reviews:read", "spaceships:fly"]))
    assert (await authenticator.recognise(ada.api_key.secret)).scopes == {Scope.REVIEWS_READ}


async def test_the_use_of_a_key_is_noted_once_a_minute(
    database: Database, authenticator: AccountsAuthenticator, ada: Ada
) -> None:
    async def noted() -> Any:
        await authenticator.recognise(ada.api_key.secret)
        await authenticator.settled()
        return await database.read(lambda session: session.scalar(select(ApiKey.last_used_at)))

    first = await noted()
    assert first is not None
    assert await noted() == first
    await run(database, update(ApiKey).values(last_used_at=first - timedelta(seconds=61)))
    assert await noted() >= first


async def test_what_was_just_seen_is_believed_for_a_second_at_most(database: Database, ada: Ada) -> None:
    remembering = AccountsAuthenticator(database, KEY, remembered=timedelta(hours=1))
    seen = await remembering.recognise(ada.access)
    await run(database, update(SignIn).values(revoked_at=clock.now()))
    assert await remembering.recognise(ada.access) is seen
    with pytest.raises(UnauthenticatedError):
        await remembering.still(seen)
    assert timedelta(seconds=1) >= REMEMBERED


async def test_many_who_come_at_once_cost_one_look(database: Database, ada: Ada) -> None:
    authenticator = AccountsAuthenticator(database, KEY, remembered=timedelta(hours=1))
    found = await asyncio.gather(*(authenticator.recognise(ada.access) for _ in range(50)))
    assert len({id(principal) for principal in found}) == 1


async def test_one_who_hangs_up_takes_the_answer_from_nobody(database: Database, ada: Ada) -> None:
    authenticator = AccountsAuthenticator(database, KEY, remembered=timedelta(hours=1))
    first, second = (asyncio.create_task(authenticator.recognise(ada.access)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).user_id == ada.signed_in.user.id

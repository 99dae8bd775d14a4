"""Registering and logging in, on both stores."""

import asyncio
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from foureyes.accounts import passwords, service
from foureyes.accounts.errors import EmailTakenError, RegistrationClosedError, WrongPasswordError
from foureyes.accounts.service import SignedIn, Visitor
from foureyes.accounts.tokens import Tokens
from foureyes.kit import clock
from foureyes.kit.database.port import Database
from foureyes.models.accounts import RefreshToken, SignIn, User
from foureyes.models.events import Event
from foureyes.models.workspaces import Membership, Role, Workspace
from foureyes.settings import Registration

PASSWORD = "correct horse battery"
HERE = Visitor("203.0.113.7", "A browser")


async def register(
    database: Database, tokens: Tokens, name: str = "ada", registration: Registration = Registration.OPEN
) -> SignedIn:
    email = f"{name}@example.org"
    return await service.register(
        database, tokens, email=email, name=name, password=PASSWORD, visitor=HERE, registration=registration
    )


async def log_in(database: Database, tokens: Tokens, name: str = "ada", password: str = PASSWORD) -> SignedIn:
    return await service.log_in(database, tokens, email=f"{name}@example.org", password=password, visitor=HERE)


def verbs(session: Session) -> list[str]:
    return list(session.scalars(select(Event.verb).order_by(Event.id)))


def operators(session: Session) -> list[str]:
    return list(session.scalars(select(User.email).where(User.operator)))


def workspaces(session: Session) -> list[tuple[bool, Role, UUID]]:
    query = select(Workspace.personal, Membership.role, Membership.user_id).join(
        Membership, Membership.workspace_id == Workspace.id
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


async def test_the_first_user_runs_the_installation_and_the_second_does_not(database: Database, tokens: Tokens) -> None:
    first, second = await register(database, tokens), await register(database, tokens, "bob")
    assert (first.user.operator, second.user.operator) == (True, False)


async def test_everybody_owns_a_personal_workspace(database: Database, tokens: Tokens) -> None:
    first, second = await register(database, tokens), await register(database, tokens, "bob")
    found = await database.read(workspaces)
    assert sorted(found) == sorted((True, Role.OWNER, one.user.id) for one in (first, second))


async def test_of_many_who_register_first_one_is_the_operator(database: Database, tokens: Tokens) -> None:
    await asyncio.gather(*(register(database, tokens, f"user{number}") for number in range(8)))
    assert len(await database.read(operators)) == 1
    assert len(await database.read(workspaces)) == 8


async def test_of_many_who_register_first_one_gets_in_where_one_may(database: Database, tokens: Tokens) -> None:
    attempts = (register(database, tokens, f"user{number}", Registration.FIRST) for number in range(8))
    results = await asyncio.gather(*attempts, return_exceptions=True)
    refused = [result for result in results if isinstance(result, RegistrationClosedError)]
    assert len(refused) == 7
    assert len(await database.read(workspaces)) == 1


async def test_an_address_has_one_account(database: Database, tokens: Tokens) -> None:
    await register(database, tokens)
    with pytest.raises(EmailTakenError):
        await register(database, tokens)
    assert len(await database.read(workspaces)) == 1


async def test_of_many_who_register_one_address_one_gets_it(database: Database, tokens: Tokens) -> None:
    await register(database, tokens, "first")
    results = await asyncio.gather(*(register(database, tokens) for _ in range(6)), return_exceptions=True)
    assert sum(isinstance(result, SignedIn) for result in results) == 1
    assert sum(isinstance(result, EmailTakenError) for result in results) == 5
    assert len(await database.read(workspaces)) == 2


async def test_whoever_knows_the_password_gets_in(database: Database, tokens: Tokens) -> None:
    made = await register(database, tokens)
    signed_in = await log_in(database, tokens)
    assert signed_in.user.id == made.user.id
    assert signed_in.sign_in_id != made.sign_in_id
    assert signed_in.refresh_token != made.refresh_token


async def test_a_wrong_password_and_an_unknown_address_get_one_answer(database: Database, tokens: Tokens) -> None:
    await register(database, tokens)
    with pytest.raises(WrongPasswordError) as wrong:
        await log_in(database, tokens, password="incorrect horse battery")
    with pytest.raises(WrongPasswordError) as unknown:
        await log_in(database, tokens, "nobody")
    assert str(wrong.value) == str(unknown.value)


async def test_a_disabled_account_is_refused_as_if_the_password_were_wrong(database: Database, tokens: Tokens) -> None:
    await register(database, tokens)
    await database.write(lambda session: session.execute(update(User).values(disabled_at=clock.now())) and None)
    with pytest.raises(WrongPasswordError):
        await log_in(database, tokens)


async def test_an_account_from_elsewhere_has_no_password(database: Database, tokens: Tokens) -> None:
    await register(database, tokens)
    await database.write(lambda session: session.execute(update(User).values(password_hash=None)) and None)
    for password in (PASSWORD, "nobody has this password", ""):
        with pytest.raises(WrongPasswordError):
            await log_in(database, tokens, password=password)


async def test_what_happens_is_written_down_without_secrets(database: Database, tokens: Tokens) -> None:
    await register(database, tokens)
    await log_in(database, tokens)
    for name in ("ada", "nobody"):
        with pytest.raises(WrongPasswordError):
            await log_in(database, tokens, name, password="a password mistyped")
    failed = "account.login-failed"
    assert await database.read(verbs) == [
        "account.registered",
        "account.logged-in",
        "account.logged-in",
        failed,
        failed,
    ]
    facts = await database.read(lambda session: str(list(session.scalars(select(Event.facts)))))
    assert HERE.address in facts
    assert not any(secret in facts for secret in (PASSWORD, "mistyped", "nobody@", "fr_"))


async def test_tokens_and_passwords_are_not_in_the_database(database: Database, tokens: Tokens) -> None:
    made = await register(database, tokens)
    digest, stored = await database.read(
        lambda session: (session.scalar(select(RefreshToken.digest)), session.scalar(select(User.password_hash)))
    )
    assert digest is not None
    assert len(digest) == 64
    assert digest not in made.refresh_token
    assert stored is not None
    assert stored.startswith("$argon2id$")


async def test_a_sign_in_says_from_where_it_came(database: Database, tokens: Tokens) -> None:
    await register(database, tokens)
    sign_in = await database.read(lambda session: session.scalars(select(SignIn)).one())
    assert (sign_in.address, sign_in.user_agent) == ("203.0.113.7", "A browser")
    assert sign_in.expires_at - sign_in.created_at == service.SIGN_IN_LIFETIME


async def test_an_old_hash_is_replaced_when_its_password_is_known(database: Database, tokens: Tokens) -> None:
    await register(database, tokens)
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    await database.write(lambda session: session.execute(update(User).values(password_hash=old)) and None)
    with pytest.raises(WrongPasswordError):
        await log_in(database, tokens, password="incorrect horse battery")
    assert await database.read(lambda session: session.scalar(select(User.password_hash))) == old
    await log_in(database, tokens)
    new = await database.read(lambda session: session.scalar(select(User.password_hash)))
    assert new is not None
    assert not passwords.outdated(new)
    await log_in(database, tokens)

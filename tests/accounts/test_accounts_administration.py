"""What operators do from the command line. On both stores."""

from typing import Any

import pytest
from sqlalchemy import select

from foureyes.accounts import administration, service
from foureyes.accounts.errors import WrongPasswordError
from foureyes.accounts.service import Visitor
from foureyes.accounts.tokens import Tokens
from foureyes.errors import NotFoundError
from foureyes.kit.database.port import Database
from foureyes.models.events import Event

OLD, NEW = "correct horse battery", "incorrect horse battery"


@pytest.fixture
async def people(database: Database, tokens: Tokens) -> list[str]:
    addresses = ["ada@example.org", "bob@example.org"]
    for email in addresses:
        await service.register(database, tokens, email=email, name=email[:3], password=OLD, visitor=Visitor())
    return addresses


async def test_users_are_listed_oldest_first(database: Database, people: list[str]) -> None:
    assert [user.email for user in await administration.list_users(database)] == people


async def test_anybody_can_be_made_an_operator(database: Database, people: list[str]) -> None:
    await administration.make_operator(database, "bob@example.org")
    assert [user.operator for user in await administration.list_users(database)] == [True, True]


async def test_after_a_reset_the_new_password_holds_alone(
    database: Database, tokens: Tokens, people: list[str]
) -> None:
    await administration.reset_password(database, "bob@example.org", NEW)
    for email, password in (("bob@example.org", NEW), ("ada@example.org", OLD)):
        await service.log_in(database, tokens, email=email, password=password, visitor=Visitor())
    with pytest.raises(WrongPasswordError):
        await service.log_in(database, tokens, email="bob@example.org", password=OLD, visitor=Visitor())


async def test_what_operators_do_is_written_down(database: Database, people: list[str]) -> None:
    await administration.make_operator(database, "bob@example.org")
    await administration.reset_password(database, "bob@example.org", NEW)
    verbs = await database.read(lambda session: session.scalars(select(Event.verb).order_by(Event.id)).all())
    assert list(verbs)[-2:] == ["account.operator-made", "account.password-reset"]


async def test_nobody_can_be_made_anything(database: Database) -> None:
    with pytest.raises(NotFoundError, match="no such user"):
        await administration.make_operator(database, "nobody@example.org")
    with pytest.raises(NotFoundError, match="no such user"):
        await administration.reset_password(database, "nobody@example.org", NEW)


class ResetMeanwhile:
    """A store in which an operator resets the password after it was checked, and before the sign-in is written."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.read = database.read

    async def write(self, *work: Any, **kwargs: Any) -> Any:
        await administration.reset_password(self._database, "ada@example.org", NEW)
        return await self._database.write(*work, **kwargs)


async def test_a_reset_holds_for_whoever_is_just_logging_in(
    database: Database, tokens: Tokens, people: list[str]
) -> None:
    meanwhile: Any = ResetMeanwhile(database)
    with pytest.raises(WrongPasswordError):
        await service.log_in(meanwhile, tokens, email="ada@example.org", password=OLD, visitor=Visitor())

"""A refresh token works once; its repetition is one thing, its theft another. On both stores."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from foureyes.accounts import refreshing, service
from foureyes.accounts.errors import SignInEndedError, TokenReusedError
from foureyes.accounts.service import SignedIn, Visitor
from foureyes.accounts.tokens import Tokens
from foureyes.kit import clock
from foureyes.kit.database.port import Database
from foureyes.models.accounts import RefreshToken, SignIn, User
from foureyes.models.events import Event

HERE = Visitor("203.0.113.7", "A browser")
THIEF = Visitor("198.51.100.9", "Another program")


async def signed_in(database: Database, tokens: Tokens) -> SignedIn:
    return await service.register(
        database, tokens, email="ada@example.org", name="Ada", password="correct horse battery", visitor=HERE
    )


async def refresh(database: Database, tokens: Tokens, token: str, visitor: Visitor = HERE) -> str:
    return (await refreshing.refresh(database, tokens, token=token, visitor=visitor)).refresh_token


async def change(database: Database, table: Any, **values: Any) -> None:
    """Have rows as time would have made them."""

    def work(session: Session) -> None:
        session.execute(update(table).values(**values))

    await database.write(work)


async def pass_grace(database: Database) -> None:
    long_ago = clock.now() - refreshing.GRACE - timedelta(seconds=1)

    def work(session: Session) -> None:
        session.execute(update(RefreshToken).where(RefreshToken.used_at.is_not(None)).values(used_at=long_ago))

    await database.write(work)


async def why_ended(database: Database) -> str:
    return await database.read(lambda session: session.scalars(select(SignIn.revoked_why)).one())


async def test_each_token_gives_the_next(database: Database, tokens: Tokens) -> None:
    first = await signed_in(database, tokens)
    second = await refreshing.refresh(database, tokens, token=first.refresh_token, visitor=HERE)
    third = await refreshing.refresh(database, tokens, token=second.refresh_token, visitor=HERE)
    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    assert third.sign_in_id == first.sign_in_id
    assert third.user.id == first.user.id


async def test_fifty_tabs_twenty_times_all_stay_logged_in_and_every_theft_is_noticed(
    database: Database, tokens: Tokens
) -> None:
    token = (await signed_in(database, tokens)).refresh_token
    for _ in range(20):
        answers = await asyncio.gather(*(refresh(database, tokens, token) for _ in range(50)))
        assert len(set(answers)) == 1
        token = answers[0]
    count = await database.read(lambda session: session.scalar(select(func.count()).select_from(RefreshToken)))
    assert count == 21
    assert await why_ended(database) == ""


@pytest.mark.parametrize("turn", range(20))
async def test_of_fifty_replays_at_once_none_goes_unnoticed(database: Database, tokens: Tokens, turn: int) -> None:
    stolen = (await signed_in(database, tokens)).refresh_token
    held = await refresh(database, tokens, stolen)
    await refresh(database, tokens, held)
    replays = (refresh(database, tokens, stolen) for _ in range(50))
    results = await asyncio.gather(*replays, return_exceptions=True)
    assert {type(result) for result in results} <= {TokenReusedError, SignInEndedError}
    assert sum(isinstance(result, TokenReusedError) for result in results) >= 1
    assert await why_ended(database) == "token reused"


async def test_an_answer_that_got_lost_can_be_asked_for_again(database: Database, tokens: Tokens) -> None:
    token = (await signed_in(database, tokens)).refresh_token
    lost = await refresh(database, tokens, token)
    again = await refresh(database, tokens, token)
    assert again == lost
    await refresh(database, tokens, again)


async def test_a_token_that_comes_again_later_ends_its_family(database: Database, tokens: Tokens) -> None:
    stolen = (await signed_in(database, tokens)).refresh_token
    held = await refresh(database, tokens, stolen)
    await pass_grace(database)
    with pytest.raises(TokenReusedError):
        await refresh(database, tokens, stolen)
    with pytest.raises(SignInEndedError):
        await refresh(database, tokens, held)


async def test_a_token_that_another_program_sends_ends_its_family_at_once(database: Database, tokens: Tokens) -> None:
    stolen = (await signed_in(database, tokens)).refresh_token
    held = await refresh(database, tokens, stolen)
    with pytest.raises(TokenReusedError):
        await refresh(database, tokens, stolen, THIEF)
    with pytest.raises(SignInEndedError):
        await refresh(database, tokens, held)


async def test_a_thief_who_is_first_is_noticed_when_the_owner_comes(database: Database, tokens: Tokens) -> None:
    stolen = (await signed_in(database, tokens)).refresh_token
    taken = await refresh(database, tokens, stolen, THIEF)
    with pytest.raises(TokenReusedError):
        await refresh(database, tokens, stolen)
    with pytest.raises(SignInEndedError):
        await refresh(database, tokens, taken, THIEF)


async def test_a_quick_thief_who_looks_the_same_is_noticed_at_the_next_refresh(
    database: Database, tokens: Tokens
) -> None:
    stolen = (await signed_in(database, tokens)).refresh_token
    shared = await refresh(database, tokens, stolen)
    assert await refresh(database, tokens, stolen) == shared
    await refresh(database, tokens, shared)
    await pass_grace(database)
    with pytest.raises(TokenReusedError):
        await refresh(database, tokens, shared)


async def test_a_theft_is_written_down(database: Database, tokens: Tokens) -> None:
    user = await signed_in(database, tokens)
    await refresh(database, tokens, user.refresh_token)
    with pytest.raises(TokenReusedError):
        await refresh(database, tokens, user.refresh_token, THIEF)
    event = await database.read(
        lambda session: session.scalars(select(Event).where(Event.verb == "account.token-reused")).one()
    )
    assert event.user_id == user.user.id
    assert event.facts == {"address": THIEF.address, "sign_in": str(user.sign_in_id)}


async def test_a_theft_ends_no_other_sign_in(database: Database, tokens: Tokens) -> None:
    stolen = (await signed_in(database, tokens)).refresh_token
    other = await service.log_in(
        database, tokens, email="ada@example.org", password="correct horse battery", visitor=HERE
    )
    await refresh(database, tokens, stolen)
    with pytest.raises(TokenReusedError):
        await refresh(database, tokens, stolen, THIEF)
    await refresh(database, tokens, other.refresh_token)


@pytest.mark.parametrize("token", ["", "fr_", "fr_" + "a" * 43, "\ud800", "\0", "x" * 100_000])
async def test_a_token_that_nobody_made_is_refused(database: Database, tokens: Tokens, token: str) -> None:
    with pytest.raises(SignInEndedError):
        await refresh(database, tokens, token)


async def test_what_would_follow_is_not_valid_before_it_is_given(database: Database, tokens: Tokens) -> None:
    first = (await signed_in(database, tokens)).refresh_token
    with pytest.raises(SignInEndedError):
        await refresh(database, tokens, tokens.next_refresh_token(first))


async def test_an_expired_token_is_refused(database: Database, tokens: Tokens) -> None:
    token = (await signed_in(database, tokens)).refresh_token
    await change(database, RefreshToken, expires_at=clock.now())
    with pytest.raises(SignInEndedError):
        await refresh(database, tokens, token)


async def test_refreshing_does_not_make_a_sign_in_last_forever(database: Database, tokens: Tokens) -> None:
    token = (await signed_in(database, tokens)).refresh_token
    await change(database, SignIn, expires_at=clock.now())
    with pytest.raises(SignInEndedError):
        await refresh(database, tokens, token)


async def test_a_disabled_user_can_not_refresh(database: Database, tokens: Tokens) -> None:
    token = (await signed_in(database, tokens)).refresh_token
    await change(database, User, disabled_at=clock.now())
    with pytest.raises(SignInEndedError):
        await refresh(database, tokens, token)


async def test_logging_out_ends_the_sign_in_for_every_tab(database: Database, tokens: Tokens) -> None:
    token = (await signed_in(database, tokens)).refresh_token
    following = await refresh(database, tokens, token)
    await refreshing.log_out(database, token=token)
    with pytest.raises(SignInEndedError):
        await refresh(database, tokens, following)
    assert await why_ended(database) == "logged out"


async def test_logging_out_twice_or_with_nothing_changes_nothing(database: Database, tokens: Tokens) -> None:
    token = (await signed_in(database, tokens)).refresh_token
    for one in (token, token, "fr_unknown"):
        await refreshing.log_out(database, token=one)
    logged_out = select(func.count()).where(Event.verb == "account.logged-out")
    assert await database.read(lambda session: session.scalar(logged_out)) == 1


async def test_what_has_expired_is_forgotten_and_the_rest_is_kept(database: Database, tokens: Tokens) -> None:
    token = (await signed_in(database, tokens)).refresh_token
    following = await refresh(database, tokens, token)
    await refreshing.forget_expired(database)
    await refresh(database, tokens, following)
    await change(database, RefreshToken, expires_at=clock.now())
    await change(database, SignIn, expires_at=clock.now())
    await refreshing.forget_expired(database)
    assert await database.read(lambda session: session.scalar(select(func.count()).select_from(SignIn))) == 0

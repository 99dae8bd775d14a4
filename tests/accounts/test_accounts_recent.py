"""What was just seen is believed for a while, and no longer."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from foureyes.accounts import recent
from foureyes.accounts.recent import RecentPrincipals
from foureyes.errors import UnauthenticatedError
from foureyes.rest.principal import Principal

HOUR, NO_TIME = timedelta(hours=1), timedelta(0)


class Asked:
    """Somebody who is asked, and counts how often."""

    def __init__(self, error: Exception | None = None) -> None:
        self.times = 0
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.error = error

    async def __call__(self) -> Principal:
        self.times += 1
        await self.go_on.wait()
        if self.error is not None:
            raise self.error
        return Principal(user_id=uuid4(), roles={}, home=uuid4())


async def test_one_answer_serves_again() -> None:
    known, asked = RecentPrincipals(HOUR), Asked()
    assert await known.get("ada", asked) is await known.get("ada", asked)
    assert asked.times == 1


async def test_each_has_an_answer_of_their_own() -> None:
    known, asked = RecentPrincipals(HOUR), Asked()
    assert await known.get("ada", asked) is not await known.get("bob", asked)


async def test_an_old_answer_is_asked_for_again() -> None:
    known, asked = RecentPrincipals(NO_TIME), Asked()
    assert await known.get("ada", asked) is not await known.get("ada", asked)
    assert asked.times == 2


async def test_who_comes_meanwhile_waits_for_the_same_answer() -> None:
    known, asked = RecentPrincipals(NO_TIME), Asked()
    asked.go_on.clear()
    tasks = [asyncio.create_task(known.get("ada", asked)) for _ in range(5)]
    await asyncio.sleep(0)
    asked.go_on.set()
    assert len({id(principal) for principal in await asyncio.gather(*tasks)}) == 1
    assert asked.times == 1


async def test_a_refusal_is_told_to_all_who_wait_and_not_kept() -> None:
    known, asked = RecentPrincipals(HOUR), Asked(UnauthenticatedError())
    results = await asyncio.gather(*(known.get("ada", asked) for _ in range(3)), return_exceptions=True)
    assert [type(result) for result in results] == [UnauthenticatedError] * 3
    assert asked.times == 1
    with pytest.raises(UnauthenticatedError):
        await known.get("ada", asked)
    assert asked.times == 2


async def test_one_who_gives_up_leaves_the_answer_to_the_others() -> None:
    known, asked = RecentPrincipals(HOUR), Asked()
    asked.go_on.clear()
    first, second = (asyncio.create_task(known.get("ada", asked)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    asked.go_on.set()
    assert await second is await known.get("ada", asked)
    assert asked.times == 1


async def test_the_memory_has_an_end() -> None:
    known, asked = RecentPrincipals(HOUR), Asked()
    await known.get("first", asked)
    for number in range(recent.MOST):
        await known.get(str(number), asked)
    before = asked.times
    await known.get("first", asked)
    assert asked.times == before + 1

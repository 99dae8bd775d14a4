"""Cancelling: whoever leaves takes nothing from the others, and gives back what was set aside."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from llm_material import FOUND, Desk, Remarks, an_ask
from pydantic import BaseModel

from foureyes.errors import ModelServerError
from foureyes.kit.keyvalue import MemoryStore
from foureyes.llm.budget import RunBudget
from foureyes.llm.flights import Flights
from foureyes.llm.port import Ask, Reply
from foureyes.llm.prices import Prices, Rate
from foureyes.llm.scripted import ScriptedModel


def slow(*lines: object) -> ScriptedModel:
    return ScriptedModel(lines, latency=timedelta(seconds=0.02))  # type: ignore[arg-type]


async def test_a_waiter_that_leaves_does_not_end_the_flight_of_the_others() -> None:
    model = slow(FOUND)
    desk = Desk(model)
    first, second, third = (asyncio.create_task(desk.models.ask(an_ask(), Remarks)) for _ in range(3))
    await asyncio.sleep(0.005)
    first.cancel()
    third.cancel()
    assert (await second).output == FOUND
    assert len(model.asks) == 1
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_when_the_last_waiter_leaves_the_call_is_cancelled_and_recorded() -> None:
    store, budget = MemoryStore(), RunBudget(10**9)
    desk = Desk(slow(FOUND), cache=store, budget=budget, prices=Prices(rate=Rate(Decimal(1), Decimal(1))))
    waiters = [asyncio.create_task(desk.models.ask(an_ask(), Remarks)) for _ in range(2)]
    await asyncio.sleep(0.005)
    assert budget.reserved > 0
    for waiter in waiters:
        waiter.cancel()
    await asyncio.gather(*waiters, return_exceptions=True)
    assert desk.outcomes == ["cancelled"]
    assert (budget.reserved, budget.spent) == (0, 0)
    assert (await store.stats()).entries == 0


async def test_after_a_cancelled_flight_the_same_question_starts_anew() -> None:
    desk = Desk(slow(FOUND, FOUND))
    waiter = asyncio.create_task(desk.models.ask(an_ask(), Remarks))
    await asyncio.sleep(0.005)
    waiter.cancel()
    await asyncio.wait([waiter])
    answer = await desk.models.ask(an_ask(), Remarks)
    assert answer.output == FOUND
    assert desk.outcomes == ["cancelled", "answered"]


async def test_a_call_that_still_waits_for_its_turn_has_no_row() -> None:
    model = slow(FOUND, FOUND)
    desk = Desk(model, parallel=1)
    first = asyncio.create_task(desk.models.ask(an_ask("one"), Remarks))
    second = asyncio.create_task(desk.models.ask(an_ask("two"), Remarks))
    await asyncio.sleep(0.005)
    second.cancel()
    await first
    assert desk.outcomes == ["answered"]
    assert len(model.asks) == 1


async def test_no_more_calls_are_in_flight_than_allowed() -> None:
    running = most = 0

    class Counting(ScriptedModel):
        async def attempt(self, ask: Ask, schema: type[BaseModel] | None) -> Reply:
            nonlocal running, most
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.001)
            running -= 1
            return await super().attempt(ask, schema)

    desk = Desk(Counting(lambda *_: FOUND), parallel=3)
    await asyncio.gather(*(desk.models.ask(an_ask(f"unit {number}"), Remarks) for number in range(12)))
    assert most == 3


async def test_an_error_reaches_every_waiter_and_the_next_one_tries_again() -> None:
    flights: Flights[int] = Flights()
    runs = 0

    async def work() -> int:
        nonlocal runs
        runs += 1
        await asyncio.sleep(0.001)
        if runs == 1:
            raise ModelServerError("a:b", "500")
        return runs

    ends = await asyncio.gather(*(flights.join("key", work) for _ in range(5)), return_exceptions=True)
    assert all(isinstance(end, ModelServerError) for end in ends)
    assert await flights.join("key", work) == (2, False)


async def test_flights_with_different_keys_are_different() -> None:
    flights: Flights[str] = Flights()

    async def work(key: str) -> str:
        await asyncio.sleep(0.001)
        return key

    ends = await asyncio.gather(*(flights.join(key, lambda key=key: work(key)) for key in "abab"))  # type: ignore[misc]
    assert [end[0] for end in ends] == list("abab")
    assert [end[1] for end in ends] == [False, False, True, True]

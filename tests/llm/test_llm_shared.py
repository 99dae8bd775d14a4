"""Doors that share slots and flights: held back together, and an answer bought once for all of them."""

import asyncio

from foureyes.kit.keyvalue import MemoryStore
from foureyes.llm.attempts import Slots
from foureyes.llm.calls import Models, Settled
from foureyes.llm.flights import Flights
from foureyes.llm.port import Ask, MemoryLedger, Purpose
from foureyes.llm.scripted import ScriptedModel


class _Counting:
    """A pace at which a model lets others run, and sees how many calls are in it at a time."""

    def __init__(self) -> None:
        self.now = self.most = 0

    def steady(self) -> float:
        return 0.0

    async def sleep(self, _: float) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        for _turn in range(20):
            await asyncio.sleep(0)
        self.now -= 1


def _ask(words: str) -> Ask:
    return Ask(Purpose.REVIEW, "1", "", words)


async def test_doors_that_share_slots_have_no_more_calls_in_flight_than_one() -> None:
    pace, slots = _Counting(), Slots(2)
    model = ScriptedModel(lambda _, __: "yes", pace=pace)
    doors = [Models([model], cache=MemoryStore(), ledger=MemoryLedger(), slots=slots) for _ in range(5)]
    await asyncio.gather(*(door.ask_text(_ask(f"question {number}")) for number, door in enumerate(doors)))
    assert pace.most == 2


async def test_doors_of_their_own_slots_do_not_wait_for_each_other() -> None:
    pace = _Counting()
    model = ScriptedModel(lambda _, __: "yes", pace=pace)
    doors = [Models([model], cache=MemoryStore(), ledger=MemoryLedger(), parallel=1) for _ in range(5)]
    await asyncio.gather(*(door.ask_text(_ask(f"question {number}")) for number, door in enumerate(doors)))
    assert pace.most == 5


async def test_doors_that_share_flights_buy_an_answer_once() -> None:
    model, flights, cache = ScriptedModel(["yes"], pace=_Counting()), Flights[Settled](), MemoryStore()
    ledgers = [MemoryLedger(), MemoryLedger()]
    doors = [Models([model], cache=cache, ledger=ledger, flights=flights) for ledger in ledgers]
    told = await asyncio.gather(*(door.ask_text(_ask("question")) for door in doors))
    assert [answer.output for answer in told] == ["yes", "yes"]
    assert sorted(len(ledger.rows) for ledger in ledgers) == [0, 1]
    assert sorted(door.spent.calls for door in doors) == [0, 1]


async def test_the_first_to_leave_takes_no_answer_from_the_others() -> None:
    model, flights, cache = ScriptedModel(["yes"], pace=_Counting()), Flights[Settled](), MemoryStore()
    doors = [Models([model], cache=cache, ledger=MemoryLedger(), flights=flights) for _ in range(2)]
    first, second = (asyncio.create_task(door.ask_text(_ask("question"))) for door in doors)
    for _turn in range(10):
        await asyncio.sleep(0)
    assert len(model.asks) == 1
    first.cancel()
    assert (await second).output == "yes"
    assert len(model.asks) == 1

"""The budget: what is spent and what is set aside never exceeds the ceiling."""

import asyncio
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from llm_material import FOUND, Desk, Remarks, an_ask
from pydantic import BaseModel

from foureyes.errors import BudgetExceededError, ModelServerError, ModelSettingsError
from foureyes.llm.budget import RunBudget
from foureyes.llm.port import Ask, Reply, Usage
from foureyes.llm.prices import Prices, Rate
from foureyes.llm.scripted import ScriptedModel

MODEL = "scripted:model"
A_DOLLAR_A_MILLION = Prices(rate=Rate(Decimal(1), Decimal(1)))


class Watched(RunBudget):
    """Remembers the most that was ever spent or set aside, and each reservation."""

    def __init__(self, ceiling: int) -> None:
        super().__init__(ceiling)
        self.amounts: list[int] = []
        self.peak = 0

    async def reserve(self, model: str, amount: int) -> None:
        await super().reserve(model, amount)
        self.amounts.append(amount)
        self.peak = max(self.peak, self.spent + self.reserved)


class Greedy(ScriptedModel):
    """Costs just what it is made to cost, and takes a turn of the loop for it."""

    def __init__(self, cost: int) -> None:
        super().__init__([])
        self.cost = cost

    async def attempt(self, ask: Ask, schema: type[BaseModel] | None) -> Reply:
        self.asks.append(ask)
        await asyncio.sleep(0.001)
        return Reply(FOUND.model_dump_json(), Usage(output_tokens=self.cost, calls=1), self.name)


async def reservation() -> int:
    """What is set aside for one ask of these tests."""
    budget = Watched(10**12)
    await Desk(ScriptedModel([FOUND]), budget=budget, prices=A_DOLLAR_A_MILLION).models.ask(an_ask("unit 00"), Remarks)
    return budget.amounts[0]


async def test_sixty_four_at_once_on_a_ceiling_for_ten_and_exactly_ten_run() -> None:
    most = await reservation()
    budget, model = Watched(most * 10), Greedy(most)
    desk = Desk(model, budget=budget, prices=A_DOLLAR_A_MILLION)
    answers = await asyncio.gather(
        *(desk.models.ask(an_ask(f"unit {number:02}"), Remarks) for number in range(64)), return_exceptions=True
    )
    assert sum(isinstance(answer, BudgetExceededError) for answer in answers) == 54
    assert len(model.asks) == len(desk.ledger.rows) == 10
    assert budget.spent == budget.peak == budget.ceiling


async def test_calls_that_cost_less_than_they_might_leave_room_for_others() -> None:
    most = await reservation()
    budget = Watched(most * 2)
    desk = Desk(Greedy(most // 40), budget=budget, prices=A_DOLLAR_A_MILLION)
    await asyncio.gather(*(desk.models.ask(an_ask(f"unit {number:02}"), Remarks) for number in range(30)))
    assert budget.peak <= budget.ceiling
    assert budget.spent == 30 * (most // 40)


async def test_what_is_set_aside_covers_the_answer_the_prompt_and_the_schema() -> None:
    small, large = an_ask("x"), an_ask("x" * 10_000, max_output_tokens=8_000)
    budget = Watched(10**12)
    desk = Desk(ScriptedModel([FOUND, FOUND]), budget=budget, prices=A_DOLLAR_A_MILLION)
    await desk.models.ask(small, Remarks)
    await desk.models.ask(large, Remarks)
    assert budget.amounts[0] > small.max_output_tokens + 1000
    assert budget.amounts[1] - budget.amounts[0] >= 5_000 - 1 + 8_000 - small.max_output_tokens


async def test_a_refusal_says_how_much_is_needed_and_left() -> None:
    with pytest.raises(BudgetExceededError, match=r"may cost \$0.0000, \$0.0000 is left") as caught:
        await RunBudget(5).reserve(MODEL, 6)
    assert (caught.value.needed, caught.value.left) == (6, 5)


async def test_a_failed_call_gives_its_reservation_back() -> None:
    budget = RunBudget(10**9)
    desk = Desk(ScriptedModel([ModelServerError(MODEL, "500")] * 3), budget=budget, prices=A_DOLLAR_A_MILLION)
    with pytest.raises(ModelServerError):
        await desk.models.ask(an_ask(), Remarks)
    assert (budget.reserved, budget.spent) == (0, 0)


async def test_a_failed_call_that_is_billed_is_counted() -> None:
    billed = ModelServerError(MODEL, "broke off")
    billed.input_tokens, billed.output_tokens = 300, 20
    budget = RunBudget(10**9)
    desk = Desk(ScriptedModel([billed, FOUND]), budget=budget, prices=A_DOLLAR_A_MILLION)
    answer = await desk.models.ask(an_ask(), Remarks)
    assert desk.ledger.rows[0].usage.cost == 320
    assert budget.spent == answer.usage.cost


async def test_a_ceiling_cannot_be_kept_on_an_unknown_price() -> None:
    desk = Desk(ScriptedModel([FOUND], name="compatible:mystery"), budget=RunBudget(10**9))
    with pytest.raises(ModelSettingsError, match="FOUREYES_PRICE_PER_MILLION_INPUT"):
        await desk.models.ask(an_ask(), Remarks)
    assert desk.ledger.rows == []


async def test_without_a_ceiling_an_unknown_price_is_unknown_and_not_zero() -> None:
    desk = Desk(ScriptedModel([FOUND], name="compatible:mystery"))
    assert (await desk.models.ask(an_ask(), Remarks)).usage.cost is None


async def test_one_who_waits_for_the_budget_may_leave() -> None:
    budget = RunBudget(10)
    await budget.reserve(MODEL, 8)
    waiting = asyncio.create_task(budget.reserve(MODEL, 5))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await budget.settle(8, 1)
    await budget.reserve(MODEL, 9)
    assert budget.reserved == 9


@given(st.integers(0, 100), st.lists(st.tuples(st.integers(0, 30), st.floats(0, 1)), max_size=40))
def test_no_order_of_calls_breaks_the_ceiling(ceiling: int, calls: list[tuple[int, float]]) -> None:
    budget = Watched(ceiling)

    async def call(amount: int, share: float) -> None:
        await budget.reserve(MODEL, amount)
        await asyncio.sleep(0)
        await budget.settle(amount, int(amount * share))

    async def run() -> list[BaseException | None]:
        return await asyncio.gather(*(call(*each) for each in calls), return_exceptions=True)

    ends = asyncio.run(run())
    assert budget.peak <= ceiling
    assert budget.reserved == 0
    assert all(end is None or isinstance(end, BudgetExceededError) for end in ends)

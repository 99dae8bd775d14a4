"""A monthly budget is never exceeded: not by many at once, not by workers that died."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update
from usage_world import MODEL, an_attempt, reservations, run_of, usage_of

from claimed import claimed
from foureyes.errors import BudgetExceededError
from foureyes.kit import clock
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.llm.budget import Budgets, RunBudget
from foureyes.llm.calls import Models
from foureyes.llm.port import Ask, Purpose
from foureyes.llm.prices import Prices
from foureyes.llm.scripted import ScriptedModel
from foureyes.models.reviews import Review, ReviewStatus
from foureyes.runs.port import Claimed
from foureyes.settings import Settings
from foureyes.usage import repository
from foureyes.usage.answers import DatabaseAnswers
from foureyes.usage.budget import DatabaseBudget
from foureyes.usage.ledger import DatabaseLedger
from foureyes.usage.service import settle_abandoned

LATER = timedelta(minutes=10)
PRICES = Prices.from_settings(Settings(price_per_million_input=0, price_per_million_output=1))


async def test_what_is_set_aside_counts_until_it_is_given_back(database: Database) -> None:
    one = await claimed(database, budget=100)
    budget = DatabaseBudget(database, run_of(one))
    await budget.reserve(MODEL, 70)
    with pytest.raises(BudgetExceededError) as caught:
        await budget.reserve(MODEL, 40)
    assert (caught.value.needed, caught.value.left) == (40, 30)
    await budget.settle(70, 5)
    await budget.reserve(MODEL, 100)
    assert (await usage_of(database, one.workspace_id)).reserved == 100


async def test_what_the_ledger_counts_as_spent_is_gone(database: Database) -> None:
    one = await claimed(database, budget=1_000)
    await DatabaseLedger(database, run_of(one)).record(an_attempt())
    with pytest.raises(BudgetExceededError):
        await DatabaseBudget(database, run_of(one)).reserve(MODEL, 701)
    await DatabaseBudget(database, run_of(one)).reserve(MODEL, 700)


async def test_without_a_limit_everything_fits(database: Database) -> None:
    one = await claimed(database)
    await DatabaseBudget(database, run_of(one)).reserve(MODEL, 10**12)
    assert (await usage_of(database, one.workspace_id)).reserved == 10**12


async def test_one_workspace_does_not_spend_the_budget_of_another(database: Database) -> None:
    one, other = await claimed(database, budget=10), await claimed(database, budget=10)
    await DatabaseBudget(database, run_of(one)).reserve(MODEL, 10)
    await DatabaseBudget(database, run_of(other)).reserve(MODEL, 10)
    assert len(await reservations(database)) == 2


async def test_a_reservation_that_is_made_twice_counts_once(database: Database) -> None:
    one, reservation_id, at = await claimed(database, budget=100), new_id(), clock.now()
    made = [await database.write(repository.reserve, reservation_id, run_of(one), 60, at) for _ in range(2)]
    assert made == [True, True]
    assert (await usage_of(database, one.workspace_id)).reserved == 60


async def test_a_reservation_that_is_ended_twice_is_given_back_once(database: Database) -> None:
    one, reservation_id = await claimed(database, budget=100), new_id()
    await database.write(repository.reserve, new_id(), run_of(one), 30, clock.now())
    await database.write(repository.reserve, reservation_id, run_of(one), 60, clock.now())
    for _ in range(2):
        await database.write(repository.release, reservation_id)
    assert (await usage_of(database, one.workspace_id)).reserved == 30


async def test_of_64_at_once_on_a_budget_for_10_exactly_10_run(database: Database) -> None:
    one = await claimed(database, budget=100)
    budgets = [DatabaseBudget(database, run_of(one)) for _ in range(64)]
    done = await asyncio.gather(*(budget.reserve(MODEL, 10) for budget in budgets), return_exceptions=True)
    assert sum(each is None for each in done) == 10
    assert sum(isinstance(each, BudgetExceededError) for each in done) == 54
    assert (await usage_of(database, one.workspace_id)).reserved == 100


class _Held:
    """A pace at which a model answers when it is let go."""

    def __init__(self) -> None:
        self.begun, self.free = asyncio.Event(), asyncio.Event()

    def steady(self) -> float:
        return clock.steady()

    async def sleep(self, _: float) -> None:
        self.begun.set()
        await self.free.wait()


async def test_of_64_reviews_at_once_10_are_answered_and_54_told_why(database: Database) -> None:
    # A call for a thousand output tokens, at a dollar a million, may cost a thousand micro-dollars.
    one, held = await claimed(database, budget=10_000), _Held()
    model = ScriptedModel(lambda _, __: "An answer.", name=MODEL, pace=held)
    refused: list[str] = []

    async def ask(number: int) -> None:
        run = await claimed(database, workspace_id=one.workspace_id)
        asked = Ask(Purpose.REVIEW, "1", "", f"question {number}", max_output_tokens=1_000)
        try:
            await _door(database, run, model).ask_text(asked)
        except BudgetExceededError as exc:
            refused.append(str(exc))
        if len(refused) == 54:
            held.free.set()

    async with asyncio.timeout(60):
        await asyncio.gather(*map(ask, range(64)))
    assert (len(refused), len(model.asks)) == (54, 10)
    assert "the budget is too small" in refused[0]
    used = await usage_of(database, one.workspace_id)
    assert (used.calls, used.reserved) == (10, 0)
    assert 0 < used.spent <= 10_000


def _door(database: Database, one: Claimed, model: ScriptedModel) -> Models:
    run = run_of(one)
    return Models(
        [model],
        cache=DatabaseAnswers(database, run.workspace_id),
        ledger=DatabaseLedger(database, run),
        prices=PRICES,
        budget=DatabaseBudget(database, run),
    )


async def test_a_call_that_is_cancelled_gives_its_money_back(database: Database) -> None:
    one = await claimed(database, budget=10_000)
    held = _Held()
    model = ScriptedModel(["never"], name=MODEL, pace=held)
    task = asyncio.create_task(_door(database, one, model).ask_text(Ask(Purpose.REVIEW, "1", "", "question")))
    async with asyncio.timeout(20):
        await held.begun.wait()
        assert len(await reservations(database)) == 1
        task.cancel()
        await asyncio.wait([task])
    assert await reservations(database) == []
    assert (await usage_of(database, one.workspace_id)).reserved == 0


async def test_both_budgets_must_hold_and_a_refusal_leaves_nothing_aside(database: Database) -> None:
    one = await claimed(database, budget=50)
    run_budget = RunBudget(100)
    budgets = Budgets(run_budget, DatabaseBudget(database, run_of(one)))
    with pytest.raises(BudgetExceededError):
        await budgets.reserve(MODEL, 60)
    assert run_budget.reserved == 0
    await budgets.reserve(MODEL, 50)
    await budgets.settle(50, 20)
    assert (run_budget.spent, run_budget.reserved) == (20, 0)
    assert (await usage_of(database, one.workspace_id)).reserved == 0


async def test_what_a_dead_worker_had_set_aside_counts_as_spent(database: Database) -> None:
    one = await claimed(database, budget=100)
    await DatabaseBudget(database, run_of(one)).reserve(MODEL, 30)
    await database.write(lambda session: session.execute(update(Review).values(fence=2)).rowcount)
    assert await database.write(settle_abandoned, clock.now() + LATER) == 1
    used = await usage_of(database, one.workspace_id)
    assert (used.spent, used.reserved, await reservations(database)) == (30, 0, [])


@pytest.mark.parametrize("status", [ReviewStatus.DEFERRED, ReviewStatus.COMPLETED, ReviewStatus.CANCELLED])
async def test_a_review_that_is_not_processing_holds_no_money(database: Database, status: ReviewStatus) -> None:
    one = await claimed(database, budget=100)
    await DatabaseBudget(database, run_of(one)).reserve(MODEL, 30)
    await database.write(lambda session: session.execute(update(Review).values(status=status)).rowcount)
    assert await database.write(settle_abandoned, clock.now() + LATER) == 1


async def test_a_live_claim_keeps_what_it_has_set_aside(database: Database) -> None:
    one = await claimed(database, budget=100)
    await DatabaseBudget(database, run_of(one)).reserve(MODEL, 30)
    assert await database.write(settle_abandoned, clock.now() + LATER) == 0
    assert (await usage_of(database, one.workspace_id)).reserved == 30


async def test_the_youngest_reservations_are_left_to_the_next_round(database: Database) -> None:
    one = await claimed(database, budget=100)
    await DatabaseBudget(database, run_of(one)).reserve(MODEL, 30)
    await database.write(lambda session: session.execute(update(Review).values(fence=2)).rowcount)
    assert await database.write(settle_abandoned, clock.now()) == 0

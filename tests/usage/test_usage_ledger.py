"""Each attempt on the wire has a row with whose it was, and is counted once in its month."""

from datetime import UTC, datetime

from usage_world import MODEL, an_attempt, calls_of, run_of, usage_of

from claimed import claimed
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.llm.port import AttemptOutcome, AttemptRow
from foureyes.llm.port import Usage as Used
from foureyes.usage import repository
from foureyes.usage.ledger import DatabaseLedger


async def test_an_attempt_has_a_row_that_says_whose_it_was(database: Database) -> None:
    one = await claimed(database)
    await DatabaseLedger(database, run_of(one)).record(an_attempt(attempt=2, reason="why"))
    [call] = await calls_of(database, one.review_id)
    assert (call.workspace_id, call.review_id, call.fence) == (one.workspace_id, one.review_id, 1)
    assert (call.purpose, call.model, call.outcome, call.attempt, call.reason) == (
        "review",
        MODEL,
        "answered",
        2,
        "why",
    )
    assert (call.input_tokens, call.cached_input_tokens, call.cache_written_tokens) == (1_000, 200, 10)
    assert (call.output_tokens, call.cost, call.seconds) == (50, 300, 1.5)


async def test_attempts_add_up_in_the_month_in_which_they_began(database: Database) -> None:
    one = await claimed(database)
    ledger = DatabaseLedger(database, run_of(one))
    november = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)
    await ledger.record(an_attempt(started=november))
    await ledger.record(an_attempt(started=november, usage=Used(5, 1, 2, 7, 1)))
    used = await usage_of(database, one.workspace_id)
    assert (used.month, used.calls, used.spent, used.reserved) == ("2026-11", 2, 307, 0)
    assert (used.input_tokens, used.cached_input_tokens, used.output_tokens) == (1_005, 201, 52)


async def test_a_row_that_is_written_twice_counts_once(database: Database) -> None:
    one, call_id, row = await claimed(database), new_id(), an_attempt()
    for _ in range(2):
        await database.write(repository.add_call, call_id, run_of(one), row)
    used = await usage_of(database, one.workspace_id)
    assert (used.calls, used.spent) == (1, 300)
    assert len(await calls_of(database, one.review_id)) == 1


async def test_an_attempt_whose_price_is_not_known_is_counted_without_money(database: Database) -> None:
    one = await claimed(database)
    await DatabaseLedger(database, run_of(one)).record(an_attempt(usage=Used(5, 0, 2, None, 1)))
    [call] = await calls_of(database, one.review_id)
    assert call.cost is None
    assert (await usage_of(database, one.workspace_id)).spent == 0


async def test_what_a_provider_said_may_hold_any_bytes(database: Database) -> None:
    one = await claimed(database)
    await DatabaseLedger(database, run_of(one)).record(an_attempt(reason="a\0b\udcffc", model="m" * 500))
    [call] = await calls_of(database, one.review_id)
    assert call.reason == "ab\ufffdc"
    assert call.model == "m" * 120


async def test_metrics_are_told_of_each_attempt(database: Database) -> None:
    told: list[AttemptRow] = []
    ledger = DatabaseLedger(database, run_of(await claimed(database)), on_call=told.append)
    await ledger.record(an_attempt(outcome=AttemptOutcome.TRUNCATED))
    assert [row.outcome for row in told] == [AttemptOutcome.TRUNCATED]

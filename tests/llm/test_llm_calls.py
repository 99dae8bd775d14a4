"""Asking: one answer for one question, kept before it is given, with a row for every attempt."""

import asyncio
from datetime import timedelta

import pytest
from llm_material import FOUND, NOTHING, Desk, Remarks, an_ask

from foureyes.errors import ContextOverflowError, MalformedAnswerError, ModelServerError, TruncatedAnswerError
from foureyes.kit.keyvalue import MemoryStore
from foureyes.llm.port import Ask, Purpose, Usage
from foureyes.llm.scripted import ScriptedModel

NAME = "scripted:model"


async def test_an_answer_comes_as_the_schema_with_its_model_and_usage() -> None:
    desk = Desk(ScriptedModel([FOUND]))
    answer = await desk.models.ask(an_ask(), Remarks)
    assert answer.output == FOUND
    assert answer.model == NAME
    assert not answer.cached
    assert answer.usage.calls == 1
    assert answer.usage.input_tokens > 0


async def test_a_question_asked_again_is_answered_from_the_cache() -> None:
    model = ScriptedModel([FOUND])
    desk = Desk(model)
    await desk.models.ask(an_ask(), Remarks)
    again = await desk.models.ask(an_ask(), Remarks)
    assert again.cached
    assert again.output == FOUND
    assert again.usage == Usage()
    assert len(model.asks) == 1
    assert len(desk.ledger.rows) == 1


async def test_the_cache_outlives_the_door() -> None:
    store = MemoryStore()
    await Desk(ScriptedModel([FOUND]), cache=store).models.ask(an_ask(), Remarks)
    later = Desk(ScriptedModel([]), cache=store)
    assert (await later.models.ask(an_ask(), Remarks)).cached


@pytest.mark.parametrize(
    "change",
    [
        {"prompt": "Other code."},
        {"system": "Other rules."},
        {"prompt_version": "review-2"},
        {"seed": 1},
        {"max_output_tokens": 99},
        {"key": "other"},
    ],
)
async def test_whatever_the_answer_depends_on_asks_anew(change: dict[str, object]) -> None:
    model = ScriptedModel([FOUND, NOTHING])
    desk = Desk(model)
    await desk.models.ask(an_ask(), Remarks)
    assert not (await desk.models.ask(an_ask(**change), Remarks)).cached


async def test_a_key_stands_for_the_words() -> None:
    desk = Desk(ScriptedModel([FOUND]))
    await desk.models.ask(an_ask("with one outline", key="unit 1"), Remarks)
    assert (await desk.models.ask(an_ask("with another outline", key="unit 1"), Remarks)).cached


async def test_the_purpose_does_not_change_the_answer() -> None:
    desk = Desk(ScriptedModel([FOUND]))
    await desk.models.ask(an_ask(), Remarks)
    assert (await desk.models.ask(an_ask(purpose=Purpose.VERIFY), Remarks)).cached


async def test_the_same_question_at_the_same_time_is_asked_once() -> None:
    model = ScriptedModel(lambda *_: FOUND, latency=timedelta(milliseconds=5))
    desk = Desk(model)
    answers = await asyncio.gather(*(desk.models.ask(an_ask(), Remarks) for _ in range(20)))
    assert len(model.asks) == 1
    assert sum(not answer.cached for answer in answers) == 1
    assert sum(answer.usage.calls for answer in answers) == 1
    assert all(answer.output == FOUND for answer in answers)


async def test_the_row_is_kept_before_the_answer_is_given() -> None:
    class Watching(MemoryStore):
        async def put(self, key: str, value: bytes, *, lifetime: timedelta) -> None:
            await asyncio.sleep(0.01)
            await super().put(key, value, lifetime=lifetime)

    store = Watching()
    await Desk(ScriptedModel([FOUND]), cache=store).models.ask(an_ask(lifetime=timedelta(hours=1)), Remarks)
    assert (await store.stats()).entries == 1


async def test_a_row_that_no_longer_reads_is_asked_anew() -> None:
    store = MemoryStore()
    desk = Desk(ScriptedModel([FOUND, FOUND]), cache=store)
    await desk.models.ask(an_ask(), Remarks)
    await store.put(desk.ledger.rows[0].key, b'["scripted:model", "{}"]', lifetime=timedelta(hours=1))
    assert not (await desk.models.ask(an_ask(), Remarks)).cached
    await store.put(desk.ledger.rows[0].key, b"\xff\x00", lifetime=timedelta(hours=1))
    with pytest.raises(Exception, match="no answer left"):
        await desk.models.ask(an_ask(), Remarks)


async def test_an_answer_that_does_not_fit_is_asked_for_once_more_with_the_reason() -> None:
    model = ScriptedModel(['{"items": [{"line": "three"}]}', FOUND])
    desk = Desk(model)
    answer = await desk.models.ask(an_ask(), Remarks)
    assert answer.output == FOUND
    assert answer.attempts == 2
    assert desk.outcomes == ["malformed", "answered"]
    second = model.asks[1]
    assert second.system == model.asks[0].system
    assert second.prompt.startswith("Review this.")
    assert "items.0.line: Input should be a valid integer" in second.prompt
    assert "items.0.title: Field required" in second.prompt


async def test_an_answer_that_never_fits_fails_after_one_more_try() -> None:
    desk = Desk(ScriptedModel(lambda *_: "I would rather talk."))
    with pytest.raises(MalformedAnswerError, match="does not fit"):
        await desk.models.ask(an_ask(), Remarks)
    assert desk.outcomes == ["malformed", "malformed"]
    assert all(row.reason and row.usage.output_tokens for row in desk.ledger.rows)


async def test_a_cut_answer_is_asked_for_once_more_with_less() -> None:
    model = ScriptedModel(["word " * 500, FOUND])
    desk = Desk(model)
    assert (await desk.models.ask(an_ask(max_output_tokens=100), Remarks)).output == FOUND
    assert desk.outcomes == ["truncated", "answered"]
    assert "cut off at 100 tokens" in model.asks[1].prompt


async def test_an_answer_cut_twice_fails_and_counts_what_it_cost() -> None:
    desk = Desk(ScriptedModel(lambda *_: "word " * 500))
    with pytest.raises(TruncatedAnswerError):
        await desk.models.ask(an_ask(max_output_tokens=100), Remarks)
    assert [row.usage.output_tokens for row in desk.ledger.rows] == [100, 100]


async def test_misfit_and_cut_have_one_more_try_each() -> None:
    desk = Desk(ScriptedModel(["nonsense", "word " * 500, FOUND]))
    assert (await desk.models.ask(an_ask(max_output_tokens=100), Remarks)).attempts == 3
    assert desk.outcomes == ["malformed", "truncated", "answered"]


async def test_a_prompt_that_is_too_large_is_for_the_caller_to_split() -> None:
    desk = Desk(ScriptedModel([ContextOverflowError(NAME, "too long"), FOUND]))
    with pytest.raises(ContextOverflowError):
        await desk.models.ask(an_ask(), Remarks)
    assert desk.outcomes == ["overflow"]


async def test_words_are_asked_for_without_a_schema() -> None:
    seen: list[object] = []

    def respond(ask: Ask, schema: object) -> str:
        seen.append(schema)
        return f"About {ask.prompt}"

    desk = Desk(ScriptedModel(respond))
    assert (await desk.models.ask_text(an_ask())).output == "About Review this."
    assert (await desk.models.ask_text(an_ask())).cached
    assert seen == [None]


async def test_no_words_are_no_answer() -> None:
    desk = Desk(ScriptedModel(["  \n", "It is fine."]))
    assert (await desk.models.ask_text(an_ask())).output == "It is fine."
    assert desk.outcomes == ["malformed", "answered"]


async def test_usage_adds_up_over_all_attempts() -> None:
    desk = Desk(ScriptedModel(["nonsense", FOUND]))
    answer = await desk.models.ask(an_ask(), Remarks)
    assert answer.usage == desk.ledger.rows[0].usage + desk.ledger.rows[1].usage
    assert desk.ledger.by_purpose() == {Purpose.REVIEW: answer.usage}


async def test_rows_tell_the_key_the_attempt_and_the_reason() -> None:
    desk = Desk(ScriptedModel([ModelServerError(NAME, "500 from the provider"), FOUND]))
    await desk.models.ask(an_ask(), Remarks)
    first, second = desk.ledger.rows
    assert (first.attempt, second.attempt) == (1, 2)
    assert first.key == second.key
    assert first.reason == "500 from the provider"
    assert first.started.tzinfo is not None


@pytest.mark.parametrize(
    "hostile",
    [
        "[" * 100_000,
        '{"items": [{"line": ' + "9" * 5000 + ', "title": "x"}]}',
        '{"items": [{"line": 1, "title": "\\ud800"}]}',
        '{"items": [{"line": NaN, "title": "x"}]}',
        '{"items": [{"line": 1e400, "title": "x"}]}',
        "\x00",
        "",
    ],
)
async def test_a_hostile_answer_is_malformed_and_nothing_worse(hostile: str) -> None:
    desk = Desk(ScriptedModel(lambda *_: hostile))
    with pytest.raises(MalformedAnswerError) as caught:
        await desk.models.ask(an_ask(max_output_tokens=90_000), Remarks)
    assert len(str(caught.value)) < 1000


async def test_the_first_model_speaks_for_the_door_and_all_are_closed() -> None:
    first, second = ScriptedModel([FOUND]), ScriptedModel([], name="scripted:second")
    desk = Desk(first, second)
    assert desk.models.model == first.name
    assert desk.models.traits == first.traits
    await desk.models.close()
    assert first.closed
    assert second.closed

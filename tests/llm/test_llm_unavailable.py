"""When a model is not available: waits, fallbacks, and what is never tried again."""

import asyncio
from datetime import timedelta

import pytest
from llm_material import FOUND, NOTHING, Desk, Remarks, an_ask

from foureyes.errors import (
    BudgetExceededError,
    ContextOverflowError,
    MalformedAnswerError,
    ModelAuthError,
    ModelConnectionError,
    ModelCreditError,
    ModelError,
    ModelOverloadedError,
    ModelRateLimitError,
    ModelRefusedError,
    ModelServerError,
    ModelSettingsError,
    ModelTimeoutError,
    TruncatedAnswerError,
)
from foureyes.llm.scripted import ScriptedModel

FIRST, SECOND = "anthropic:first", "openai:second"
UNAVAILABLE = [ModelOverloadedError, ModelServerError, ModelConnectionError, ModelTimeoutError]


def limited(seconds: float | None) -> ModelRateLimitError:
    wish = None if seconds is None else timedelta(seconds=seconds)
    return ModelRateLimitError(FIRST, "too many requests", retry_after=wish)


@pytest.mark.parametrize("kind", UNAVAILABLE)
async def test_three_attempts_with_growing_waits(kind: type[ModelError]) -> None:
    desk = Desk(ScriptedModel(lambda *_: kind(FIRST, "not now"), name=FIRST))
    with pytest.raises(kind):
        await desk.models.ask(an_ask(), Remarks)
    assert desk.outcomes == ["unavailable"] * 3
    assert timedelta(seconds=0.3) <= desk.waited <= timedelta(seconds=3)


async def test_an_outage_that_ends_is_outlasted() -> None:
    desk = Desk(ScriptedModel([ModelServerError(FIRST, "500"), ModelConnectionError(FIRST, "reset"), FOUND]))
    assert (await desk.models.ask(an_ask(), Remarks)).attempts == 3


@pytest.mark.parametrize("seconds", [1, 30, 60])
async def test_a_wish_of_up_to_a_minute_is_waited_out_in_full(seconds: int) -> None:
    desk = Desk(ScriptedModel([limited(seconds), FOUND], name=FIRST))
    await desk.models.ask(an_ask(), Remarks)
    assert timedelta(seconds=seconds) <= desk.waited <= timedelta(seconds=seconds * 1.1 + 1)
    assert desk.outcomes == ["rate-limited", "answered"]


async def test_a_longer_wish_goes_to_the_caller_at_once() -> None:
    desk = Desk(ScriptedModel([limited(61), FOUND], name=FIRST))
    with pytest.raises(ModelRateLimitError) as caught:
        await desk.models.ask(an_ask(), Remarks)
    assert caught.value.retry_after == timedelta(seconds=61)
    assert desk.waited == timedelta(0)


async def test_during_a_long_pause_nothing_is_sent() -> None:
    model = ScriptedModel([limited(300)], name=FIRST)
    desk = Desk(model)
    for prompt in ("one", "two", "three"):
        with pytest.raises(ModelRateLimitError) as caught:
            await desk.models.ask(an_ask(prompt), Remarks)
        assert caught.value.retry_after is not None
    assert len(model.asks) == 1
    assert desk.outcomes == ["rate-limited"]


async def test_one_rate_limit_holds_everybody_back() -> None:
    model = ScriptedModel([limited(20), *[FOUND] * 10], name=FIRST)
    desk = Desk(model, parallel=1)
    times: list[float] = []

    async def one(prompt: str) -> None:
        await desk.models.ask(an_ask(prompt), Remarks)
        times.append(desk.pace.now)

    await asyncio.gather(*(one(f"unit {number}") for number in range(10)))
    assert min(times) >= 20


async def test_rate_limits_have_more_attempts_than_failures() -> None:
    desk = Desk(ScriptedModel([*[limited(1)] * 6, FOUND], name=FIRST))
    assert (await desk.models.ask(an_ask(), Remarks)).attempts == 7


async def test_rate_limits_without_end_end() -> None:
    desk = Desk(ScriptedModel(lambda *_: limited(1), name=FIRST))
    with pytest.raises(ModelRateLimitError):
        await desk.models.ask(an_ask(), Remarks)
    assert len(desk.ledger.rows) == 8


@pytest.mark.parametrize("kind", [*UNAVAILABLE, ModelRateLimitError])
async def test_the_next_model_is_asked_when_the_first_is_unavailable(kind: type[ModelError]) -> None:
    second = ScriptedModel([FOUND], name=SECOND)
    desk = Desk(ScriptedModel(lambda *_: kind(FIRST, "not now"), name=FIRST), second)
    answer = await desk.models.ask(an_ask(), Remarks)
    assert answer.model == SECOND
    assert answer.usage.calls == len(desk.ledger.rows)


NEVER: list[ModelError] = [
    ModelAuthError(FIRST, "bad key"),
    ModelCreditError(FIRST, "no credit"),
    ModelSettingsError(FIRST, "no such model"),
    ContextOverflowError(FIRST, "too long"),
    ModelRefusedError(FIRST, "no"),
    BudgetExceededError(FIRST, needed=2, left=1),
    MalformedAnswerError(FIRST, "no JSON"),
    TruncatedAnswerError(FIRST, "cut"),
]


@pytest.mark.parametrize("error", NEVER, ids=lambda error: type(error).__name__)
async def test_the_next_model_is_never_asked_for_anything_else(error: ModelError) -> None:
    second = ScriptedModel([FOUND], name=SECOND)
    desk = Desk(ScriptedModel(lambda *_: error, name=FIRST), second)
    with pytest.raises(type(error)):
        await desk.models.ask(an_ask(), Remarks)
    assert second.asks == []
    assert desk.waited == timedelta(0)


async def test_when_all_are_unavailable_the_first_one_says_why() -> None:
    desk = Desk(
        ScriptedModel([limited(300)], name=FIRST),
        ScriptedModel(lambda *_: ModelServerError(SECOND, "500"), name=SECOND),
    )
    with pytest.raises(ModelRateLimitError) as caught:
        await desk.models.ask(an_ask(), Remarks)
    assert caught.value.retry_after == timedelta(seconds=300)
    assert desk.outcomes == ["rate-limited", *["unavailable"] * 3]


async def test_what_a_fallback_answered_is_not_bought_again() -> None:
    first = ScriptedModel([limited(300), NOTHING], name=FIRST)
    desk = Desk(first, ScriptedModel([FOUND], name=SECOND))
    await desk.models.ask(an_ask(), Remarks)
    again = await desk.models.ask(an_ask(), Remarks)
    assert again.cached
    assert again.model == SECOND


@pytest.mark.parametrize("error", [ModelAuthError(FIRST, "bad key"), ModelCreditError(FIRST, "no credit")])
async def test_a_provider_that_refuses_the_key_or_has_no_credit_is_left_alone(error: ModelError) -> None:
    sibling = ScriptedModel([FOUND], name="anthropic:other")
    first = ScriptedModel([error, FOUND], name=FIRST)
    desk = Desk(first, sibling)
    for prompt in ("one", "two", "three"):
        with pytest.raises(type(error)):
            await desk.models.ask(an_ask(prompt), Remarks)
    assert len(first.asks) == 1
    assert len(desk.ledger.rows) == 1


async def test_calls_that_waited_for_their_turn_learn_of_the_refusal() -> None:
    model = ScriptedModel([ModelAuthError(FIRST, "bad key"), *[FOUND] * 9], name=FIRST)
    desk = Desk(model, parallel=1)
    answers = await asyncio.gather(
        *(desk.models.ask(an_ask(f"unit {number}"), Remarks) for number in range(10)), return_exceptions=True
    )
    assert all(isinstance(answer, ModelAuthError) for answer in answers)
    assert len(model.asks) == 1


async def test_a_refused_key_says_which_variable_to_set_and_that_it_is_not_asked_again() -> None:
    error = ModelAuthError(FIRST, "invalid x-api-key", variable="ANTHROPIC_API_KEY")
    assert str(error).endswith("is not asked again in this run; set ANTHROPIC_API_KEY to a valid key")


async def test_an_unknown_model_is_asked_once_in_a_run() -> None:
    model = ScriptedModel([ModelSettingsError(FIRST, "no such model"), FOUND], name=FIRST)
    desk = Desk(model)
    for prompt in ("one", "two"):
        with pytest.raises(ModelSettingsError):
            await desk.models.ask(an_ask(prompt), Remarks)
    assert len(model.asks) == 1

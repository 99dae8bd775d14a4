"""The whole door against providers that break on demand, judged by them: no half answers, no rude retries."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from llm_material import Remarks, an_ask
from llm_servers import mock_providers, settings_for
from llmock.pytest_plugin import LLMock

from foureyes.errors import ContextOverflowError, ModelAuthError, ModelError, ModelRateLimitError, ModelRefusedError
from foureyes.kit.keyvalue import MemoryStore
from foureyes.llm.backoff import RetryPolicy
from foureyes.llm.calls import Models
from foureyes.llm.port import AnswerForm, MemoryLedger
from foureyes.llm.providers import open_model

SPECS = ["anthropic:claude-opus-4-8", "openai:gpt-4o", "compatible:any"]
FAST = RetryPolicy(first=timedelta(seconds=0.2), longest=timedelta(seconds=2))


@pytest.fixture(scope="module")
def server() -> Iterator[LLMock]:
    with mock_providers() as mock:
        yield mock


@pytest.fixture(params=SPECS)
def spec(request: pytest.FixtureRequest, server: LLMock) -> str:
    server.reset().pace(0)
    name: str = request.param
    return name


@asynccontextmanager
async def door(*specs: str, server: LLMock, idle: float = 10, total: float = 20) -> AsyncIterator[Models]:
    settings = settings_for(
        server.url, model_timeout=timedelta(seconds=total), model_idle_timeout=timedelta(seconds=idle)
    )
    opened = [open_model(name, settings) for name in specs]
    models = Models(opened, cache=MemoryStore(), ledger=MemoryLedger(), retry=FAST, rng=random.Random(2))
    try:
        yield models
    finally:
        await models.close()


def judge(server: LLMock) -> None:
    """No finding at all, warnings included. How waits grow is for the backoff tests, not for a busy clock."""
    findings = [finding for finding in server.verdict().findings if finding.code != "no_backoff"]
    assert not findings, server.verdict().render()


async def test_a_rate_limit_is_waited_out_as_asked(spec: str, server: LLMock) -> None:
    server.rate_limit(times=2, retry_after=0.6)
    async with door(spec, server=server) as models:
        assert (await models.ask(an_ask(), Remarks)).attempts == 3
    judge(server)


async def test_a_short_outage_is_outlasted(spec: str, server: LLMock) -> None:
    server.fail(500, times=2)
    async with door(spec, server=server) as models:
        assert (await models.ask(an_ask(), Remarks)).output.items
    judge(server)


@pytest.mark.parametrize("fault", ["disconnect", "truncate", "corrupt"])
async def test_a_broken_stream_never_becomes_an_answer(spec: str, server: LLMock, fault: str) -> None:
    # At full speed the mock may have sent all of a short stream before it sees that nobody listens any more.
    server.pace(20)
    getattr(server, fault)(after_chunks=2, times=2)
    async with door(spec, server=server) as models:
        answer = await models.ask(an_ask(), Remarks)
    assert answer.attempts == 3
    assert answer.output.items
    judge(server)


async def test_a_broken_stream_of_words_never_becomes_an_answer(spec: str, server: LLMock) -> None:
    server.reply("The first half. The second half. The end.").truncate(after_chunks=3)
    async with door(spec, server=server) as models:
        answer = await models.ask_text(an_ask())
    assert answer.attempts == 2
    judge(server)


async def test_a_stream_that_stands_still_is_left(spec: str, server: LLMock) -> None:
    server.stall(after_chunks=2, seconds=30)
    async with door(spec, server=server, idle=0.4) as models:
        assert (await models.ask(an_ask(), Remarks)).attempts == 2
    judge(server)


async def test_an_answer_that_never_begins_is_left(spec: str, server: LLMock) -> None:
    server.slow_first_token(30)
    async with door(spec, server=server, idle=0.5, total=0.8) as models:
        assert (await models.ask(an_ask(), Remarks)).attempts == 2
    judge(server)


@pytest.mark.parametrize(("status", "kind"), [(400, ModelRefusedError), (401, ModelAuthError), (403, ModelAuthError)])
async def test_what_can_never_succeed_is_sent_once(
    spec: str, server: LLMock, status: int, kind: type[ModelError]
) -> None:
    server.fail(status, times=None)
    async with door(spec, server=server) as models:
        with pytest.raises(kind):
            await models.ask(an_ask(), Remarks)
    assert len(server.requests) == 1
    judge(server)


async def test_a_prompt_too_long_is_sent_once(spec: str, server: LLMock) -> None:
    server.context_overflow(times=None)
    async with door(spec, server=server) as models:
        with pytest.raises(ContextOverflowError):
            await models.ask(an_ask(), Remarks)
    judge(server)


async def test_a_wait_of_more_than_a_minute_is_not_waited(spec: str, server: LLMock) -> None:
    server.rate_limit(times=None, retry_after=3600)
    async with door(spec, server=server) as models:
        with pytest.raises(ModelRateLimitError) as caught:
            await models.ask(an_ask(), Remarks)
    assert caught.value.retry_after == timedelta(hours=1)
    assert len(server.requests) == 1


async def test_real_quotas_of_a_provider_are_kept_by_many_at_once(server: LLMock) -> None:
    server.reset()
    server.limits(rpm=600)
    async with door("compatible:any", server=server) as models:
        await asyncio.gather(*(models.ask_text(an_ask(f"unit {number}")) for number in range(30)))
    judge(server)
    server.limits()


async def test_an_outage_of_one_provider_is_another_ones_work(server: LLMock) -> None:
    server.reset()
    server.outage(provider="anthropic")
    async with door("anthropic:claude-opus-4-8", "openai:gpt-4o", server=server) as models:
        answer = await models.ask(an_ask(), Remarks)
    assert answer.model == "openai:gpt-4o"
    judge(server)


async def test_each_attempt_is_one_request(spec: str, server: LLMock) -> None:
    server.fail(503, times=None)
    settings = settings_for(server.url)
    model = open_model(spec, settings)
    with pytest.raises(ModelError):
        await model.attempt(an_ask(), Remarks)
    await model.close()
    assert len(server.requests) == 1


@pytest.mark.parametrize("form", list(AnswerForm))
async def test_the_form_decides_how_the_schema_is_sent(server: LLMock, form: AnswerForm) -> None:
    server.reset()
    model = open_model("compatible:any", settings_for(server.url))
    formed = model.with_traits(type(model.traits)(8192, 2048, form))
    await formed.attempt(an_ask(), Remarks)
    await model.close()
    body = server.last_request.body
    assert ("tools" in body) == (form is AnswerForm.TOOL_CALL)
    assert ("json_schema" in str(body.get("response_format"))) == (form is AnswerForm.JSON_SCHEMA)
    assert ("title" in str(body["messages"])) == (form is not AnswerForm.TOOL_CALL)


async def test_the_part_that_stays_the_same_is_marked_for_the_providers_cache(server: LLMock) -> None:
    server.reset()
    model = open_model("anthropic:claude-opus-4-8", settings_for(server.url))
    await model.attempt(an_ask(), Remarks)
    await model.close()
    body = server.last_request.body
    assert body["system"][-1]["cache_control"]["type"] == "ephemeral"
    assert "cache_control" not in str(body["messages"])


async def test_answers_are_not_to_be_stored_by_openai(server: LLMock) -> None:
    server.reset()
    model = open_model("openai:gpt-4o", settings_for(server.url))
    await model.attempt(an_ask(), Remarks)
    await model.close()
    assert server.last_request.body["store"] is False

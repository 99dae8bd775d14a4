"""Whole reviews against a provider that breaks on demand: each fault ends as promised."""

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest
from llmock.pytest_plugin import LLMock
from llmock.testing import LLMockServer

from factories import a_material
from foureyes.engine.run import review
from foureyes.engine.values import Coverage, ReviewResult, Verdict
from foureyes.kit.keyvalue import MemoryStore
from foureyes.llm.backoff import RetryPolicy
from foureyes.llm.calls import Models
from foureyes.llm.port import MemoryLedger
from foureyes.llm.providers import open_model
from foureyes.settings import Settings

FAST = RetryPolicy(first=timedelta(seconds=0.1), longest=timedelta(seconds=1))
FILES = {f"pkg/m{n}.py": ("", f"def f{n}(x):\n    return x[{n}]\n") for n in range(3)}


@pytest.fixture(scope="module")
def running() -> Iterator[LLMock]:
    with LLMockServer() as server:
        yield LLMock(server)


@pytest.fixture
def server(running: LLMock) -> LLMock:
    running.reset()
    return running


async def reviewed(server: LLMock, ledger: MemoryLedger | None = None) -> ReviewResult:
    settings = Settings(model_url=f"{server.url}/v1", model_idle_timeout=timedelta(seconds=5))
    models = Models(
        [open_model("compatible:any", settings)],
        cache=MemoryStore(),
        ledger=ledger or MemoryLedger(),
        retry=FAST,
        rng=random.Random(1),
    )
    try:
        return await review(a_material(**FILES), asker=models)
    finally:
        await models.close()


def covered(result: ReviewResult) -> set[Coverage]:
    assert len(result.ledger.files) == len(FILES)
    return {entry.coverage for entry in result.ledger.files}


async def test_candidates_with_invented_places_and_quotes_are_all_refused(server: LLMock) -> None:
    result = await reviewed(server)
    assert result.findings == ()
    assert result.refusals
    assert covered(result) == {Coverage.REVIEWED}
    server.assert_resilient(strict=True)


@pytest.mark.parametrize("fault", ["rate limit", "overloaded", "server error", "cut answer", "broken line"])
async def test_a_passing_fault_is_outlasted_and_nothing_is_left_out(server: LLMock, fault: str) -> None:
    {
        "rate limit": lambda: server.rate_limit(times=2, retry_after=0.3),
        "overloaded": lambda: server.fail(529, times=1),
        "server error": lambda: server.fail(500, times=2),
        "cut answer": lambda: server.truncate(after_chunks=2, times=1),
        "broken line": lambda: server.disconnect(after_chunks=1, times=1),
    }[fault]()
    assert covered(await reviewed(server)) == {Coverage.REVIEWED}
    server.assert_resilient()


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("long rate limit", "try again in 7,200 seconds"),
        ("outage", "unavailable"),
        ("wrong key", "key"),
        ("prose", "fit"),
        ("overflow", "context"),
    ],
)
async def test_a_lasting_fault_is_an_incomplete_review_that_says_why(server: LLMock, fault: str, reason: str) -> None:
    {
        "long rate limit": lambda: server.rate_limit(times=None, retry_after=7200),
        "outage": lambda: server.fail(503, times=None),
        "wrong key": lambda: server.fail(401, times=None),
        "prose": lambda: server.reply("It all looks fine to me.", times=None),
        "overflow": lambda: server.context_overflow(times=None),
    }[fault]()
    result = await reviewed(server)
    assert result.verdict is Verdict.INCOMPLETE
    assert covered(result) == {Coverage.FAILED}
    assert reason in result.ledger.files[0].reason.casefold()
    assert "{" not in result.headline


async def test_every_attempt_has_its_row(server: LLMock) -> None:
    ledger = MemoryLedger()
    server.fail(500, times=1)
    result = await reviewed(server, ledger)
    assert len(ledger.rows) == len(server.requests) == result.usage.calls

"""The door put together from settings: which models, with which keys, limits and traits."""

import sys
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from llm_material import Remarks, an_ask
from llm_servers import KEY, mock_providers, settings_for
from llmock.pytest_plugin import LLMock

from foureyes.errors import BudgetExceededError, ModelConnectionError, ModelSettingsError
from foureyes.kit.keyvalue import MemoryStore
from foureyes.llm.compose import chosen_models, open_asker
from foureyes.llm.http import HttpPool
from foureyes.llm.port import MemoryLedger, Purpose
from foureyes.llm.providers import open_model
from foureyes.settings import Provider, Settings

CLAUDE, GPT = "anthropic:claude-opus-4-8", "openai:gpt-5"


@pytest.fixture(scope="module")
def server() -> Iterator[LLMock]:
    with mock_providers() as mock:
        yield mock


def test_no_model_is_chosen_unless_one_is_set() -> None:
    assert chosen_models(Settings(anthropic_api_key=KEY)) == ()
    assert chosen_models(Settings(model=CLAUDE, no_model=True)) == ()


def test_what_is_asked_for_stands_before_the_environment() -> None:
    settings = Settings(model=CLAUDE, fallback_models=(GPT,))
    assert chosen_models(settings) == (CLAUDE, GPT)
    assert chosen_models(settings, use=GPT) == (GPT,)
    assert chosen_models(settings, use="ollama:qwen3", fallback=[CLAUDE]) == ("ollama:qwen3", CLAUDE)


async def test_the_door_answers_and_keeps_count(server: LLMock) -> None:
    ledger = MemoryLedger()
    asker = await open_asker(settings_for(server.url, model=CLAUDE), cache=MemoryStore(), ledger=ledger)
    answer = await asker.ask(an_ask(), Remarks)
    assert (await asker.ask(an_ask(), Remarks)).cached
    await asker.close()
    assert answer.usage.cost
    assert len(ledger.rows) == 1


async def test_no_model_is_a_sentence(server: LLMock) -> None:
    with pytest.raises(ModelSettingsError, match="set FOUREYES_MODEL to PROVIDER:MODEL"):
        await open_asker(settings_for(server.url), cache=MemoryStore(), ledger=MemoryLedger())


async def test_the_lower_ceiling_holds(server: LLMock) -> None:
    settings = settings_for(server.url, model=CLAUDE, max_cost=Decimal(100))
    asker = await open_asker(settings, cache=MemoryStore(), ledger=MemoryLedger(), max_cost=10)
    with pytest.raises(BudgetExceededError):
        await asker.ask(an_ask(), Remarks)
    await asker.close()


async def test_a_server_of_ones_own_is_probed_once(server: LLMock) -> None:
    store, ledgers = MemoryStore(), [MemoryLedger(), MemoryLedger()]
    for ledger in ledgers:
        asker = await open_asker(settings_for(server.url, model="compatible:any"), cache=store, ledger=ledger)
        await asker.close()
    assert {row.purpose for row in ledgers[0].rows} == {Purpose.PROBE}
    assert ledgers[1].rows == []


async def test_a_server_of_ones_own_that_is_away_is_told_at_once() -> None:
    settings = settings_for("http://127.0.0.1:9", model="vllm:any")
    with pytest.raises(ModelConnectionError):
        await open_asker(settings, cache=MemoryStore(), ledger=MemoryLedger())


async def test_a_fallback_that_is_away_may_be_back_when_it_is_needed(server: LLMock) -> None:
    settings = settings_for(server.url, model=CLAUDE, fallback_models=("vllm:any",), model_url="http://127.0.0.1:9/v1")
    asker = await open_asker(settings, cache=MemoryStore(), ledger=MemoryLedger())
    assert (await asker.ask(an_ask(), Remarks)).model == CLAUDE
    await asker.close()


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ("claude", "is not PROVIDER:MODEL"),
        (CLAUDE, "needs a key: set ANTHROPIC_API_KEY"),
        ("google:gemini-2.5-pro", "needs a key: set GEMINI_API_KEY"),
        ("compatible:any", "set FOUREYES_MODEL_URL"),
    ],
)
def test_what_is_missing_is_named(spec: str, sentence: str) -> None:
    with pytest.raises(ModelSettingsError, match=sentence):
        open_model(spec, Settings())


@pytest.mark.parametrize("provider", [Provider.GOOGLE, Provider.GROQ, Provider.BEDROCK])
def test_an_extra_that_is_not_installed_is_named(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("google.genai", "groq", "boto3"):
        monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ModelSettingsError, match=rf"pip install 'foureyes\[{provider}\]'"):
        open_model(f"{provider}:any", Settings(google_api_key=KEY, groq_api_key=KEY))


def test_traits_of_the_big_ones_are_known_without_asking() -> None:
    settings = Settings(anthropic_api_key=KEY, openai_api_key=KEY, openrouter_api_key=KEY)
    assert open_model(CLAUDE, settings).traits.context_tokens == 1_000_000
    assert open_model(GPT, settings).traits.thinking_tokens > 0
    assert open_model("openai:gpt-of-tomorrow", settings).traits.context_tokens >= 100_000
    assert open_model("openrouter:vendor/new", settings).traits.context_tokens > 30_000


@pytest.mark.parametrize(("spec", "seconds"), [("openai:gpt-4o", 90), (GPT, 90 + 16_384 / 80)])
def test_a_model_that_thinks_may_be_silent_for_longer(spec: str, seconds: float) -> None:
    model = open_model(spec, Settings(openai_api_key=KEY))
    assert model.patience.idle == model.patience.first == timedelta(seconds=seconds)


async def test_connecting_has_a_limit_of_its_own_whatever_an_sdk_asks_for() -> None:
    pool = HttpPool(connections=4)
    request = pool.client.build_request("POST", "http://127.0.0.1", timeout=600)
    for hook in pool.client.event_hooks["request"]:
        await hook(request)
    await pool.client.aclose()
    assert request.extensions["timeout"]["connect"] == 10
    assert request.extensions["timeout"]["read"] == 600
    assert not pool.client.follow_redirects


async def test_one_client_serves_all_models_and_closes_with_the_last() -> None:
    pool = HttpPool(connections=4)
    settings = Settings(anthropic_api_key=KEY, openai_api_key=KEY)
    first, second = open_model(CLAUDE, settings, pool=pool), open_model(GPT, settings, pool=pool)
    client = pool.client
    await first.close()
    assert not client.is_closed
    await second.close()
    assert client.is_closed

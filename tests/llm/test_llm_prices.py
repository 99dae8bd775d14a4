"""Prices: micro-dollars where they are known, None where they are not, zero where a call costs nothing."""

from decimal import Decimal

import pytest

from foureyes.llm.port import Usage
from foureyes.llm.prices import Prices, Rate, price
from foureyes.settings import Settings

MILLION = Usage(input_tokens=1_000_000, output_tokens=0)


@pytest.mark.parametrize(
    "model",
    [
        "anthropic:claude-opus-4-8",
        "openai:gpt-5",
        "google:gemini-2.5-pro",
        "groq:llama-3.3-70b-versatile",
        "openrouter:anthropic/claude-sonnet-4.5",
        "bedrock:anthropic.claude-sonnet-5",
    ],
)
def test_big_providers_are_on_the_list(model: str) -> None:
    cost = price(model, MILLION)
    assert cost is not None
    assert 100_000 < cost < 100_000_000


def test_tokens_of_the_providers_cache_have_prices_of_their_own() -> None:
    model = "anthropic:claude-opus-4-8"
    plain = price(model, Usage(input_tokens=1000)) or 0
    read = price(model, Usage(input_tokens=1000, cached_input_tokens=1000)) or 0
    written = price(model, Usage(input_tokens=1000, cache_written_tokens=1000)) or 0
    assert read < plain < written


@pytest.mark.parametrize("model", ["anthropic:claude-nope-9", "compatible:mystery", "no spec at all", "openai:zzz"])
def test_an_unknown_price_is_none(model: str) -> None:
    assert price(model, MILLION) is None


@pytest.mark.parametrize("model", ["ollama:qwen3:8b", "vllm:any", "scripted:model"])
def test_models_of_ones_own_cost_nothing(model: str) -> None:
    assert price(model, MILLION) == 0


def test_the_operators_price_stands_in_where_the_list_knows_none() -> None:
    prices = Prices.from_settings(
        Settings(price_per_million_input=Decimal("2.5"), price_per_million_output=Decimal(10))
    )
    assert prices.price("compatible:mystery", Usage(input_tokens=1_000_000, output_tokens=100_000)) == 3_500_000
    assert prices.price("ollama:qwen3:8b", MILLION) == 2_500_000
    assert prices.price("openai:gpt-5", MILLION) == price("openai:gpt-5", MILLION)


def test_a_compatible_service_is_known_by_its_address() -> None:
    prices = Prices.from_settings(Settings(model_url="https://api.deepseek.com/v1"))
    assert prices.price("compatible:deepseek-chat", MILLION)


def test_fractions_of_a_micro_dollar_are_rounded_up() -> None:
    assert Prices(rate=Rate(Decimal("0.1"), Decimal(0))).price("compatible:m", Usage(input_tokens=1)) == 1


def test_the_most_that_a_call_can_cost_counts_a_written_cache() -> None:
    model = "anthropic:claude-opus-4-8"
    most = Prices().most(model, input_tokens=10_000, output_tokens=1_000)
    assert most == price(model, Usage(input_tokens=10_000, output_tokens=1_000, cache_written_tokens=10_000))
    assert Prices().most("compatible:mystery", input_tokens=1, output_tokens=1) is None


def test_what_is_unknown_stays_unknown_in_sums() -> None:
    assert (Usage(cost=5) + Usage(cost=None)).cost is None

"""What calls cost, in micro-dollars: list prices from genai-prices, the operator's own where the list knows none."""

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from foureyes.llm.port import Usage
from foureyes.settings import Provider, Settings, split_spec

_LISTED_AS = {Provider.BEDROCK: "aws"}
_FREE = ("scripted", Provider.OLLAMA, Provider.VLLM)


@dataclass(frozen=True, slots=True)
class Rate:
    """Dollars for a million tokens, which is micro-dollars for one."""

    input: Decimal
    output: Decimal

    def cost(self, usage: Usage) -> int:
        return math.ceil(self.input * usage.input_tokens + self.output * usage.output_tokens)


@dataclass(frozen=True, slots=True)
class Prices:
    """`rate` stands in where the list knows no price; `url` tells which service a `compatible:` model runs at."""

    rate: Rate | None = None
    url: str | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        given_in, given_out = settings.price_per_million_input, settings.price_per_million_output
        rate = None if given_in is None or given_out is None else Rate(given_in, given_out)
        return cls(rate=rate, url=settings.model_url)

    def price(self, model: str, usage: Usage) -> int | None:
        """What this usage costs in micro-dollars, rounded up; None when the price is unknown, which is not zero."""
        listed = self._listed(model, usage)
        if listed is not None:
            return listed
        if self.rate is not None:
            return self.rate.cost(usage)
        return 0 if model.partition(":")[0] in _FREE else None

    def most(self, model: str, *, input_tokens: int, output_tokens: int) -> int | None:
        """The most that one call can cost: nothing of it found in the provider's cache, all of it written there."""
        plain = self.price(model, Usage(input_tokens=input_tokens, output_tokens=output_tokens))
        written = self.price(
            model, Usage(input_tokens=input_tokens, output_tokens=output_tokens, cache_written_tokens=input_tokens)
        )
        return None if plain is None or written is None else max(plain, written)

    def _listed(self, model: str, usage: Usage) -> int | None:
        try:
            provider, name = split_spec(model)
        except ValueError:
            return None
        if provider in _FREE:
            return None
        import genai_prices  # noqa: PLC0415  # Half a second of price tables; most commands never ask.

        counted = genai_prices.Usage(
            input_tokens=usage.input_tokens,
            cache_read_tokens=usage.cached_input_tokens,
            cache_write_tokens=usage.cache_written_tokens,
            output_tokens=usage.output_tokens,
        )
        try:
            if provider is Provider.COMPATIBLE:
                found = genai_prices.calc_price(counted, name, provider_api_url=self.url or "")
            else:
                found = genai_prices.calc_price(counted, name, provider_id=_LISTED_AS.get(provider, provider.value))
        except (LookupError, ValueError):
            return None
        return math.ceil(found.total_price * 1_000_000)


def price(model: str, usage: Usage) -> int | None:
    """The list price of a usage in micro-dollars; None when the list does not know the model."""
    return Prices().price(model, usage)

"""The twin of a real model: it answers from a script, counts honestly, and refuses what a real one would refuse."""

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from datetime import timedelta
from typing import Self

from pydantic import BaseModel

from foureyes.errors import ContextOverflowError, ModelError, ModelSettingsError, TruncatedAnswerError
from foureyes.llm.pace import Pace, RealPace
from foureyes.llm.port import AnswerForm, Ask, ModelTraits, Reply, Usage
from foureyes.llm.tokens import guessed

Line = str | BaseModel | ModelError
"""One answer of a script: text, an object that becomes JSON, or the error to raise."""

_TRAITS = ModelTraits(context_tokens=200_000, output_tokens=32_000, form=AnswerForm.TOOL_CALL)


class ScriptedModel:
    """Answers from a function of the ask and the schema, or from a list, one after the other.

    `asks` holds every ask that came, answered or not. A list that has run out raises ModelSettingsError.
    """

    def __init__(
        self,
        respond: Callable[[Ask, type[BaseModel] | None], Line] | Iterable[Line],
        *,
        name: str = "scripted:model",
        traits: ModelTraits = _TRAITS,
        latency: timedelta = timedelta(0),
        pace: Pace | None = None,
    ) -> None:
        self.name = name
        self.traits = traits
        self.asks: list[Ask] = []
        self.closed = False
        self._respond = respond if callable(respond) else self._reading(iter(respond))
        self._latency = latency.total_seconds()
        self._pace = pace or RealPace()

    async def attempt(self, ask: Ask, schema: type[BaseModel] | None) -> Reply:
        self.asks.append(ask)
        await self._pace.sleep(self._latency)
        asked = guessed(ask.system + ask.prompt)
        if asked + ask.max_output_tokens > self.traits.context_tokens:
            raise ContextOverflowError(self.name, f"about {asked} tokens and room for the answer do not fit")
        line = self._respond(ask, schema)
        if isinstance(line, ModelError):
            raise line
        text = line.model_dump_json() if isinstance(line, BaseModel) else line
        usage = Usage(input_tokens=asked, output_tokens=guessed(text), cost=0, calls=1)
        if usage.output_tokens > ask.max_output_tokens:
            cut = TruncatedAnswerError(self.name, f"cut at {ask.max_output_tokens} tokens")
            cut.input_tokens, cut.output_tokens = asked, ask.max_output_tokens
            raise cut
        return Reply(text, usage, self.name)

    def with_traits(self, traits: ModelTraits) -> Self:
        """The same script and the same record of asks, with other traits."""
        other = copy(self)
        other.traits = traits
        return other

    async def close(self) -> None:
        self.closed = True

    def _reading(self, lines: Iterator[Line]) -> Callable[[Ask, type[BaseModel] | None], Line]:
        def respond(ask: Ask, schema: type[BaseModel] | None) -> Line:  # noqa: ARG001  # The port's shape.
            return next(lines, ModelSettingsError(self.name, "the script has no answer left"))

        return respond

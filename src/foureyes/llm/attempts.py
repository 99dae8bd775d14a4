"""One attempt on the wire and what stands around it: slots, limits, budget, the ledger, and who is not asked again."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

from pydantic import BaseModel

from foureyes.errors import MalformedAnswerError, ModelAuthError, ModelCreditError, ModelError, ModelSettingsError
from foureyes.kit import clock
from foureyes.kit.tracing import describe, span
from foureyes.llm import tokens
from foureyes.llm.answers import misfit, shape_of
from foureyes.llm.limits import RateGate
from foureyes.llm.outcomes import outcome_of, usage_of
from foureyes.llm.port import Ask, AttemptOutcome, AttemptRow, Budget, CallLedger, Model, Reply, Usage
from foureyes.llm.prices import Prices


@dataclass
class Question:
    """One ask on its way through models and attempts, and what it has used so far."""

    ask: Ask
    schema: type[BaseModel] | None
    attempts: int = 0
    used: Usage = field(default_factory=Usage)


@dataclass
class _Ending:
    """How an attempt ended; until it has, it counts as cancelled."""

    outcome: AttemptOutcome = AttemptOutcome.CANCELLED
    usage: Usage = field(default_factory=lambda: Usage(calls=1))
    reason: str = ""


class Slots:
    """How many calls of each model may be in flight: of one door, or of all doors that share it."""

    def __init__(self, parallel: int) -> None:
        self._slots: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(parallel))

    def of(self, model: Model) -> asyncio.Semaphore:
        return self._slots[model.name]


class Attempts:
    def __init__(
        self, *, ledger: CallLedger, prices: Prices, budget: Budget | None, gate: RateGate, slots: Slots
    ) -> None:
        self._ledger = ledger
        self._prices = prices
        self._budget = budget
        self._gate = gate
        self._slots = slots
        self._refused: dict[str, ModelError] = {}
        self.spent = Usage()

    async def make(self, model: Model, question: Question, ask: Ask, *, key: str, patience: timedelta) -> Reply:
        """One call with `ask`, which is the question's own or a second try of it. The reply fits the schema.

        Raises:
            ModelError: one of its leaves. MalformedAnswerError holds what did not fit as its reason.
        """
        ending = _Ending()
        # The slot comes first: money and rate must not be held by a call that is still waiting in line.
        async with self._slots.of(model):
            # Looked at inside the slot, because the call before this one may just have learned that the key is
            # refused.
            self._check_refused(model)
            async with (
                self._funded(model, question, ask, ending),
                self._admitted(model, ask, ending, patience),
                # Innermost, so that the seconds of a row are those of the wire and not those spent waiting.
                self._recorded(model, question, key, ending),
            ):
                return await self._call(model, question, ask, ending)

    async def _call(self, model: Model, question: Question, ask: Ask, ending: _Ending) -> Reply:
        try:
            reply = await model.attempt(ask, question.schema)
            ending.usage = self._priced(model, reply.usage)
            if reason := misfit(reply.text, question.schema):
                ending.outcome, ending.reason = AttemptOutcome.MALFORMED, reason
                raise MalformedAnswerError(model.name, f"the answer does not fit what was asked for: {reason}")
        except ModelError as exc:
            if ending.outcome is AttemptOutcome.CANCELLED:
                ending.outcome, ending.reason = outcome_of(exc), exc.reason
                ending.usage = self._priced(model, usage_of(exc))
            self._remember(model, exc)
            raise
        ending.outcome = AttemptOutcome.ANSWERED
        return reply

    def _priced(self, model: Model, usage: Usage) -> Usage:
        return replace(usage, cost=self._prices.price(model.name, usage), calls=1)

    def _remember(self, model: Model, error: ModelError) -> None:
        """A key that is refused, an empty account and an unknown model stay so: every further call would fail."""
        if isinstance(error, ModelAuthError | ModelCreditError):
            self._refused[_provider(model)] = error
        elif isinstance(error, ModelSettingsError):
            self._refused[model.name] = error

    def _check_refused(self, model: Model) -> None:
        refusal = self._refused.get(_provider(model)) or self._refused.get(model.name)
        if refusal is not None:
            raise refusal

    @asynccontextmanager
    async def _funded(self, model: Model, question: Question, ask: Ask, ending: _Ending) -> AsyncIterator[None]:
        """The most that the call can cost is set aside, and given back for what it did cost."""
        if self._budget is None:
            yield
            return
        schema = shape_of(question.schema) if question.schema else ""
        most = self._prices.most(
            model.name,
            input_tokens=tokens.ceiling(ask.system, ask.prompt, schema),
            output_tokens=ask.max_output_tokens + model.traits.thinking_tokens,
        )
        if most is None:
            raise ModelSettingsError(
                model.name,
                "its price is not known, so a cost limit can't be kept: set FOUREYES_PRICE_PER_MILLION_INPUT and "
                "FOUREYES_PRICE_PER_MILLION_OUTPUT, or take the limit away",
            )
        await self._budget.reserve(model.name, most)
        try:
            yield
        finally:
            # In every ending, cancelled ones too: what is not given back would starve all calls after it.
            await self._budget.settle(most, ending.usage.cost or 0)

    @asynccontextmanager
    async def _admitted(self, model: Model, ask: Ask, ending: _Ending, patience: timedelta) -> AsyncIterator[None]:
        expected = tokens.guessed(ask.system + ask.prompt) + ask.max_output_tokens
        await self._gate.enter(model.name, expected, patience=patience)
        try:
            yield
        finally:
            used = ending.usage.input_tokens + ending.usage.output_tokens
            await self._gate.settle(model.name, entered=expected, used=used)

    @asynccontextmanager
    async def _recorded(self, model: Model, question: Question, key: str, ending: _Ending) -> AsyncIterator[None]:
        started, began = clock.now(), clock.steady()
        question.attempts += 1
        try:
            with span("model call", model=model.name, purpose=question.ask.purpose, attempt=question.attempts):
                try:
                    yield
                finally:
                    describe(outcome=ending.outcome)
        finally:
            question.used += ending.usage
            self.spent += ending.usage
            row = AttemptRow(
                purpose=question.ask.purpose,
                model=model.name,
                outcome=ending.outcome,
                usage=ending.usage,
                started=started,
                seconds=clock.steady() - began,
                key=key,
                attempt=question.attempts,
                reason=ending.reason,
            )
            # Every attempt has a row, the cancelled ones too: a provider bills what it has computed.
            await self._ledger.record(row)


def _provider(model: Model) -> str:
    return model.name.partition(":")[0]

"""The door to models: cache, single flight, retries and fallback around attempts on the wire."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel

from foureyes.errors import (
    MalformedAnswerError,
    ModelError,
    ModelRateLimitError,
    ModelUnavailableError,
    TruncatedAnswerError,
)
from foureyes.llm.answers import StoredAnswer, answer_key, misfit
from foureyes.llm.attempts import Attempts, Question, Slots
from foureyes.llm.backoff import RetryPolicy
from foureyes.llm.flights import Flights
from foureyes.llm.limits import LocalGate, RateGate
from foureyes.llm.outcomes import again
from foureyes.llm.pace import Pace, RealPace
from foureyes.llm.port import Answer, AnswerCache, Ask, Budget, CallLedger, Model, ModelTraits, Reply, SchemaT, Usage
from foureyes.llm.prices import Prices


@dataclass(frozen=True, slots=True)
class Settled:
    """An answer and what it took; no attempts: it came from the cache, or from a flight that another had begun."""

    answer: StoredAnswer
    used: Usage = field(default_factory=Usage)
    attempts: int = 0


class Models:
    """Asks the first of `models`, and the next where one is unavailable.

    A settled answer is committed to the cache before it is returned, and is bought once however many ask for it at the
    same time. Every attempt on the wire has a row in the ledger. A provider that refuses its key or has no credit left,
    and a model that is unknown, are not asked again while this object lives.

    `slots` and `flights` may be shared by several doors: then they hold their calls back together, and buy an answer
    once that several of them ask for at the same time. Only doors of one tenant may share flights.
    """

    def __init__(
        self,
        models: Sequence[Model],
        *,
        cache: AnswerCache,
        ledger: CallLedger,
        prices: Prices | None = None,
        budget: Budget | None = None,
        gate: RateGate | None = None,
        retry: RetryPolicy | None = None,
        parallel: int = 16,
        slots: Slots | None = None,
        flights: Flights[Settled] | None = None,
        pace: Pace | None = None,
        rng: random.Random | None = None,
    ) -> None:
        # Said here and not at the first ask, where the review would already be half done.
        if not models:
            raise ValueError("Models needs at least one model")
        self._models = tuple(models)
        self._cache = cache
        self._pace = pace or RealPace()
        self._gate = gate or LocalGate(pace=self._pace)
        self._retry = retry or RetryPolicy()
        self._rng = rng or random.Random()  # noqa: S311  # Jitter, not a secret.
        self._attempts = Attempts(
            ledger=ledger, prices=prices or Prices(), budget=budget, gate=self._gate, slots=slots or Slots(parallel)
        )
        self._flights: Flights[Settled] = flights if flights is not None else Flights()

    @property
    def traits(self) -> ModelTraits:
        return self._models[0].traits

    @property
    def model(self) -> str:
        return self._models[0].name

    @property
    def spent(self) -> Usage:
        """What all attempts through this object have used so far, answered or not."""
        return self._attempts.spent

    async def ask(self, ask: Ask, schema: type[SchemaT]) -> Answer[SchemaT]:
        """An answer that fits `schema`: from the cache, or from the first model that gives one.

        Raises:
            ModelError: one of its leaves. For a ModelUnavailableError with `retry_after`, asking later helps.
        """
        settled = await self._join(ask, schema)
        return _answer(schema.model_validate_json(settled.answer.text), settled)

    async def ask_text(self, ask: Ask) -> Answer[str]:
        """An answer in the model's own words; never empty. Raises as `ask` does."""
        settled = await self._join(ask, None)
        return _answer(settled.answer.text, settled)

    async def close(self) -> None:
        """Close what the models hold open."""
        for model in self._models:
            await model.close()

    async def _join(self, ask: Ask, schema: type[BaseModel] | None) -> Settled:
        key = answer_key(ask, self._models[0], schema)
        settled, joined = await self._flights.join(key, lambda: self._settle(Question(ask, schema)))
        return Settled(settled.answer) if joined else settled

    async def _settle(self, question: Question) -> Settled:
        stored = await self._stored(question)
        if stored is not None:
            return Settled(stored)
        # Only these fall back. A refused key, a spent budget or too long a prompt would hit the next model too,
        # or hide a wrong setting.
        failures: list[ModelUnavailableError] = []
        for model in self._models:
            try:
                return await self._ask_one(model, question)
            except ModelUnavailableError as exc:
                failures.append(exc)
        # The first model is the one that was chosen: what keeps it is what the caller must know or wait for.
        raise failures[0]

    async def _stored(self, question: Question) -> StoredAnswer | None:
        """A settled answer of any of the models: what a fallback has answered is not bought again from the first."""
        for model in self._models:
            raw = await self._cache.get(answer_key(question.ask, model, question.schema))
            stored = StoredAnswer.decode(raw) if raw is not None else None
            if stored is not None and not misfit(stored.text, question.schema):
                return stored
        return None

    async def _ask_one(self, model: Model, question: Question) -> Settled:
        key = answer_key(question.ask, model, question.schema)
        reply = await self._answered(model, question, key)
        answer = StoredAnswer(reply.model, reply.text)
        # Committed before it is handed on: a run that dies on the next line must not buy this answer again.
        await self._cache.put(key, answer.encode(), lifetime=question.ask.lifetime)
        return Settled(answer, question.used, question.attempts)

    async def _answered(self, model: Model, question: Question, key: str) -> Reply:
        """Attempts at one model until it answers: it is waited for, and has one more try after each kind of misfit."""
        ask, failures, mended = question.ask, 0, set[type[ModelError]]()
        while True:
            try:
                return await self._attempts.make(model, question, ask, key=key, patience=self._retry.patience)
            except (MalformedAnswerError, TruncatedAnswerError) as exc:
                # Once for each kind of misfit: a model that fails twice the same way fails a third time, at the
                # same price.
                if type(exc) in mended:
                    raise
                mended.add(type(exc))
                ask = again(question.ask, exc)
            except ModelUnavailableError as exc:
                failures += 1
                await self._wait_out(model, exc, failures)

    async def _wait_out(self, model: Model, failure: ModelUnavailableError, failures: int) -> None:
        """Return when another attempt may be made, or raise `failure`. A wait that a provider asks for holds all."""
        limited = isinstance(failure, ModelRateLimitError)
        wait = self._retry.wait(failures, failure.retry_after, self._rng)
        quiet = wait or failure.retry_after
        shared = limited or failure.retry_after is not None
        # Everybody waits, not this call alone: the others would run into the same wall and make the provider's
        # pause longer.
        if shared and quiet is not None:
            await self._gate.pause(model.name, quiet)
        if wait is None or failures >= (self._retry.rate_limited_attempts if limited else self._retry.attempts):
            raise failure
        if not shared:
            await self._pace.sleep(wait.total_seconds())


OutputT = TypeVar("OutputT")


def _answer(output: OutputT, settled: Settled) -> Answer[OutputT]:
    return Answer(output, settled.answer.model, settled.used, settled.attempts == 0, settled.attempts)

"""The doors to models of one process: what they share, and one door for each claim of a review."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID
from weakref import WeakValueDictionary

from sqlalchemy.orm import Session

from foureyes.errors import ModelServerError, ModelTimeoutError, ModelUnavailableError
from foureyes.kit.database.port import Database
from foureyes.kit.keyvalue import KeyValueStore
from foureyes.llm.attempts import Slots
from foureyes.llm.backoff import RetryPolicy
from foureyes.llm.budget import Budgets, RunBudget
from foureyes.llm.calls import Models, Settled
from foureyes.llm.compose import chosen_models, open_models
from foureyes.llm.flights import Flights
from foureyes.llm.http import HttpPool
from foureyes.llm.limits import LocalGate, RateGate
from foureyes.llm.pace import Pace
from foureyes.llm.port import (
    Answer,
    AnswerCache,
    Ask,
    Budget,
    MemoryLedger,
    Model,
    ModelTraits,
    Purpose,
    SchemaT,
    Usage,
)
from foureyes.llm.prices import Prices
from foureyes.models.workspaces import Workspace
from foureyes.runs.port import Claimed
from foureyes.settings import Settings
from foureyes.usage.answers import DatabaseAnswers
from foureyes.usage.budget import DatabaseBudget
from foureyes.usage.ledger import DatabaseLedger, OnCall, uncounted
from foureyes.usage.repository import Run

_RETRY: Final = RetryPolicy(rate_limited_attempts=4, longest=timedelta(seconds=4))
"""Shorter than where there is nobody to come back: a review that is put off frees its place, and wakes in time."""

_MOST_DEFERRALS = 3
"""How often one review is put off because single calls of it time out or fail: these may be what is asked, and stay."""


class PatientDoor:
    """`llm.port.Asker` that remembers an unavailable model: the engine goes on without, the server tries later.

    `answers` is where settled answers are kept. A mend that could not be asked costs nothing, and is not remembered.
    """

    def __init__(self, models: Models, answers: AnswerCache, *, deferrals: int) -> None:
        self.answers = answers
        self._models = models
        self._last = deferrals >= _MOST_DEFERRALS
        self._missed: ModelUnavailableError | None = None

    @property
    def traits(self) -> ModelTraits:
        return self._models.traits

    @property
    def model(self) -> str:
        return self._models.model

    @property
    def spent(self) -> Usage:
        return self._models.spent

    async def ask(self, ask: Ask, schema: type[SchemaT]) -> Answer[SchemaT]:
        try:
            return await self._models.ask(ask, schema)
        except ModelUnavailableError as exc:
            self._note(exc, ask)
            raise

    async def ask_text(self, ask: Ask) -> Answer[str]:
        try:
            return await self._models.ask_text(ask)
        except ModelUnavailableError as exc:
            self._note(exc, ask)
            raise

    def refuse_gaps(self) -> None:
        """Return when every call got its answer, or a final no.

        Raises:
            ModelUnavailableError: one of them may get its answer later.
        """
        if self._missed is not None:
            raise self._missed

    def _note(self, error: ModelUnavailableError, ask: Ask) -> None:
        single = isinstance(error, ModelTimeoutError | ModelServerError)
        if ask.purpose is Purpose.MEND or (single and self._last):
            return
        # The one that knows when to come back tells the most.
        if self._missed is None or (self._missed.retry_after is None and error.retry_after is not None):
            self._missed = error


@dataclass(frozen=True, slots=True)
class ModelParts:
    """What tests put in place of the real thing: models that are open already, and how time passes."""

    models: Sequence[Model] | None = None
    gate: RateGate | None = None
    pace: Pace | None = None
    retry: RetryPolicy | None = None


class Doors:
    """What all reviews of a process share: open models over one pool of connections, limits, slots, calls in flight.

    The operator's settings choose the models. A repository's policy can't: it would spend the operator's money. `host`
    remembers what servers of one's own were found able to do.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        host: KeyValueStore,
        *,
        on_call: OnCall = uncounted,
        parts: ModelParts | None = None,
    ) -> None:
        parts = parts or ModelParts()
        self._settings = settings
        self._database = database
        self._host = host
        self._on_call = on_call
        self._parts = parts
        self._specs = chosen_models(settings)
        self._gate = parts.gate or LocalGate(
            requests_per_minute=settings.requests_per_minute, tokens_per_minute=settings.tokens_per_minute
        )
        # Fewer than there are reviews would have a burst of them wait for the model in rounds.
        parallel = settings.max_parallel_calls or settings.reviews_in_flight
        self._slots = Slots(parallel)
        self._prices = Prices.from_settings(settings)
        self._pool = HttpPool(connections=parallel * max(1, len(self._specs)))
        self._opening = asyncio.Lock()
        self._open: tuple[Model, ...] = tuple(parts.models or ())
        # One tenant's flights never carry another's answers. They are forgotten with the last door that uses them.
        self._flights: WeakValueDictionary[UUID, Flights[Settled]] = WeakValueDictionary()

    @asynccontextmanager
    async def door(self, claimed: Claimed, *, max_cost: float | None = None) -> AsyncIterator[PatientDoor | None]:
        """The door for one claim; None where no model is set or wanted. `max_cost` is the policy's, in dollars.

        Raises:
            ModelSettingsError, ModelAuthError: a model can't be used as set.
            ModelUnavailableError: a server of one's own can't be reached now.
        """
        if not claimed.request.model or not (self._specs or self._open):
            yield None
            return
        run = Run(claimed.workspace_id, claimed.review_id, claimed.fence)
        answers = DatabaseAnswers(self._database, claimed.workspace_id)
        flights = self._flights.setdefault(claimed.workspace_id, Flights[Settled]())
        models = Models(
            await self._models(),
            cache=answers,
            ledger=DatabaseLedger(self._database, run, on_call=self._on_call),
            prices=self._prices,
            budget=await self._budget(run, max_cost),
            gate=self._gate,
            slots=self._slots,
            flights=flights,
            pace=self._parts.pace,
            retry=self._parts.retry or _RETRY,
        )
        try:
            yield PatientDoor(models, answers, deferrals=claimed.deferrals)
        finally:
            await answers.close()

    async def close(self) -> None:
        """Close the models; no door is to be in use any more."""
        models, self._open = self._open, ()
        for model in models:
            await model.close()

    async def _models(self) -> tuple[Model, ...]:
        # One at a time: the others would import the same SDK, and probe the same server, once more.
        async with self._opening:
            if not self._open:
                self._open = await open_models(
                    self._settings, self._specs, cache=self._host, ledger=MemoryLedger(), pool=self._pool
                )
            return self._open

    async def _budget(self, run: Run, max_cost: float | None) -> Budget | None:
        ceilings = [self._settings.max_cost_micros, None if max_cost is None else int(max_cost * 1_000_000)]
        lowest = min((ceiling for ceiling in ceilings if ceiling is not None), default=None)
        budgets: list[Budget] = [] if lowest is None else [RunBudget(lowest)]
        # Without a limit nothing need be set aside, which saves two transactions a call; rows are counted anyway.
        if await self._database.read(_is_limited, run.workspace_id):
            budgets.append(DatabaseBudget(self._database, run))
        return Budgets(*budgets) if budgets else None


def _is_limited(session: Session, workspace_id: UUID) -> bool:
    workspace = session.get(Workspace, workspace_id)
    return workspace is not None and workspace.monthly_budget is not None

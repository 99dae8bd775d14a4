"""What tests of models ask, and the answers they expect."""

import random
from dataclasses import replace
from datetime import timedelta

from pydantic import BaseModel

from foureyes.kit.keyvalue import MemoryStore
from foureyes.llm.backoff import RetryPolicy
from foureyes.llm.calls import Models
from foureyes.llm.pace import SkippingPace
from foureyes.llm.port import AnswerCache, Ask, Budget, MemoryLedger, Model, Purpose
from foureyes.llm.prices import Prices


class Remark(BaseModel):
    line: int
    title: str


class Remarks(BaseModel):
    """Everything that was found."""

    items: list[Remark]


FOUND = Remarks(items=[Remark(line=3, title="divides by zero")])
NOTHING = Remarks(items=[])


def an_ask(prompt: str = "Review this.", **changes: object) -> Ask:
    ask = Ask(purpose=Purpose.REVIEW, prompt_version="review-1", system="You review code.", prompt=prompt)
    return replace(ask, **changes)  # type: ignore[arg-type]


class Desk:
    """Models around what a test watches: the ledger, the cache and a clock that skips every wait."""

    def __init__(
        self,
        *models: Model,
        cache: AnswerCache | None = None,
        budget: Budget | None = None,
        prices: Prices | None = None,
        retry: RetryPolicy | None = None,
        parallel: int = 64,
    ) -> None:
        self.ledger = MemoryLedger()
        self.pace = SkippingPace()
        self.cache = cache or MemoryStore()
        self.models = Models(
            models,
            cache=self.cache,
            ledger=self.ledger,
            prices=prices,
            budget=budget,
            retry=retry,
            parallel=parallel,
            pace=self.pace,
            rng=random.Random(7),
        )

    @property
    def outcomes(self) -> list[str]:
        return [row.outcome.value for row in self.ledger.rows]

    @property
    def waited(self) -> timedelta:
        return timedelta(seconds=self.pace.now)

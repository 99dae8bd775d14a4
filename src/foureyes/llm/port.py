"""What a language model is to the rest of Foureyes: the request, the reply, and the Protocols around them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel

T = TypeVar("T")
SchemaT = TypeVar("SchemaT", bound=BaseModel)


class Purpose(StrEnum):
    """Why a call is made; ledger rows and costs are told apart by it."""

    REVIEW = "review"
    MEND = "mend"
    VERIFY = "verify"
    VERDICT = "verdict"
    DEBUG = "debug"
    ARCHITECTURE = "architecture"
    EXPLAIN = "explain"
    PROBE = "probe"


class AnswerForm(StrEnum):
    """How a model can be made to answer with a schema; the probe picks the best that works."""

    TOOL_CALL = "tool-call"
    JSON_SCHEMA = "json-schema"
    PROMPTED = "prompted"


@dataclass(frozen=True, slots=True)
class ModelTraits:
    """What a model can do. Tokens are the model's own; `weak` says why it should not review, where it should not.

    `context_tokens` is room for a prompt and its answer; `thinking_tokens` is what the model may think before it
    answers, billed as output, on top of the ask's `max_output_tokens` and already taken off `context_tokens`.
    """

    context_tokens: int
    output_tokens: int
    form: AnswerForm
    weak: str = ""
    thinking_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Ask:
    """One question. `system` is the part that stays the same from call to call, so that providers can cache it.

    `seed` tells several passes over the same words apart. `key` replaces the words in the cache key where they hold
    something that must not matter (the outline of neighbouring files); empty means all the words.
    """

    purpose: Purpose
    prompt_version: str
    system: str
    prompt: str
    max_output_tokens: int = 4096
    seed: int = 0
    key: str = ""
    lifetime: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens and money of one or more calls. `cost` is micro-dollars, None where no price is known.

    `input_tokens` counts all of the prompt: those read from the provider's cache and those written to it are in it.
    """

    input_tokens: int = 0
    cached_input_tokens: int = 0
    output_tokens: int = 0
    cost: int | None = 0
    calls: int = 0
    cache_written_tokens: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        cost = None if self.cost is None or other.cost is None else self.cost + other.cost
        return Usage(
            self.input_tokens + other.input_tokens,
            self.cached_input_tokens + other.cached_input_tokens,
            self.output_tokens + other.output_tokens,
            cost,
            self.calls + other.calls,
            self.cache_written_tokens + other.cache_written_tokens,
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """What one attempt on the wire gave: the text (JSON where a schema was asked for), as the model wrote it."""

    text: str
    usage: Usage
    model: str


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """A settled answer. `cached` means that no call was made for it; `usage` is then zero."""

    output: T
    model: str
    usage: Usage
    cached: bool = False
    attempts: int = 1


class Model(Protocol):
    """One model at one provider. `attempt` is exactly one call on the wire, never retried inside."""

    @property
    def name(self) -> str:
        """`provider:model`, as in settings."""
        ...

    @property
    def traits(self) -> ModelTraits: ...

    async def attempt(self, ask: Ask, schema: type[BaseModel] | None) -> Reply:
        """One call.

        Raises:
            ModelError: one of its leaves (`foureyes.errors`), never a provider's own exception.
        """
        ...

    async def close(self) -> None: ...


class AttemptOutcome(StrEnum):
    ANSWERED = "answered"
    MALFORMED = "malformed"
    TRUNCATED = "truncated"
    REFUSED = "refused"
    OVERFLOW = "overflow"
    RATE_LIMITED = "rate-limited"
    UNAVAILABLE = "unavailable"
    UNAUTHORIZED = "unauthorized"
    UNUSABLE = "unusable"
    OUT_OF_CREDIT = "out-of-credit"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One row of the ledger of calls: every attempt on the wire has one."""

    purpose: Purpose
    model: str
    outcome: AttemptOutcome
    usage: Usage
    started: datetime
    seconds: float
    key: str
    attempt: int
    reason: str = ""


class CallLedger(Protocol):
    """Where rows of attempts go. Embedded: a list; the server: a table."""

    async def record(self, row: AttemptRow) -> None: ...


class AnswerCache(Protocol):
    """Settled answers by key. `kit.keyvalue` has the twins: memory and SQLite."""

    async def get(self, key: str) -> bytes | None: ...

    async def put(self, key: str, value: bytes, *, lifetime: timedelta) -> None: ...


class Budget(Protocol):
    """Money that calls of one run may cost: reserved before a call, settled after it. Micro-dollars."""

    async def reserve(self, model: str, amount: int) -> None:
        """Set `amount` aside.

        Raises:
            BudgetExceededError: it does not fit into what is left.
        """
        ...

    async def settle(self, reserved: int, spent: int) -> None:
        """Give back what was set aside and count what was really spent."""
        ...


@dataclass
class MemoryLedger:
    """The ledger of one run, kept in the process."""

    rows: list[AttemptRow] = field(default_factory=list)

    async def record(self, row: AttemptRow) -> None:
        self.rows.append(row)

    def by_purpose(self) -> Mapping[Purpose, Usage]:
        """What the answered and unanswered attempts of each purpose used."""
        totals: dict[Purpose, Usage] = {}
        for row in self.rows:
            totals[row.purpose] = totals.get(row.purpose, Usage()) + row.usage
        return totals


class Asker(Protocol):
    """The door that the engine asks through; cache, single flight, limits, budget, retries, fallback stand behind."""

    @property
    def traits(self) -> ModelTraits:
        """Of the first model: what the packer plans for."""
        ...

    @property
    def model(self) -> str:
        """Name of the first model, `provider:model`."""
        ...

    @property
    def spent(self) -> Usage:
        """What all attempts through this door have used so far, answered or not."""
        ...

    async def ask(self, ask: Ask, schema: type[SchemaT]) -> Answer[SchemaT]:
        """An answer that fits `schema`.

        Raises:
            ModelError: one of its leaves, after retries and fallbacks.
        """
        ...

    async def ask_text(self, ask: Ask) -> Answer[str]:
        """An answer in the model's own words."""
        ...

"""The probe: what a model that no table knows can do, found out by one trivial question in each form."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Protocol, Self

from pydantic import BaseModel, TypeAdapter, ValidationError

from foureyes.errors import ModelAuthError, ModelCreditError, ModelError, ModelServerError, ModelUnavailableError
from foureyes.kit.keyvalue import MemoryStore
from foureyes.llm.backoff import RetryPolicy
from foureyes.llm.calls import Models
from foureyes.llm.port import AnswerCache, AnswerForm, Ask, CallLedger, MemoryLedger, Model, ModelTraits, Purpose
from foureyes.llm.traits import own_traits

_VERSION = "probe-1"
_LIFETIME = timedelta(days=7)
# Short, for a weak model is often a wrong template or a context too small, which its operator mends and tries
# again.
_WEAK_LIFETIME = timedelta(hours=1)
# A server that holds a model to a schema by a grammar is surest; one that ignores the wish is found out by its answer.
_FORMS = (AnswerForm.JSON_SCHEMA, AnswerForm.TOOL_CALL, AnswerForm.PROMPTED)
_TRAITS = TypeAdapter(ModelTraits)


class _Item(BaseModel):
    thing: str
    colour: str


class _Colours(BaseModel):
    """Every thing that the text names, with its colour."""

    items: list[_Item]


_ASK = Ask(
    purpose=Purpose.PROBE,
    prompt_version=_VERSION,
    system="You read a text and give back what it says, in the form asked for.",
    prompt="List every thing in this text with its colour, one word each:\n\nThe apple is red. The sky is blue.",
    max_output_tokens=1024,
)
_RIGHT = {("apple", "red"), ("sky", "blue")}


class Probeable(Model, Protocol):
    def with_traits(self, traits: ModelTraits) -> Self:
        """The same model, asked in another form."""
        ...


async def _no_context() -> int | None:
    return None


async def probe(
    model: Probeable,
    *,
    context: Callable[[], Awaitable[int | None]] = _no_context,
    ledger: CallLedger | None = None,
) -> ModelTraits:
    """Traits of a model: the first form in which it answers rightly, and `weak` where there is none.

    `context` asks the server how much context it gives; it is called after the questions, when the model is loaded.

    Raises:
        ModelError: the key was refused, or the model could not be reached, so that nothing was found out.
    """
    valid: AnswerForm | None = None
    failed: ModelServerError | None = None
    for form in _FORMS:
        try:
            items = await _answer(model.with_traits(replace(model.traits, form=form)), ledger or MemoryLedger())
        except ModelServerError as exc:
            # Some servers fail on a form that they do not know, instead of refusing it.
            failed = exc
            continue
        # The answer must be right, not just well formed: a server that ignores the schema can fill it with
        # anything.
        if items == _RIGHT:
            return own_traits(context=await context(), form=form)
        valid = valid or (form if items is not None else None)
    if failed is not None and valid is None:
        raise failed
    weak = (
        "it answers a trivial question in the form asked for, but wrongly"
        if valid
        else "it can't answer a trivial question in any form that a program can read"
    )
    return own_traits(context=await context(), form=valid or AnswerForm.PROMPTED, weak=weak)


async def _answer(model: Model, ledger: CallLedger) -> set[tuple[str, str]] | None:
    """What the model says to the trivial question; None when it has no answer in this form."""
    asker = Models([model], cache=MemoryStore(), ledger=ledger, retry=RetryPolicy(attempts=1, rate_limited_attempts=2))
    try:
        answer = await asker.ask(_ASK, _Colours)
    except (ModelUnavailableError, ModelAuthError, ModelCreditError):
        raise
    except ModelError:
        # Refused, malformed, cut or a form that this server does not know: all the same here.
        return None
    return {(_bare(item.thing), item.colour.strip().casefold()) for item in answer.output.items}


def _bare(thing: str) -> str:
    return thing.strip().casefold().removeprefix("the ")


async def remembered(
    name: str, address: str, *, store: AnswerCache, find_out: Callable[[], Awaitable[ModelTraits]]
) -> ModelTraits:
    """Traits from the store, or found out and stored: for a week, and for an hour where the model was too weak."""
    key = hashlib.sha256(f"{_VERSION}\n{name}\n{address}".encode()).hexdigest()
    raw = await store.get(key)
    if raw is not None:
        try:
            return _TRAITS.validate_json(raw)
        # Written by another version of ours: finding out again costs one question, a wrong trait a whole review.
        except ValidationError:
            pass
    traits = await find_out()
    await store.put(key, _TRAITS.dump_json(traits), lifetime=_WEAK_LIFETIME if traits.weak else _LIFETIME)
    return traits

"""The one place where the door to models is put together from settings."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import AsyncExitStack

from foureyes.errors import ModelSettingsError, ModelUnavailableError
from foureyes.llm.budget import RunBudget
from foureyes.llm.calls import Models
from foureyes.llm.http import HttpPool
from foureyes.llm.limits import LocalGate, RateGate
from foureyes.llm.port import AnswerCache, CallLedger, ModelTraits
from foureyes.llm.prices import Prices
from foureyes.llm.probe import probe, remembered
from foureyes.llm.providers import base_url, open_model
from foureyes.llm.served import Server
from foureyes.llm.wire import WireModel
from foureyes.settings import Settings, split_spec


def chosen_models(settings: Settings, *, use: str | None = None, fallback: Sequence[str] = ()) -> tuple[str, ...]:
    """Specs of the models to ask, first choice first; none where no model is set or models are switched off.

    `use` and `fallback` (the command line's, or the policy's) stand before the environment's.
    """
    first = use or settings.model
    if settings.no_model or first is None:
        return ()
    return tuple(dict.fromkeys([first, *(fallback or settings.fallback_models)]))


async def open_asker(
    settings: Settings,
    *,
    cache: AnswerCache,
    ledger: CallLedger,
    models: Sequence[str] | None = None,
    max_cost: int | None = None,
    gate: RateGate | None = None,
    pool: HttpPool | None = None,
    rng: random.Random | None = None,
) -> Models:
    """The door to `models` (default: the settings'), ready to ask; close it at the end.

    `max_cost` is micro-dollars, beside the settings' own ceiling: the lower one holds. Models on servers of one's own
    are probed, unless the cache knows them; nothing else is sent.

    Raises:
        ModelSettingsError: no model is set, or one can't be used as set.
        ModelError: a server of one's own refused the key or could not be reached.
    """
    specs = chosen_models(settings) if models is None else tuple(models)
    if not specs:
        raise ModelSettingsError("model", "none is set: set FOUREYES_MODEL to PROVIDER:MODEL")
    pool = pool or HttpPool(connections=settings.parallel_calls * len(specs))
    opened = await open_models(settings, specs, cache=cache, ledger=ledger, pool=pool)
    ceilings = [ceiling for ceiling in (settings.max_cost_micros, max_cost) if ceiling is not None]
    return Models(
        opened,
        cache=cache,
        ledger=ledger,
        prices=Prices.from_settings(settings),
        budget=RunBudget(min(ceilings)) if ceilings else None,
        gate=gate
        or LocalGate(requests_per_minute=settings.requests_per_minute, tokens_per_minute=settings.tokens_per_minute),
        parallel=settings.parallel_calls,
        rng=rng,
    )


async def open_models(
    settings: Settings, specs: Sequence[str], *, cache: AnswerCache, ledger: CallLedger, pool: HttpPool
) -> tuple[WireModel, ...]:
    """The models that `specs` name, over one pool; whoever opens them closes each. Raises as `open_asker` does."""
    opened: list[WireModel] = []
    async with AsyncExitStack() as stack:
        for spec in specs:
            # Importing an SDK takes a second or two: analysers may run meanwhile.
            model = await asyncio.to_thread(open_model, spec, settings, pool=pool)
            stack.push_async_callback(model.close)
            opened.append(await _equipped(model, settings, pool, cache, ledger, needed=not opened))
        stack.pop_all()
    return tuple(opened)


async def _equipped(
    model: WireModel, settings: Settings, pool: HttpPool, cache: AnswerCache, ledger: CallLedger, *, needed: bool
) -> WireModel:
    """The model with its traits. A fallback that can't be reached now may be when it is needed, and stays as it is."""
    provider, name = split_spec(model.name)
    address = base_url(provider, settings)
    if not provider.own_server or address is None:
        return model
    key = settings.api_key(provider)
    server = Server(pool.client, address, key.get_secret_value() if key else "")

    async def find_out() -> ModelTraits:
        return await probe(model, context=lambda: server.context(provider, name), ledger=ledger)

    try:
        return model.with_traits(await remembered(model.name, address, store=cache, find_out=find_out))
    except ModelUnavailableError:
        if needed:
            raise
        return model

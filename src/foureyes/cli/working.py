"""The worker as this program runs it: with the engine, with what is thrown away in time, told when to stop."""

import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from foureyes.accounts.refreshing import forget_expired
from foureyes.blobs.service import sweep
from foureyes.cli.deployment import Told
from foureyes.kit import clock
from foureyes.kit.database.port import Database
from foureyes.models.reviews import ReviewKind
from foureyes.queue.docket import DocketQueue
from foureyes.rest.services import Services
from foureyes.reviews.repository.submission import forget_keys
from foureyes.runs.carrier import EngineCarrier
from foureyes.runs.repository.retention import forget_events
from foureyes.runs.service import Desk
from foureyes.settings import Settings, environment
from foureyes.usage.service import remove_expired_answers
from foureyes.worker.isolated import Isolation
from foureyes.worker.process import run_worker

_IDEMPOTENCY: Final = timedelta(days=1)


async def work(services: Services, told: Told, *, kinds: Sequence[ReviewKind], alone: bool) -> None:
    """Carry reviews out until told to stop, then finish or give back. `alone`: no other worker is on this database."""
    settings = services.settings
    async with desk_of(services) as desk:
        await run_worker(
            desk,
            settings,
            queue=_docket(services),
            stopping=told.stopping,
            hurry=told.hurry,
            kinds=kinds,
            alone=alone,
            isolation=_isolation(settings),
            retain=lambda: _forget_the_old(services.database, settings),
        )


@asynccontextmanager
async def desk_of(services: Services) -> AsyncIterator[Desk]:
    """What reviews are carried out with: the engine, for as long as this is open."""
    carrier = EngineCarrier(services.settings, services.database)
    try:
        yield Desk(services.database, services.queue, services.bus, carrier)
    finally:
        await carrier.close()


def _docket(services: Services) -> DocketQueue:
    if not isinstance(services.queue, DocketQueue):
        raise TypeError("A worker is told of work by docket, and these services have another queue.")
    return services.queue


def _isolation(settings: Settings) -> Isolation:
    """How a review that has killed workers is run: by this same program, in a process that may die."""
    given = {**environment(), "FOUREYES_DATA_DIR": str(settings.data_dir)}
    return Isolation((sys.executable, "-m", "foureyes.cli.alone"), given)


async def _forget_the_old(database: Database, settings: Settings) -> None:
    now = clock.now()
    await sweep(database, older_than=now - settings.keep_sources)
    await forget_expired(database)
    await _all(database, lambda session: forget_events(session, before=now - settings.keep_events))
    await _all(database, lambda session: forget_keys(session, before=now - _IDEMPOTENCY))
    await _all(database, remove_expired_answers)


async def _all(database: Database, some: Callable[[Session], int]) -> None:
    """Repeat what removes a few at a time, so that no transaction is long, until it finds nothing more."""
    while await database.write(some):
        pass

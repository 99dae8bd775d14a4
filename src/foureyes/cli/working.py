"""The worker as this program runs it: with the engine, with what is thrown away in time, told when to stop."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import Final

from structlog.stdlib import get_logger

from foureyes.accounts.refreshing import forget_expired
from foureyes.cli.deployment import Told
from foureyes.kit import clock
from foureyes.kit.database.port import Database
from foureyes.models.reviews import ReviewKind
from foureyes.queue.docket import DocketQueue
from foureyes.rest.services import Services
from foureyes.reviews.retention import sweep_old
from foureyes.runs.carrier import EngineCarrier
from foureyes.runs.service import Desk
from foureyes.settings import Settings, environment
from foureyes.usage.service import settle_abandoned
from foureyes.worker.isolated import Isolation
from foureyes.worker.process import run_worker
from foureyes.worker.pulse import repeated

_SETTLED_EVERY: Final = timedelta(minutes=1)


async def work(services: Services, told: Told, *, kinds: Sequence[ReviewKind], alone: bool) -> None:
    """Carry reviews out until told to stop, then finish or give back. `alone`: no other worker is on this database."""
    settings = services.settings
    async with desk_of(services) as desk, _settling(services.database):
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
async def _settling(database: Database) -> AsyncIterator[None]:
    task = asyncio.create_task(repeated("settle", _SETTLED_EVERY, partial(_settle_the_abandoned, database)))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


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
    """Remove what is kept no longer. Each worker does so once an hour; two at once remove nothing twice."""
    swept = await sweep_old(database, keep_sources=settings.keep_sources, keep_events=settings.keep_events)
    await forget_expired(database)
    get_logger().info("swept", **asdict(swept))


async def _settle_the_abandoned(database: Database) -> None:
    """Count as spent what workers that died had set aside: until then it is missing in the workspace's budget."""
    while settled := await database.write(settle_abandoned, clock.now()):
        get_logger().warning("reservations_settled", reservations=settled)

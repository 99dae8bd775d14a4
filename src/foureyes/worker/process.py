"""The worker process: it takes part, carries reviews out, and when told to stop leaves nothing that must wait."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial

from structlog.stdlib import get_logger

from foureyes import __version__
from foureyes.errors import BrokerError, DatabaseError
from foureyes.kit import clock
from foureyes.kit.ids import new_id
from foureyes.models.reviews import ReviewKind
from foureyes.models.workers import WorkerRow
from foureyes.queue.docket import DocketQueue
from foureyes.runs import service
from foureyes.runs.port import Claimed
from foureyes.runs.repository.claims import ISOLATED_FROM, Claimer, waiting_ids
from foureyes.runs.repository.leases import end_leases_of_others, enrol, leave
from foureyes.runs.service import Desk
from foureyes.settings import Settings
from foureyes.worker.isolated import Isolation, Isolator
from foureyes.worker.pulse import Pace, beat, keep_house, note, probe, repeated, sweep
from foureyes.worker.slots import End, Slots
from foureyes.worker.tasks import tasks_of

# What a drained worker had been permitted and did not begin is not known one by one; so many are announced again.
_ANNOUNCED = 64


async def run_worker(
    desk: Desk,
    settings: Settings,
    *,
    queue: DocketQueue,
    stopping: asyncio.Event,
    hurry: asyncio.Event | None = None,
    kinds: Sequence[ReviewKind] = tuple(ReviewKind),
    alone: bool = False,
    isolation: Isolation | None = None,
    retain: Callable[[], Awaitable[None]] | None = None,
    pace: Pace | None = None,
) -> None:
    """Carry reviews of `kinds` out until `stopping` is set, then finish what is begun within `settings.grace`.

    `hurry` cuts the grace short: the second signal. `alone`: no other worker lives on this database, so that all
    leases but its own are of processes that died. Without `isolation`, reviews that seem to kill workers are run
    like all others. `retain` is called once an hour.

    Raises:
        DatabaseError: the worker could not enrol; nothing was begun.
    """
    pace = pace or Pace()
    worker = _worker_row(kinds, settings)
    log = get_logger().bind(worker=str(worker.id))
    await _take_part(desk, worker, alone=alone)
    await _warn_of_risks(queue)
    claimer = Claimer(worker.id, pace.lease, settings.reviews_per_workspace)
    isolator = Isolator(isolation, desk) if isolation else None
    slots = Slots(
        desk,
        claimer,
        kinds,
        settings.reviews_in_flight,
        run=partial(_run, desk=desk, isolator=isolator),
        suspects=isolation.places if isolation else None,
    )
    beating = asyncio.create_task(
        repeated("heartbeat", pace.heartbeat, partial(beat, desk.database, worker, slots, pace.lease))
    )
    noting = asyncio.create_task(repeated("note", pace.progress, partial(note, desk.database, desk.board)))
    log.info("worker_started", kinds=[str(kind) for kind in kinds], slots=settings.reviews_in_flight)
    try:
        await _serve(desk, slots, queue, kinds, stopping, pace=pace, retain=retain)
        worker.draining = True
        log.info("worker_draining", running=len(slots.held()))
        await _drain(slots, settings.grace, hurry)
    finally:
        await _cancelled(beating, noting)
        if isolator is not None:
            await isolator.close()
    await _give_way(desk, worker, queue, kinds)
    log.info("worker_stopped")


async def _serve(
    desk: Desk,
    slots: Slots,
    queue: DocketQueue,
    kinds: Sequence[ReviewKind],
    stopping: asyncio.Event,
    *,
    pace: Pace,
    retain: Callable[[], Awaitable[None]] | None,
) -> None:
    """Claim and begin until told to stop. Nothing is claimed any more when this returns."""
    filling = asyncio.create_task(slots.fill())
    upkeep = [
        asyncio.create_task(repeated("sweep", pace.sweep, partial(sweep, desk.database, slots, kinds))),
        asyncio.create_task(repeated("probe", pace.probe, partial(probe, desk.database, slots, kinds))),
        asyncio.create_task(repeated("upkeep", pace.upkeep, partial(keep_house, desk.database, retain))),
    ]
    async with queue.serving(kinds, tasks_of(slots)):
        await stopping.wait()
        # Before docket is left, whose tasks wait for places that will not be free any more.
        slots.close()
    await _cancelled(*upkeep)
    # Not cancelled: reviews of a claim that was being committed would have to wait for their leases to run out.
    await filling


async def _drain(slots: Slots, grace: timedelta, hurry: asyncio.Event | None) -> None:
    """Let what is begun finish in its time, and give the rest back."""
    emptied = asyncio.create_task(slots.emptied())
    hurried = asyncio.create_task((hurry or asyncio.Event()).wait())
    await asyncio.wait({emptied, hurried}, timeout=grace.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
    hurried.cancel()
    for held in slots.held():
        slots.end(held, End.RELEASED)
    await emptied


async def _give_way(desk: Desk, worker: WorkerRow, queue: DocketQueue, kinds: Sequence[ReviewKind]) -> None:
    """Leave the list of workers, and tell the others what still waits: permits that came here would be missing."""
    try:
        waiting = await desk.database.read(waiting_ids, kinds, _ANNOUNCED)
        await desk.database.write(leave, worker.id)
        await desk.database.settled()
        if queue.shared:
            await asyncio.gather(*(queue.enqueue(review_id, kind) for review_id, kind in waiting))
    except (DatabaseError, BrokerError) as exc:
        # The others sweep; only a few seconds are lost.
        get_logger().warning("worker_left_unsaid", error=str(exc))


async def _take_part(desk: Desk, worker: WorkerRow, *, alone: bool) -> None:
    await desk.database.write(enrol, worker)
    if alone and (ended := await desk.database.write(end_leases_of_others, worker.id)):
        get_logger().warning("leases_of_the_dead", reviews=ended)


async def _warn_of_risks(queue: DocketQueue) -> None:
    try:
        for risk in await queue.risks():
            get_logger().warning("broker_may_lose_jobs", risk=risk)
    except BrokerError as exc:
        get_logger().warning("broker_unavailable", error=str(exc))


async def _cancelled(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _run(claimed: Claimed, *, desk: Desk, isolator: Isolator | None) -> None:
    if isolator is not None and claimed.crashes >= ISOLATED_FROM:
        await isolator.run(claimed)
    else:
        await service.run(claimed, desk)


def _worker_row(kinds: Sequence[ReviewKind], settings: Settings) -> WorkerRow:
    return WorkerRow(
        id=new_id(),
        host=socket.gethostname()[:200],
        pid=os.getpid(),
        version=__version__,
        kinds=[str(kind) for kind in kinds],
        slots=settings.reviews_in_flight,
        running=0,
        draining=False,
        started_at=clock.now(),
        seen_at=clock.now(),
    )

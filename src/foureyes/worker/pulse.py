"""What a worker does again and again: signs of life, notes of progress, sweeps."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import timedelta

from structlog.stdlib import get_logger

from foureyes.errors import ServerError
from foureyes.kit.database.port import Database
from foureyes.models.reviews import ReviewKind
from foureyes.models.workers import WorkerRow
from foureyes.runs.progress import ProgressBoard
from foureyes.runs.repository import deferrals
from foureyes.runs.repository.claims import waiting_count
from foureyes.runs.repository.leases import forget_workers, note_progress, renew
from foureyes.worker.slots import End, Slots

_UNSEEN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a worker does what. A lease outlives three signs of life that were lost."""

    lease: timedelta = timedelta(seconds=8)
    heartbeat: timedelta = timedelta(seconds=2)
    progress: timedelta = timedelta(seconds=1)
    sweep: timedelta = timedelta(seconds=5)
    probe: timedelta = timedelta(seconds=3)
    upkeep: timedelta = timedelta(hours=1)


async def beat(database: Database, worker: WorkerRow, slots: Slots, lease: timedelta) -> None:
    """Prolong all leases in one statement; end the runs that are lost, and those that somebody wants stopped."""
    held = slots.held()
    leases = await database.write(renew, worker, held, lease)
    for one in leases:
        if one.stop_asked:
            slots.end((one.review_id, one.fence), End.STOPPED)
    kept = {(one.review_id, one.fence) for one in leases}
    for lost in held:
        if lost not in kept:
            # Either taken over, or just settled by the run itself, which then has nothing left to cancel.
            slots.end(lost, End.LOST)


async def note(database: Database, board: ProgressBoard) -> None:
    """Take the progress of all runs down."""
    if latest := board.take():
        await database.write(note_progress, latest)


async def sweep(database: Database, slots: Slots, kinds: Collection[ReviewKind]) -> None:
    """Look for what no permit points to: leases that ran out, deferrals that are due, what the broker lost.

    It wakes this worker's own places, and not the broker, which may be away, or may remember a job that it has lost;
    each worker sweeps, so what is found is shared. A worker that is full has nothing to look for.
    """
    if slots.free and await database.read(waiting_count, kinds, 1):
        slots.wake()


async def probe(database: Database, slots: Slots, kinds: Collection[ReviewKind]) -> None:
    """Have one review try whether a provider that was away is back; the first that is answered wakes the others."""
    if slots.free and await database.read(deferrals.is_awaited, kinds):
        await database.write(deferrals.probe, kinds)
        slots.wake()


async def keep_house(database: Database, retain: Callable[[], Awaitable[None]] | None) -> None:
    """What is not urgent: forget workers of long ago, and what is kept no longer."""
    await database.write(forget_workers, _UNSEEN)
    if retain is not None:
        await retain()


async def repeated(name: str, every: timedelta, action: Callable[[], Awaitable[None]]) -> None:
    """Do it now and at every interval; a failure is logged, and the next time comes."""
    while True:
        try:
            await action()
        except ServerError as exc:
            get_logger().warning("upkeep_failed", action=name, error=str(exc))
        except Exception:  # noqa: BLE001  # The edge of a background job: a defect in one must not end the worker.
            get_logger().error("upkeep_failed", action=name, exc_info=True)
        await asyncio.sleep(every.total_seconds())

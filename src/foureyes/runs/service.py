"""The story of one run: carried out with progress, then settled in one transaction, as whatever it came to."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from sqlalchemy.orm import Session
from structlog.stdlib import get_logger

from foureyes.errors import (
    DatabaseUnavailableError,
    FoureyesError,
    LostFenceError,
    RequestError,
    StorageFullError,
    UsageError,
)
from foureyes.kit import clock, metrics
from foureyes.kit.bus import Bus
from foureyes.kit.database.port import Database
from foureyes.kit.logging import correlated
from foureyes.kit.tracing import continued, span
from foureyes.queue.port import Queue
from foureyes.runs.failures import Again, sorted_out
from foureyes.runs.port import Carrier, Claimed
from foureyes.runs.progress import ProgressBoard, Teller
from foureyes.runs.repository import endings

_PAUSE, _LONGEST_PAUSE = 0.5, 5.0


@dataclass(frozen=True, slots=True)
class Desk:
    """What a run is carried out with. `patience`: how long a result is kept for a database that is away."""

    database: Database
    queue: Queue
    bus: Bus
    carrier: Carrier
    board: ProgressBoard = field(default_factory=ProgressBoard)
    patience: timedelta = timedelta(minutes=15)


async def run(claimed: Claimed, desk: Desk) -> None:
    """Carry a claimed review out, and leave it completed, failed, deferred or waiting for another attempt.

    Nothing is said or done once another worker has it. Whoever cancels this settles it: see `stop` and `release`.
    """
    with correlated(claimed.request_id, review=str(claimed.review_id)), continued(claimed.trace_parent):
        await _run(claimed, desk)


async def _run(claimed: Claimed, desk: Desk) -> None:
    log = get_logger().bind(review=str(claimed.review_id), fence=claimed.fence, kind=claimed.kind)
    log.info("run_begun", failures=claimed.failures, crashes=claimed.crashes)
    try:
        # What is raised here leaves the span, which so tells of it.
        with span("run", review=str(claimed.review_id), kind=claimed.kind, fence=claimed.fence):
            with Teller(claimed, desk.bus, desk.board) as tell:
                outcome = await desk.carrier.carry_out(claimed, on_progress=tell)
            ending = partial(endings.complete, claimed=claimed, outcome=outcome, bus=desk.bus, queue=desk.queue)
        await settle(desk, claimed, ending)
        log.info("run_completed")
    except LostFenceError:
        log.info("run_lost")
    except Exception as exc:  # The edge of a job: whatever happened, the review ends in a named state.
        log.warning("run_failed", error=str(exc), exc_info=None if isinstance(exc, FoureyesError) else exc)
        await _settle_failure(desk, claimed, exc)


async def stop(claimed: Claimed, desk: Desk) -> None:
    """End a review that is not wanted any more, after its run was cancelled."""
    await settle(desk, claimed, partial(endings.stop, claimed=claimed, bus=desk.bus))


async def release(claimed: Claimed, desk: Desk) -> None:
    """Give a review back at once, after its run was cancelled: this process ends."""
    await settle(desk, claimed, partial(endings.release, claimed=claimed, bus=desk.bus, queue=desk.queue))


async def crashed(claimed: Claimed, desk: Desk, *, most: int, reason: str) -> None:
    """Count the death of a review's own process against it."""
    ending = partial(endings.crash, claimed=claimed, most=most, reason=reason, bus=desk.bus, queue=desk.queue)
    await settle(desk, claimed, ending)


async def settle(desk: Desk, claimed: Claimed, ending: Callable[[Session], None]) -> None:
    """Write an ending down. What was carried out may have cost money: a database that is away is waited for.

    Raises:
        LostFenceError: the review is no longer this worker's.
    """
    until = clock.steady() + desk.patience.total_seconds()
    pause = _PAUSE
    while True:
        try:
            await desk.database.write(ending)
        except (DatabaseUnavailableError, StorageFullError):
            if clock.steady() + pause > until:
                raise
            get_logger().warning("run_waits_for_database", review=str(claimed.review_id))
        else:
            return
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


async def _settle_failure(desk: Desk, claimed: Claimed, error: Exception) -> None:
    verdict = sorted_out(error, claimed, now=clock.now())
    if not isinstance(error, RequestError | UsageError):
        metrics.failure(verdict.code)
    if isinstance(verdict, Again):
        ending = partial(endings.try_again, claimed=claimed, again=verdict, bus=desk.bus, queue=desk.queue)
    else:
        ending = partial(endings.fail, claimed=claimed, final=verdict, bus=desk.bus)
    try:
        await settle(desk, claimed, ending)
    except LostFenceError:
        get_logger().info("run_lost", review=str(claimed.review_id), fence=claimed.fence)

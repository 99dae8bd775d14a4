"""The places of one worker process: filled with claimed reviews as long as there are any, emptied one by one."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from structlog.stdlib import get_logger

from foureyes.errors import LostFenceError, ServerError
from foureyes.kit import metrics
from foureyes.kit.logging import correlated
from foureyes.models.reviews import ReviewKind
from foureyes.runs import service
from foureyes.runs.port import Claimed
from foureyes.runs.repository.claims import ISOLATED_FROM, Claimer, claim
from foureyes.runs.repository.leases import Held
from foureyes.runs.service import Desk

# So many in one transaction, that several workers which are woken together share what there is.
_BATCH = 8
_PAUSE = 1.0

Run = Callable[[Claimed], Awaitable[None]]


class End(StrEnum):
    """Why a run is cancelled."""

    STOPPED = "stopped"
    LOST = "lost"
    RELEASED = "released"


@dataclass(slots=True)
class _Running:
    claimed: Claimed
    task: asyncio.Task[None] | None = None
    begun: bool = False
    end: End | None = None


class Slots:
    """`total` places for runs. Permits only say when to look: what to do next is decided when a place is free.

    So a permit that is lost, doubled or late does no harm, and what is newly in need is not behind what was queued.
    At most `suspects` are filled with reviews that seem to kill workers: those that wait keep nobody else waiting.
    """

    def __init__(
        self,
        desk: Desk,
        claimer: Claimer,
        kinds: Collection[ReviewKind],
        total: int,
        *,
        run: Run | None = None,
        suspects: int | None = None,
    ) -> None:
        self._desk = desk
        self._claimer = claimer
        self._kinds = tuple(kinds)
        self._total = total
        self._run = run or partial(service.run, desk=desk)
        self._suspects = suspects
        self._running: dict[Held, _Running] = {}
        self._wanted = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._closed = asyncio.Event()

    @property
    def free(self) -> int:
        return self._total - len(self._running)

    def held(self) -> list[Held]:
        """The reviews in flight here, with their fences."""
        return list(self._running)

    def wake(self) -> None:
        """Have it look for work."""
        self._wanted.set()

    async def look(self) -> None:
        """A permit: look for work as soon as there is a place, and take no further permit before."""
        await self._room.wait()
        self._wanted.set()

    async def fill(self) -> None:
        """Claim and begin whatever there is whenever something may be there, until `close`."""
        while not self._closed.is_set():
            await self._wanted.wait()
            self._wanted.clear()
            try:
                while self.free and not self._closed.is_set() and await self._take(min(self.free, _BATCH)):
                    pass
            except Exception as exc:  # noqa: BLE001  # The edge of a background job: a worker that looks no more looks healthy.
                get_logger().warning("claim_failed", error=str(exc), exc_info=not isinstance(exc, ServerError))
                await asyncio.sleep(_PAUSE)
                self._wanted.set()

    def end(self, held: Held, why: End) -> None:
        """Cancel a run; its review is settled as `why` says, or left to whoever has it now."""
        running = self._running.get(held)
        if running is None or running.end is not None:
            return
        running.end = why
        # A task that is cancelled before its first step never takes one, not even to settle its review.
        if running.begun and running.task is not None:
            running.task.cancel()

    def close(self) -> None:
        """Begin nothing any more. Permits that wait are let go: their reviews are given back, or found by sweepers."""
        self._closed.set()
        self._wanted.set()
        self._room.set()

    async def emptied(self) -> None:
        """Wait until nothing is in flight."""
        while tasks := [running.task for running in self._running.values() if running.task is not None]:
            await asyncio.wait(tasks)

    async def _take(self, limit: int) -> bool:
        """Claim and begin up to `limit`; whether there may be more."""
        found = await self._desk.database.write(
            claim, self._claimer, self._kinds, limit, bus=self._desk.bus, suspects=self._free_for_suspects()
        )
        for claimed in found:
            running = _Running(claimed)
            self._running[claimed.review_id, claimed.fence] = running
            running.task = asyncio.create_task(self._carry(running), name=f"run-{claimed.review_id}")
        if not self.free:
            self._room.clear()
        return len(found) == limit

    def _free_for_suspects(self) -> int | None:
        if self._suspects is None:
            return None
        running = sum(each.claimed.crashes >= ISOLATED_FROM for each in self._running.values())
        return max(0, self._suspects - running)

    async def _carry(self, running: _Running) -> None:
        claimed = running.claimed
        try:
            with correlated(claimed.request_id, review=str(claimed.review_id)), metrics.review_running(claimed.kind):
                await self._run_or_end(running)
        except LostFenceError:
            get_logger().info("run_lost", review=str(claimed.review_id), fence=claimed.fence)
        except Exception:  # noqa: BLE001  # The last edge of a run: its lease runs out, and another worker has it then.
            get_logger().error("run_abandoned", review=str(claimed.review_id), fence=claimed.fence, exc_info=True)
        finally:
            del self._running[claimed.review_id, claimed.fence]
            self._room.set()
            # A place is free, and its workspace may have more that waited for just that.
            self._wanted.set()

    async def _run_or_end(self, running: _Running) -> None:
        running.begun = True
        if self._closed.is_set() and running.end is None:
            # Claimed while the process was told to stop.
            running.end = End.RELEASED
        if running.end is None:
            try:
                await self._run(running.claimed)
            except asyncio.CancelledError:
                if running.end is None:
                    raise
            else:
                return
        if running.end is End.STOPPED:
            await service.stop(running.claimed, self._desk)
        elif running.end is End.RELEASED:
            await service.release(running.claimed, self._desk)

"""How far a run has come: told to watchers a few times a second, and noted in its row once a second at most."""

import asyncio
from types import TracebackType
from typing import Final, Self

from foureyes.engine.values import Progress, Stage
from foureyes.kit import clock, metrics
from foureyes.kit.bus import Bus
from foureyes.reviews.news import review_progress
from foureyes.runs.port import Claimed
from foureyes.runs.repository.leases import Held

_BETWEEN_NEWS: Final = 0.2


class ProgressBoard:
    """The latest of each run since it was last taken down: one statement a second for all runs of a process."""

    def __init__(self) -> None:
        self._latest: dict[Held, Progress] = {}

    def put(self, claimed: Claimed, progress: Progress) -> None:
        self._latest[claimed.review_id, claimed.fence] = progress

    def take(self) -> list[tuple[Held, Progress]]:
        taken = list(self._latest.items())
        self._latest.clear()
        return taken


class Teller:
    """Takes the progress of one run, as often as it likes to tell, and passes on what watchers can follow.

    The last word before a pause is always told: a page must not stay at 7 of 10 while the run is at 10.
    """

    def __init__(self, claimed: Claimed, bus: Bus, board: ProgressBoard) -> None:
        self._claimed = claimed
        self._bus = bus
        self._board = board
        self._told_at = -_BETWEEN_NEWS
        self._timer: asyncio.TimerHandle | None = None
        self._latest: Progress | None = None
        self._stage: Stage | None = None
        self._stage_began = 0.0
        self._telling: set[asyncio.Task[None]] = set()

    def __call__(self, progress: Progress) -> None:
        self._time(progress.stage)
        self._board.put(self._claimed, progress)
        self._latest = progress
        if self._timer is None:
            wait = self._told_at + _BETWEEN_NEWS - clock.steady()
            self._timer = asyncio.get_running_loop().call_later(max(0.0, wait), self._tell)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._time(None)
        # What is told after the run has ended would look as if it went on.
        if self._timer is not None:
            self._timer.cancel()

    def _time(self, stage: Stage | None) -> None:
        """Count the seconds of a stage once another one begins."""
        if stage is self._stage:
            return
        at = clock.steady()
        if self._stage is not None:
            metrics.stage_done(self._stage, at - self._stage_began)
        self._stage, self._stage_began = stage, at

    def _tell(self) -> None:
        self._timer = None
        if self._latest is None:
            return
        self._told_at = clock.steady()
        news = review_progress(self._claimed.review_id, self._claimed.workspace_id, self._latest, at=clock.now())
        task = asyncio.ensure_future(self._bus.publish(news))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

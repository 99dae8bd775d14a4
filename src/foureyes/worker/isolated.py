"""Reviews in processes of their own: when one dies, it is known which review it was, and no other is harmed."""

import asyncio
import json
import signal
from asyncio.subprocess import Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from structlog.stdlib import get_logger

from foureyes.kit import metrics
from foureyes.kit.bus import News
from foureyes.models.reviews import ReviewStatus
from foureyes.runs import service
from foureyes.runs.port import Claimed
from foureyes.runs.service import Desk
from foureyes.worker.child import Word

MOST_CRASHES: Final = 3
_LINE: Final = 1 << 20
_PAUSE: Final = 1.0
_LEAVING: Final = 2.0


@dataclass(frozen=True, slots=True)
class Isolation:
    """How to start a process that calls `carry_out_alone`, how many may live at once, and how long one rests unused.

    There are more than processors, for reviews mostly wait for a model.
    """

    command: Sequence[str]
    environment: Mapping[str, str]
    places: int = 4
    rest: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class _Died:
    """A child died of what it was carrying out."""

    code: int

    @property
    def reason(self) -> str:
        if self.code >= 0:
            return f"it ended with code {self.code}"
        return f"it was killed by {signal.Signals(-self.code).name}"


class Isolator:
    """Children that carry out one claimed review at a time, started when needed and kept for the next one.

    It starts as many as there are runs at once: whoever claims sees to it that they are not more than `places`.
    """

    def __init__(self, isolation: Isolation, desk: Desk) -> None:
        self._isolation = isolation
        self._desk = desk
        self._resting: dict[Process, asyncio.TimerHandle] = {}
        self._leaving: set[asyncio.Task[None]] = set()

    async def run(self, claimed: Claimed) -> None:
        """Have a child carry the review out and settle it; should it die, settle that. Cancelling this kills it."""
        log = get_logger().bind(review=str(claimed.review_id), fence=claimed.fence)
        end = await self._end(claimed)
        if isinstance(end, _Died):
            log.warning("run_crashed", reason=end.reason)
            await service.crashed(claimed, self._desk, most=MOST_CRASHES, reason=end.reason)
        elif end is Word.UNAVAILABLE:
            log.warning("run_not_begun")
            # What keeps one child from its work keeps the next from it, and each start costs a second of processor.
            await asyncio.sleep(_PAUSE)
            await service.release(claimed, self._desk)

    async def close(self) -> None:
        """End the children that rest; none is to be at work any more."""
        for child in list(self._resting):
            self._dismiss(child)
        if self._leaving:
            await asyncio.wait(self._leaving)

    async def _end(self, claimed: Claimed) -> Word | _Died:
        child = self._rested() or await self._started()
        try:
            return await self._handed(child, claimed)
        finally:
            if child not in self._resting and child.returncode is None:
                await _killed(child)

    async def _handed(self, child: Process, claimed: Claimed) -> Word | _Died:
        """What came of it. A child that dies before it has begun is not the review's fault: it may have been ill."""
        begun = False
        stdin, stdout = _pipes(child)
        stdin.write(f"{claimed.review_id} {claimed.fence}\n".encode())
        while line := await stdout.readline():
            said = _read(line)
            if isinstance(said, News):
                _count(said)
                await self._desk.bus.publish(said)
            elif said is Word.BEGUN:
                begun = True
            elif said is not None:
                self._rest(child)
                return said
        code = await child.wait()
        return _Died(code) if begun else Word.UNAVAILABLE

    async def _started(self) -> Process:
        return await asyncio.create_subprocess_exec(  # noqa: TID251  # kit.process is for programs of others: it hands on no environment, and keeps what they print to their end.
            *self._isolation.command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=dict(self._isolation.environment),
            limit=_LINE,
            # Ctrl-C in a terminal goes to the whole group; the child is stopped by us, when its time is over.
            start_new_session=True,
        )

    def _rested(self) -> Process | None:
        """The child that rested least, so that what is too many comes to its end."""
        while self._resting:
            child, timer = self._resting.popitem()
            timer.cancel()
            if child.returncode is None:
                return child
        return None

    def _rest(self, child: Process) -> None:
        rest = self._isolation.rest.total_seconds()
        self._resting[child] = asyncio.get_running_loop().call_later(rest, self._dismiss, child)

    def _dismiss(self, child: Process) -> None:
        self._resting.pop(child).cancel()
        task = asyncio.create_task(_dismissed(child))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)


def _count(news: News) -> None:
    """Count a review that ended in a child: nobody asks that one for its numbers."""
    status = news.facts.get("status")
    if news.type == "review.changed" and ReviewStatus(str(status)).ended:
        metrics.review_ended(str(news.facts["kind"]), str(status))


def _pipes(child: Process) -> tuple[asyncio.StreamWriter, asyncio.StreamReader]:
    if child.stdin is None or child.stdout is None:
        raise RuntimeError("a child is started with pipes")
    return child.stdin, child.stdout


async def _dismissed(child: Process) -> None:
    """Close its input, upon which it ends by itself; or end it."""
    stdin, _ = _pipes(child)
    stdin.close()
    with suppress(TimeoutError):
        await asyncio.wait_for(child.wait(), _LEAVING)
    if child.returncode is None:
        await _killed(child)


async def _killed(child: Process) -> None:
    with suppress(ProcessLookupError):
        child.kill()
    # Its pipes may be held open by what it started; asyncio would wait for them, and has no public name.
    child._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001
    await child.wait()


def _read(line: bytes) -> News | Word | None:
    """What a line says; nothing where a child that was dying wrote half of one."""
    try:
        raw = json.loads(line)
        return Word(raw) if isinstance(raw, str) else News(tuple(raw["topics"]), raw["type"], raw["facts"])
    except (ValueError, TypeError, KeyError):
        return None

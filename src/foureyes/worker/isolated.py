"""One review in a process of its own: when that dies, it is known which review it was, and no other is harmed."""

import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import BinaryIO, Final
from uuid import UUID

from pydantic import JsonValue, TypeAdapter
from sqlalchemy.orm import Session
from structlog.stdlib import get_logger

from foureyes.errors import LostFenceError
from foureyes.kit.bus import News
from foureyes.runs import service
from foureyes.runs.port import Claimed
from foureyes.runs.repository.claims import claimed_of
from foureyes.runs.repository.leases import hold
from foureyes.runs.service import Desk
from foureyes.worker.pulse import note, repeated

MOST_CRASHES: Final = 3
_NOTED = timedelta(seconds=1)
_LINE = 1 << 20
_FACTS: TypeAdapter[Mapping[str, JsonValue]] = TypeAdapter(Mapping[str, JsonValue])


@dataclass(frozen=True, slots=True)
class Isolation:
    """How to start a process that calls `carry_out_alone`: a review's id and its fence are put behind `command`."""

    command: Sequence[str]
    environment: Mapping[str, str]
    places: int = os.cpu_count() or 1


class Isolator:
    """Runs claimed reviews in processes of their own, a few at a time."""

    def __init__(self, isolation: Isolation, desk: Desk) -> None:
        self._isolation = isolation
        self._desk = desk
        self._places = asyncio.Semaphore(isolation.places)

    async def run(self, claimed: Claimed) -> None:
        """Have a child carry the review out and settle it; should it die, settle that. Cancelling this kills it."""
        async with self._places:
            reason = await self._outcome(claimed)
        if reason:
            get_logger().warning("run_crashed", review=str(claimed.review_id), fence=claimed.fence, reason=reason)
            await service.crashed(claimed, self._desk, most=MOST_CRASHES, reason=reason)

    async def _outcome(self, claimed: Claimed) -> str:
        """Why the child died, or nothing when it came to its end."""
        process = await asyncio.create_subprocess_exec(  # noqa: TID251  # kit.process is for programs of others: it hands on no environment, and keeps what they print to their end.
            *self._isolation.command,
            str(claimed.review_id),
            str(claimed.fence),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=dict(self._isolation.environment),
            limit=_LINE,
            # Ctrl-C in a terminal goes to the whole group; the child is stopped by us, when its time is over.
            start_new_session=True,
        )
        try:
            while process.stdout is not None and (line := await process.stdout.readline()):
                for news in _read(line):
                    await self._desk.bus.publish(news)
            code = await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                # Its pipes may be held open by what it started; asyncio would wait for them, and has no public name.
                process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001
                await process.wait()
        if code >= 0:
            return f"it ended with code {code}" if code else ""
        return f"it was killed by {signal.Signals(-code).name}"


class PipeBus:
    """The bus of a child: its parent hears it and tells the others, which the child has no way to reach."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    async def publish(self, news: News) -> None:
        line = {"topics": news.topics, "type": news.type, "facts": _FACTS.dump_python(news.facts, mode="json")}
        self._out.write(json.dumps(line).encode() + b"\n")
        self._out.flush()

    def listen(self) -> AbstractAsyncContextManager[AsyncIterator[News]]:
        return _silence()

    async def close(self) -> None:
        return


async def carry_out_alone(desk: Desk, review_id: UUID, fence: int) -> None:
    """Carry out the review that the parent has claimed, and settle it. Ends this process when the parent dies.

    `desk` is `piped`.
    """
    threading.Thread(target=_end_with_parent, name="parent-watch", daemon=True).start()
    try:
        claimed = await desk.database.write(_claimed, review_id, fence)
    except LostFenceError:
        return
    noting = asyncio.create_task(repeated("note", _NOTED, partial(note, desk.database, desk.board)))
    try:
        await service.run(claimed, desk)
        await desk.database.settled()
    finally:
        noting.cancel()


def piped(desk: Desk) -> Desk:
    """The desk of a child: its news go to the parent, through what was its standard output until now."""
    sys.stdout.flush()
    # Whatever else is printed, by a library or a log, goes to the errors: between news it would be taken for news.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return replace(desk, bus=PipeBus(out))


def _claimed(session: Session, review_id: UUID, fence: int) -> Claimed:
    return claimed_of(hold(session, review_id, fence))


def _end_with_parent() -> None:
    """Wait for the end of the input, which the parent holds open as long as it lives, however it ends.

    In a thread, for a review that blocks the loop would otherwise outlive its parent.
    """
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os._exit(1)


def _read(line: bytes) -> list[News]:
    """The news in a line; none where a child that was dying wrote half of one."""
    try:
        raw = json.loads(line)
        return [News(tuple(raw["topics"]), raw["type"], raw["facts"])]
    except (ValueError, TypeError, KeyError):
        return []


@asynccontextmanager
async def _silence() -> AsyncIterator[AsyncIterator[News]]:
    yield _nothing()


async def _nothing() -> AsyncIterator[News]:
    await asyncio.Event().wait()
    yield News((), "")

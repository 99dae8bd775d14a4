"""The other end of `isolated`: a process that carries out one review after the other, as its parent hands them over."""

import asyncio
import json
import os
import sys
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import BinaryIO, Final
from uuid import UUID

from pydantic import JsonValue, TypeAdapter
from sqlalchemy.orm import Session
from structlog.stdlib import get_logger

from foureyes.errors import DatabaseError, LostFenceError
from foureyes.kit.bus import News
from foureyes.runs import service
from foureyes.runs.port import Claimed
from foureyes.runs.repository.claims import claimed_of
from foureyes.runs.repository.leases import Held, hold
from foureyes.runs.service import Desk
from foureyes.worker.pulse import note, repeated

_NOTED = timedelta(seconds=1)
_FACTS: Final[TypeAdapter[Mapping[str, JsonValue]]] = TypeAdapter(Mapping[str, JsonValue])


class Word(StrEnum):
    """What a child says of the review that it was handed; each is a line of its own between the news."""

    BEGUN = "begun"
    """From now on its death is this review's fault."""
    SETTLED = "settled"
    UNAVAILABLE = "unavailable"
    """It could neither be carried out nor settled, and nobody is to blame but the database."""


class PipeBus:
    """The bus of a child: its parent hears it and tells the others, which the child has no way to reach."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    async def publish(self, news: News) -> None:
        facts = _FACTS.dump_python(news.facts, mode="json")
        self._write({"topics": news.topics, "type": news.type, "facts": facts})

    def say(self, word: Word) -> None:
        self._write(word)

    def listen(self) -> AbstractAsyncContextManager[AsyncIterator[News]]:
        return _silence()

    async def close(self) -> None:
        return

    def _write(self, line: object) -> None:
        self._out.write(json.dumps(line).encode() + b"\n")
        self._out.flush()


async def carry_out_alone(desk: Desk) -> None:
    """Carry out what the standard input names, and settle it, until this process ends: when its input does.

    Nothing else is printed to the standard output from here on, for the parent reads it.
    """
    bus = _piped()
    handed: asyncio.Queue[Held] = asyncio.Queue()
    reading = partial(_read_input, asyncio.get_running_loop(), handed)
    threading.Thread(target=reading, name="parent-watch", daemon=True).start()
    desk = replace(desk, bus=bus)
    noting = asyncio.create_task(repeated("note", _NOTED, partial(note, desk.database, desk.board)))
    try:
        while True:
            held = await handed.get()
            bus.say(Word.BEGUN)
            bus.say(await _carried_out(desk, *held))
    finally:
        noting.cancel()


async def _carried_out(desk: Desk, review_id: UUID, fence: int) -> Word:
    try:
        claimed = await desk.database.write(_claimed, review_id, fence)
        await service.run(claimed, desk)
        await desk.database.settled()
    except LostFenceError:
        get_logger().info("run_lost", review=str(review_id), fence=fence)
    except DatabaseError as exc:
        get_logger().warning("run_abandoned", review=str(review_id), fence=fence, error=str(exc))
        return Word.UNAVAILABLE
    return Word.SETTLED


def _claimed(session: Session, review_id: UUID, fence: int) -> Claimed:
    return claimed_of(hold(session, review_id, fence))


def _piped() -> PipeBus:
    sys.stdout.flush()
    # Whatever else is printed, by a library or a log, goes to the errors: between news it would be taken for news.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return PipeBus(out)


def _read_input(loop: asyncio.AbstractEventLoop, handed: asyncio.Queue[Held]) -> None:
    """Take what is handed over, and end this process with its parent, which holds the input open while it lives.

    In a thread, for a review that blocks the loop would otherwise outlive the parent.
    """
    for line in sys.stdin.buffer:
        review_id, fence = line.decode().split()
        loop.call_soon_threadsafe(handed.put_nowait, (UUID(review_id), int(fence)))
    os._exit(0)


@asynccontextmanager
async def _silence() -> AsyncIterator[AsyncIterator[News]]:
    yield _nothing()


async def _nothing() -> AsyncIterator[News]:
    await asyncio.Event().wait()
    yield News((), "")

"""Processor time: how much computing goes on at a time in one process, beside its event loop."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Cpu:
    """At most `slots` (default: processors) of whatever shares this object compute at a time."""

    def __init__(self, slots: int | None = None) -> None:
        self._slots = asyncio.Semaphore(slots or os.cpu_count() or 1)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Hold a slot, waiting for one where all are taken."""
        async with self._slots:
            yield

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `work` returns, from a thread: the loop goes on meanwhile, and so does whatever else runs on it."""
        async with self._slots:
            return await asyncio.to_thread(work, *args, **kwargs)

"""Locks on files that several processes share; the kernel lets go of them when their holder dies."""

import asyncio
import fcntl
import os
from datetime import timedelta
from pathlib import Path

from foureyes.errors import GitTimeoutError
from foureyes.kit import clock

# Asked for again and again, because a blocking flock in a thread can't be cancelled and would outlive its caller.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.005, 0.2


class SharedLock:
    """One hold on a lock file: shared with other users, or alone. Closing it lets go.

    `flock` belongs to the open file, so two of these in one process keep each other out like two processes do.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = path
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    async def share(self, limit: timedelta) -> None:
        """Wait until nobody holds it alone.

        Raises:
            GitTimeoutError: that took longer than `limit`.
        """
        await self._wait(fcntl.LOCK_SH, limit)

    async def alone(self, limit: timedelta) -> None:
        """Wait until nobody else holds it. Raises as `share` does."""
        await self._wait(fcntl.LOCK_EX, limit)

    def try_alone(self) -> bool:
        """Whether nobody else holds it, and it is now ours alone. Otherwise a shared hold may be lost: share again."""
        return self._try(fcntl.LOCK_EX)

    def close(self) -> None:
        os.close(self._descriptor)

    async def _wait(self, kind: int, limit: timedelta) -> None:
        end = clock.steady() + limit.total_seconds()
        pause = _FIRST_PAUSE
        while not self._try(kind):
            if clock.steady() > end:
                raise GitTimeoutError(("lock", self._path.name), limit)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

"""PostgreSQL through asyncpg: work runs on the loop, and again when the connection breaks under it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import ParamSpec, TypeVar

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from foureyes.errors import DatabaseError, DatabaseUnavailableError, StorageFullError
from foureyes.kit import clock, metrics
from foureyes.kit.database.port import Aftermath, Work, taken_actions

P = ParamSpec("P")
T = TypeVar("T")

_PAUSE, _LONGEST_PAUSE = 0.1, 2.0
# SQLSTATE classes and codes (PostgreSQL 15, appendix A) after which the same work may well succeed.
_PASSING = ("08", "57P", "53300", "40001", "40P01", "55P03", "25006")
_FULL = ("53100",)


class PostgresDatabase:
    """One database. `patience` is how long work is tried again while the server is away: short where a client waits."""

    def __init__(self, url: URL, *, connections: int = 10, patience: timedelta = timedelta(seconds=3)) -> None:
        self._engine = create_async_engine(
            url,
            pool_size=connections,
            max_overflow=0,
            # An error's text goes into logs; the values of its statement are somebody's sources.
            hide_parameters=True,
            pool_timeout=max(1.0, patience.total_seconds()),
            connect_args={
                "timeout": 5,
                "command_timeout": 60,
                "server_settings": {
                    "application_name": "foureyes",
                    "lock_timeout": "10s",
                    "idle_in_transaction_session_timeout": "30s",
                    # A generic plan ignores how common the searched word is: 432 ms instead of 0.2 ms (BUDGETS).
                    "plan_cache_mode": "force_custom_plan",
                    # To compile a statement takes longer than most of ours take to run.
                    "jit": "off",
                },
            },
        )
        self._patience = patience.total_seconds()
        self._aftermath = Aftermath()

    async def read(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        with metrics.transaction("read"):
            return await self._again(lambda: self._run(lambda session: work(session, *args, **kwargs), commit=False))

    async def write(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        with metrics.transaction("write"):
            return await self._again(lambda: self._run(lambda session: work(session, *args, **kwargs), commit=True))

    async def settled(self) -> None:
        await self._aftermath.settled()

    async def close(self) -> None:
        await self.settled()
        await self._engine.dispose()

    async def _run(self, work: Callable[[Session], T], *, commit: bool) -> T:
        async with AsyncSession(self._engine, expire_on_commit=False) as session:
            result = await session.run_sync(work)
            if commit:
                await session.commit()
                self._aftermath.begin(taken_actions(session.sync_session))
            return result

    async def _again(self, attempt: Callable[[], Awaitable[T]]) -> T:
        until = clock.steady() + self._patience
        pause = _PAUSE
        while True:
            try:
                return await attempt()
            except (DBAPIError, OSError, PoolTimeoutError) as exc:
                error = translated(exc)
                if not isinstance(error, DatabaseUnavailableError) or clock.steady() + pause > until:
                    raise error from exc
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)


def translated(exc: Exception) -> Exception:
    """An error of the driver as one of ours; a broken constraint stays what it is, for repositories to judge."""
    if isinstance(exc, IntegrityError):
        return exc
    if not isinstance(exc, DBAPIError):
        return DatabaseUnavailableError(str(exc) or exc.__class__.__name__)
    code = str(getattr(exc.orig, "sqlstate", None) or "")
    if code.startswith(_FULL):
        return StorageFullError(str(exc.orig))
    if exc.connection_invalidated or not code or code.startswith(_PASSING):
        return DatabaseUnavailableError(str(exc.orig))
    return DatabaseError(str(exc.orig))

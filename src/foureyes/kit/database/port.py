"""The port to the store: work is a plain function of a session, run in one transaction."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy.orm import Session

P = ParamSpec("P")
T = TypeVar("T")
Work = Callable[Concatenate[Session, P], T]
AfterCommit = Callable[[], Awaitable[None]]

_AFTER = "after_commit"


class Database(Protocol):
    """One store. `work` can't await, so that no transaction stays open while a model, a forge or a client is slow.

    Both verbs raise DatabaseUnavailableError when the database can't be reached for longer than its patience, and
    StorageFullError when there is no room left. A connection that breaks runs `work` again, also when it broke while
    committing: so work takes its ids from outside and gives the same state when it runs twice.
    """

    async def read(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `work` returns, from a transaction that is never committed."""
        ...

    async def write(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `work` returns, after its transaction is durable. What `after_commit` was given runs then, unwaited."""
        ...

    async def settled(self) -> None:
        """Wait until everything that was to run after commits has run."""
        ...

    async def close(self) -> None: ...


def after_commit(session: Session, action: AfterCommit) -> None:
    """Have `action` run once the transaction of `session` is durable; a rollback drops it.

    It runs beside whoever wrote, who is not kept waiting: a broker that hangs must not hold back an answer.
    """
    session.info.setdefault(_AFTER, []).append(action)


def taken_actions(session: Session) -> list[AfterCommit]:
    """What the transaction of `session` leaves to be done after its commit."""
    actions: list[AfterCommit] = session.info.pop(_AFTER, [])
    return actions


class Aftermath:
    """Runs what is to happen after commits, in the background; a failure is logged and stops nothing."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, actions: list[AfterCommit]) -> None:
        for action in actions:
            task = asyncio.ensure_future(_guarded(action))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        while self._tasks:
            await asyncio.wait(set(self._tasks))


async def _guarded(action: AfterCommit) -> None:
    from structlog.stdlib import get_logger  # noqa: PLC0415  # Costs a tenth of a second that most starts don't need.

    try:
        await action()
    except Exception:  # noqa: BLE001  # The edge of a background job: what it announces is in the rows, sweepers make up.
        get_logger().warning("after_commit_failed", exc_info=True)

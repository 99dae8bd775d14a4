"""SQLite: one thread writes and commits for several callers at once; others read beside it (WAL)."""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from foureyes.errors import DatabaseError, DatabaseUnavailableError, StorageFullError
from foureyes.kit import clock, metrics
from foureyes.kit.database.port import AfterCommit, Aftermath, Work, taken_actions

P = ParamSpec("P")
T = TypeVar("T")

_READERS = 4
# One fsync costs about as much as twenty small transactions; more than this in one would make the first wait.
_BATCH, _BATCH_SECONDS = 128, 0.02
_CHECKPOINT_SECONDS = 1.0


class SqliteDatabase:
    """One file. Writers wait for each other inside this process, and for other processes for ten seconds at most."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.engine = sqlite_engine(path, size=_READERS)
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="sqlite-reader")
        self._aftermath = Aftermath()
        self._writer = _Writer(sqlite_engine(path, size=1, immediate=True))
        self._checkpointer = _Checkpointer(sqlite_engine(path, size=1))

    async def read(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        with metrics.transaction("read"):
            return await loop.run_in_executor(self._readers, self._read, lambda session: work(session, *args, **kwargs))

    def _read(self, work: Callable[[Session], T]) -> T:
        try:
            with Session(self.engine, expire_on_commit=False) as session:
                return work(session)
        except DBAPIError as exc:
            raise translated(exc) from exc

    async def write(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        with metrics.transaction("write"):
            result, actions = await self._writer.submit(lambda session: work(session, *args, **kwargs))
        self._aftermath.begin(actions)
        return result

    async def settled(self) -> None:
        await self._aftermath.settled()

    async def close(self) -> None:
        await self.settled()
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._writer.stop()
        self._readers.shutdown()
        self.engine.dispose()
        self._checkpointer.stop()


def sqlite_engine(
    path: Path, *, size: int, immediate: bool = False, foreign_keys: bool = True, patience: int = 10
) -> Engine:
    """An engine on one file. `immediate` takes the write lock when a transaction begins, not in its middle.

    `patience` is how many seconds it waits for the lock of another process.
    """
    # Threads are kept apart by the pool: one connection has one user at a time.
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        # An error's text goes into logs; the values of its statement are somebody's sources.
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": patience},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:  # noqa: ARG001
        # The driver would begin transactions by itself, and only before some statements: we say when.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 0", "cache_size = -16000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


@dataclass(slots=True)
class _Unit:
    """One caller's work, and where its outcome goes."""

    work: Callable[[Session], Any]
    future: asyncio.Future[tuple[Any, list[AfterCommit]]]
    loop: asyncio.AbstractEventLoop
    result: Any = None
    actions: list[AfterCommit] = field(default_factory=list)
    error: BaseException | None = None

    def settle(self) -> None:
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result((self.result, self.actions))


class _Writer:
    """The one thread that writes. Each unit runs in a savepoint of its own; all of a batch share one commit."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._queue: queue.SimpleQueue[_Unit | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="sqlite-writer", daemon=True)
        self._thread.start()

    async def submit(self, work: Callable[[Session], T]) -> tuple[T, list[AfterCommit]]:
        loop = asyncio.get_running_loop()
        unit = _Unit(work, loop.create_future(), loop)
        self._queue.put(unit)
        return await unit.future

    def stop(self) -> None:
        self._queue.put(None)
        self._thread.join()
        self._engine.dispose()

    def _run(self) -> None:
        while (unit := self._queue.get()) is not None:
            batch: list[_Unit] = []
            try:
                with self._engine.begin() as connection:
                    last = self._fill(batch, unit, connection)
            except (SQLAlchemyError, DatabaseError) as exc:
                _fail(batch or [unit], exc)
                last = False
            _settle(batch or [unit])
            if last:
                return

    def _fill(self, batch: list[_Unit], first: _Unit, connection: Connection) -> bool:
        """Run what is waiting; whether the end was asked for."""
        until = clock.steady() + _BATCH_SECONDS
        unit: _Unit | None = first
        while unit is not None:
            batch.append(unit)
            _perform(unit, connection)
            if unit.error is not None and _is_rolled_back(connection):
                raise translated(unit.error) from unit.error
            if len(batch) >= _BATCH or clock.steady() >= until:
                return False
            try:
                unit = self._queue.get_nowait()
            except queue.Empty:
                return False
        return True


def _perform(unit: _Unit, connection: Connection) -> None:
    """Run one unit in a savepoint: its failure leaves the others of the batch alone."""
    try:
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            unit.result = unit.work(session)
            session.commit()
            unit.actions = taken_actions(session)
    except DBAPIError as exc:
        unit.error = translated(_first(exc))
        unit.error.__cause__ = exc
    except BaseException as exc:  # noqa: BLE001  # The edge of a caller's work: it is raised again where that waits.
        # A future takes no StopIteration: its caller would wait for ever.
        unit.error = RuntimeError(repr(exc)) if isinstance(exc, StopIteration) else exc


def _first(exc: DBAPIError) -> DBAPIError:
    """What went wrong at first: where SQLite has rolled everything back, leaving the savepoint fails as well."""
    first, one = exc, exc.__context__
    while one is not None:
        first = one if isinstance(one, DBAPIError) else first
        one = one.__context__
    return first


def _is_rolled_back(connection: Connection) -> bool:
    """Whether SQLite has given the whole transaction up, as it may when a disk is full: nothing of the batch is left.

    https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction
    """
    driver = connection.connection.driver_connection
    return driver is not None and not driver.in_transaction


def _fail(batch: list[_Unit], cause: Exception) -> None:
    error = translated(cause)
    for unit in batch:
        unit.error = unit.error or error


def _settle(batch: list[_Unit]) -> None:
    """Tell each caller, once for each loop: waking a loop costs more than most units."""
    for loop in {unit.loop for unit in batch}:
        mine = [unit for unit in batch if unit.loop is loop]
        # A loop that has ended has nobody left who waits.
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle_all, mine)


def _settle_all(units: list[_Unit]) -> None:
    for unit in units:
        unit.settle()


class _Checkpointer:
    """Moves the log into the file beside the writers: left to them, every thousandth commit would wait for it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sqlite-checkpointer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()
        self._checkpoint("TRUNCATE")
        self._engine.dispose()

    def _run(self) -> None:
        while not self._stopped.wait(_CHECKPOINT_SECONDS):
            self._checkpoint("PASSIVE")

    def _checkpoint(self, mode: str) -> None:
        try:
            with self._engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT")
                connection.execute(text(f"PRAGMA wal_checkpoint({mode})"))
        except DBAPIError:
            # Somebody else is at it, or the disk is full: the writers say so, and the next round tries again.
            return


# What SQLite calls its errors (https://www.sqlite.org/rescode.html), by their beginnings.
_FULL = ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE")
_PASSING = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_PROTOCOL")


def translated(exc: BaseException) -> Exception:
    """SQLite's error as one of ours; a broken constraint stays what it is, for repositories to judge."""
    if isinstance(exc, IntegrityError | DatabaseError):
        return exc
    cause = exc.orig if isinstance(exc, DBAPIError) else exc
    name = str(getattr(cause, "sqlite_errorname", ""))
    if name.startswith(_FULL):
        return StorageFullError(str(cause))
    if name.startswith(_PASSING):
        return DatabaseUnavailableError(str(cause))
    return DatabaseError(str(cause))

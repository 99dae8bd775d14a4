"""Foureyes as processes on this machine: embedded, or API and workers on PostgreSQL and Redis."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import httpx2

PROGRAM = Path(sys.executable).with_name("foureyes")
_READY_SECONDS = 60.0


@dataclass
class Member:
    """One process of a cluster: it can be killed, stopped, and started again as it was."""

    name: str
    arguments: tuple[str, ...]
    env: Mapping[str, str]
    log: Path
    url: str = ""
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0
    _output: IO[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        self._output = self.log.open("ab")
        self.starts += 1
        self.process = subprocess.Popen(
            [PROGRAM, *self.arguments],
            env=dict(self.env),
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=self._output,
            start_new_session=True,
        )

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """kill -9; tools that it has started die with it or by themselves."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.kill()
            self.process.wait()
        if self._output is not None:
            self._output.close()

    @property
    def pid(self) -> int:
        """Of the process as it was last started.

        Raises:
            RuntimeError: it never was.
        """
        if self.process is None:
            raise RuntimeError(f"{self.name} was never started")
        return self.process.pid

    def hold(self) -> None:
        """SIGSTOP: it is there, and does nothing."""
        os.kill(self.pid, signal.SIGSTOP)

    def let_go(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def end(self, *, within: float = 60.0) -> int:
        """SIGTERM, and its exit code. Raises subprocess.TimeoutExpired when it does not end."""
        os.kill(self.pid, signal.SIGTERM)
        return self.process.wait(within) if self.process else 0

    def restart(self) -> None:
        self.kill()
        self.start()


async def ready(http: httpx2.AsyncClient, member: Member) -> None:
    """Wait until it answers. Raises RuntimeError with the end of its log when it does not."""
    until = asyncio.get_running_loop().time() + _READY_SECONDS
    while asyncio.get_running_loop().time() < until:
        with suppress(httpx2.HTTPError):
            if (await http.get(f"{member.url}/healthz")).status_code == 200:
                return
        if not member.alive:
            break
        await asyncio.sleep(0.05)
    raise RuntimeError(f"{member.name} is not ready:\n{member.log.read_text(errors='replace')[-4000:]}")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def environment(folder: Path, more: Mapping[str, str]) -> dict[str, str]:
    """A plain environment: nothing of whoever runs the drills gets in."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "FOUREYES_DATA_DIR": str(folder / "data"),
        "FOUREYES_CACHE_DIR": str(folder / "cache"),
        "FOUREYES_LOG_FORMAT": "json",
        **more,
    }


def model_environment(url: str) -> dict[str, str]:
    """The settings for the stand-in of a model."""
    return {
        "FOUREYES_MODEL": "vllm:stand-in",
        "FOUREYES_MODEL_URL": url,
        "FOUREYES_PRICE_PER_MILLION_INPUT": "1",
        "FOUREYES_PRICE_PER_MILLION_OUTPUT": "5",
    }


@dataclass
class Cluster:
    """Members by kind. `stop` kills what is left."""

    folder: Path
    env: dict[str, str]
    database_url: str
    apis: list[Member] = field(default_factory=list)
    workers: list[Member] = field(default_factory=list)

    @property
    def urls(self) -> tuple[str, ...]:
        return tuple(member.url for member in self.apis)

    @property
    def members(self) -> list[Member]:
        return [*self.apis, *self.workers]

    def add_api(self, verb: str = "api") -> Member:
        port = free_port()
        member = Member(
            f"{verb}-{len(self.apis)}",
            (verb, "--host", "127.0.0.1", "--port", str(port)),
            self.env,
            self.folder / f"{verb}-{len(self.apis)}.log",
            f"http://127.0.0.1:{port}",
        )
        member.start()
        self.apis.append(member)
        return member

    def add_worker(self) -> Member:
        name = f"worker-{len(self.workers)}"
        member = Member(name, ("worker",), self.env, self.folder / f"{name}.log")
        member.start()
        self.workers.append(member)
        return member

    def stop(self) -> None:
        for member in self.members:
            member.kill()


def embedded(folder: Path, more: Mapping[str, str]) -> Cluster:
    """One process with everything in it, on SQLite."""
    cluster = Cluster(folder, environment(folder, more), f"sqlite:///{folder / 'data' / 'foureyes.sqlite'}")
    cluster.add_api("serve")
    return cluster


def distributed(
    folder: Path, more: Mapping[str, str], *, database_url: str, redis_url: str, apis: int = 2, workers: int = 3
) -> Cluster:
    """API and worker processes on PostgreSQL and Redis. Tables are made first.

    Raises:
        subprocess.CalledProcessError: they could not be made.
    """
    env = environment(
        folder,
        {
            "FOUREYES_DATABASE_URL": database_url,
            "FOUREYES_REDIS_URL": redis_url,
            "FOUREYES_SECRET_KEY": "a secret of this drill, and of nothing else",
            **more,
        },
    )
    subprocess.run([PROGRAM, "migrate"], env=env, check=True, capture_output=True)
    cluster = Cluster(folder, env, database_url)
    for _ in range(apis):
        cluster.add_api()
    for _ in range(workers):
        cluster.add_worker()
    return cluster

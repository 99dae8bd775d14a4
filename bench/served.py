"""Servers as the bench starts them: Foureyes itself, its floor, and the model, each in a process of its own."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from drills import cluster
from drills.cluster import Cluster
from drills.load import Client


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers at `url`; `key` opens it."""

    url: str
    pid: int
    key: str = ""


@contextmanager
def beside(module: str, *arguments: str) -> Iterator[tuple[str, int]]:
    """The first line that a module of the bench prints, and its process, for as long as the block runs."""
    environment = {"PATH": os.environ.get("PATH", os.defpath)}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-m", module, *arguments], stdin=pipe, stdout=pipe, text=True, env=environment
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a process without pipes")
        try:
            yield process.stdout.readline().strip(), process.pid
        finally:
            process.stdin.close()


@contextmanager
def a_model(latency: float, *, proposes: bool = True) -> Iterator[str]:
    """The address of a model that answers after `latency` seconds."""
    with beside("bench.model_server", str(latency), *([] if proposes else ["silent"])) as (url, _):
        yield url


@contextmanager
def floor(*arguments: str) -> Iterator[Served]:
    with beside("bench.floor_server", *arguments) as (port, pid):
        yield Served(f"http://127.0.0.1:{port}", pid)


@asynccontextmanager
async def embedded(folder: Path, settings: Mapping[str, str]) -> AsyncIterator[Served]:
    """`foureyes serve`: everything in one process, on SQLite."""
    await asyncio.to_thread(folder.mkdir)
    async with _introduced(cluster.embedded(folder, settings)) as served:
        yield served


@asynccontextmanager
async def api_alone(
    folder: Path, settings: Mapping[str, str], *, database_url: str, redis_url: str
) -> AsyncIterator[Served]:
    """One `foureyes api`, with nobody who works."""
    await asyncio.to_thread(folder.mkdir)
    made = cluster.distributed(folder, settings, database_url=database_url, redis_url=redis_url, apis=1, workers=0)
    async with _introduced(made) as served:
        yield served


@asynccontextmanager
async def _introduced(made: Cluster) -> AsyncIterator[Served]:
    [member] = made.apis
    try:
        async with httpx2.AsyncClient(timeout=30, trust_env=False) as http:
            await cluster.ready(http, member)
            client = Client((member.url,))
            await client.introduce(http)
        yield Served(member.url, member.pid, client.key)
    finally:
        made.stop()

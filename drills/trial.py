"""One drill's stage: its servers, its processes, whoever asks for reviews; and the count at its end."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from bench.stand_in import StandIn, serving
from drills import cluster
from drills.checks import finished, truth
from drills.cluster import Cluster, Member
from drills.load import Client
from drills.servers import Postgres, Redis, folder_of_drill
from drills.tally import Tally
from foureyes.kit import clock

_TIMEOUT = httpx2.Timeout(10.0)


@dataclass
class Trial:
    """What a drill plays with. `postgres` and `redis` are None where everything is in one process."""

    folder: Path
    cluster: Cluster
    client: Client
    http: httpx2.AsyncClient
    model: StandIn
    postgres: Postgres | None = None
    redis: Redis | None = None
    began: float = 0.0

    async def ready(self, member: Member) -> None:
        await cluster.ready(self.http, member)

    async def settled(self, *, within: float = 120.0) -> bool:
        """Whether everything that was accepted ends in time."""
        return await finished(self.cluster.database_url, self.client.accepted.values(), within=within)

    async def count(
        self, drill: str, faults: str, *, notes: tuple[str, ...] = (), broken: tuple[str, ...] = (), failed: int = 0
    ) -> Tally:
        """The tally. `failed` reviews are meant to end otherwise than completed."""
        found = await truth(self.cluster.database_url, self.client.accepted.values())
        statuses = ", ".join(f"{count} {status}" for status, count in sorted(found.statuses.items()))
        return Tally(
            drill,
            faults,
            len(self.client.accepted),
            lost=max(0, found.lost - failed),
            doubled=found.completed_twice + found.surplus + self.client.doubled_answers,
            repeated=found.bought_twice,
            seconds=clock.steady() - self.began,
            notes=(
                statuses,
                f"{found.crashes} crashes noticed, {len(self.model.prompts)} calls answered",
                *notes,
            ),
            broken=broken,
        )


@asynccontextmanager
async def distributed_trial(
    *, apis: int = 2, workers: int = 3, latency: float = 0.5, more: Mapping[str, str] | None = None
) -> AsyncIterator[Trial]:
    """API and workers on PostgreSQL and Redis of their own, with a model that answers after `latency` seconds."""
    with ExitStack() as stack:
        folder = stack.enter_context(folder_of_drill())
        model = stack.enter_context(serving(latency))
        (folder / "redis").mkdir()
        postgres, redis = await asyncio.to_thread(_servers, folder)
        stack.callback(postgres.close)
        stack.callback(redis.close)
        made = await asyncio.to_thread(
            cluster.distributed,
            folder,
            cluster.model_environment(model.url) | dict(more or {}),
            database_url=postgres.url,
            redis_url=redis.url,
            apis=apis,
            workers=workers,
        )
        stack.callback(made.stop)
        async with _introduced(Trial(folder, made, Client(made.urls), _http(), model, postgres, redis)) as trial:
            yield trial


@asynccontextmanager
async def embedded_trial(*, latency: float = 0.5, more: Mapping[str, str] | None = None) -> AsyncIterator[Trial]:
    """One process with everything in it, on SQLite."""
    with ExitStack() as stack:
        folder = stack.enter_context(folder_of_drill())
        model = stack.enter_context(serving(latency))
        made = cluster.embedded(folder, cluster.model_environment(model.url) | dict(more or {}))
        stack.callback(made.stop)
        async with _introduced(Trial(folder, made, Client(made.urls), _http(), model)) as trial:
            yield trial


@asynccontextmanager
async def _introduced(trial: Trial) -> AsyncIterator[Trial]:
    async with trial.http:
        for member in trial.cluster.apis:
            await trial.ready(member)
        await trial.client.introduce(trial.http)
        trial.began = clock.steady()
        yield trial


def _http() -> httpx2.AsyncClient:
    return httpx2.AsyncClient(timeout=_TIMEOUT, trust_env=False)


def _servers(folder: Path) -> tuple[Postgres, Redis]:
    return Postgres(folder / "postgres"), Redis(folder / "redis")

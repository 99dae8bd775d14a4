"""One drill's stage: its servers, its processes, whoever asks for reviews; and the count at its end."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from bench.stand_in import StandIn, serving
from drills import cluster
from drills.checks import finished, truth
from drills.cluster import Cluster, Member
from drills.load import Client
from drills.servers import Postgres, Redis, folder_of_drill, keep
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
    notes: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """Promises that did not hold, beside the counts."""

    async def ready(self, member: Member) -> None:
        await cluster.ready(self.http, member)

    async def paced(self, reviews: int, *, seconds: float) -> None:
        """Ask for reviews evenly over a time, whatever is down; it lasts until all are accepted."""
        asking = []
        for number in range(reviews):
            asking.append(asyncio.ensure_future(self.client.submit(self.http, number)))
            await asyncio.sleep(seconds / reviews)
        await asyncio.gather(*asking)

    async def settled(self, *, within: float) -> None:
        """Wait until everything that was accepted has ended; it is a broken promise when that takes longer."""
        began = clock.steady()
        if await finished(self.cluster.database_url, self.client.accepted.values(), within=within):
            self.notes.append(f"everything had ended {clock.steady() - began:.1f} s after the last fault")
        else:
            self.broken.append(f"not everything had ended {within:.0f} s after the last fault")

    def expect(self, holds: bool, otherwise: str) -> None:
        """Note a promise that does not hold."""
        if not holds:
            self.broken.append(otherwise)

    async def count(self, drill: str, faults: str, *, failed: Collection[str] = ()) -> Tally:
        """The tally. The reviews `failed` are meant to fail, all others to complete."""
        found = await truth(self.cluster.database_url, self.client.accepted.values(), failed=failed)
        statuses = ", ".join(f"{count} {status}" for status, count in sorted(found.statuses.items()))
        tally = Tally(
            drill,
            faults,
            len(self.client.accepted),
            lost=found.lost,
            doubled=found.completed_twice + found.surplus + self.client.doubled_answers,
            repeated=found.bought_twice,
            seconds=clock.steady() - self.began,
            notes=(
                statuses,
                f"{found.crashes} crashes noticed, {len(self.model.prompts)} calls answered",
                *self.notes,
            ),
            broken=tuple(self.broken),
        )
        if not tally.held:
            keep(self.folder)
        return tally


@asynccontextmanager
async def distributed_trial(
    *,
    apis: int = 2,
    workers: int = 3,
    latency: float = 0.5,
    proposes: bool = True,
    more: Mapping[str, str] | None = None,
) -> AsyncIterator[Trial]:
    """API and workers on PostgreSQL and Redis of their own, with a model that answers after `latency` seconds.

    One that `proposes` nothing is asked once for a review, and not a second time to verify what it proposed.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(folder_of_drill())
        model = stack.enter_context(serving(latency, proposes=proposes))
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

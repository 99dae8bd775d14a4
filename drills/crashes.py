"""Processes that die or stand still."""

import asyncio
import random
from collections.abc import Awaitable

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from drills.cluster import Member
from drills.tally import Tally
from drills.trial import Trial, distributed_trial, embedded_trial
from foureyes.kit import clock
from foureyes.kit.database.open import open_database
from foureyes.models import StatusChange
from foureyes.models.reviews import ReviewStatus

_RESUMED = 10.0
"""The budget for a server that was killed: seconds until work goes on."""


async def api_killed(full: bool) -> Tally:
    """kill -9 of API processes while requests pour in: whatever was answered 2xx is one row, and gets done."""
    kills, reviews = (50, 2000) if full else (10, 300)
    async with distributed_trial(apis=2, workers=2, latency=0.05) as trial:
        asking = asyncio.ensure_future(trial.client.submit_many(trial.http, range(reviews)))
        await _kill_while(asking, trial.cluster.apis, kills, pause=(0.2, 0.8), trial=trial)
        await trial.settled(within=120)
        return await trial.count("API killed under load", f"{kills} x kill -9 of an API process")


async def worker_killed(full: bool) -> Tally:
    """kill -9 of workers at any moment: another goes on, and buys nothing again that was settled."""
    kills, reviews = (200, 1000) if full else (20, 120)
    async with distributed_trial(workers=3) as trial:
        asking = asyncio.ensure_future(trial.paced(reviews, seconds=kills * 0.9))
        await _kill_while(asking, trial.cluster.workers, kills, pause=(0.4, 1.2), trial=trial)
        # Workers that are started again and again leave the processors little for reviews: in full size most of them
        # wait until the kills are over.
        await trial.settled(within=900 if full else 60)
        return await trial.count("worker killed", f"{kills} x kill -9 of a worker")


async def restart_storm(full: bool) -> Tally:
    """Everything is killed at once, again and again: reviews that happen to be in flight must not be blamed for it."""
    rounds, reviews = (20, 200) if full else (5, 60)
    async with distributed_trial(workers=2) as trial:
        await trial.client.submit_many(trial.http, range(reviews))
        for _ in range(rounds):
            await asyncio.sleep(random.uniform(0.5, 3.0))
            for member in trial.cluster.members:
                member.kill()
            for member in trial.cluster.members:
                member.start()
        await trial.settled(within=90)
        return await trial.count("restart storm", f"{rounds} x kill -9 of every process")


async def embedded_killed(full: bool) -> Tally:
    """kill -9 of the one process on SQLite, in the middle of writing: the file stays whole, and work goes on."""
    kills, reviews = (200, 600) if full else (15, 100)
    async with embedded_trial(latency=0.1) as trial:
        asking = asyncio.ensure_future(trial.paced(reviews, seconds=kills * 1.5))
        server = trial.cluster.apis[0]
        slowest = 0.0
        for _ in range(kills):
            await asyncio.sleep(random.uniform(0.1, 1.0))
            server.kill()
            await _check_integrity(trial)
            began = clock.steady()
            server.start()
            await trial.ready(server)
            slowest = max(slowest, clock.steady() - began)
        resumed = await _next_begun(trial.cluster.database_url, began)
        await asking
        await trial.settled(within=60)
        trial.notes.append(f"the slowest start took {slowest:.1f} s, the last one began a review after {resumed:.1f} s")
        trial.expect(resumed <= _RESUMED, f"work went on only {resumed:.1f} s after the restart")
        return await trial.count("embedded server killed", f"{kills} x kill -9, SQLite")


async def worker_stopped(full: bool) -> Tally:
    """SIGSTOP for longer than a lease: another worker finishes; the first one wakes up, and may not write."""
    held = 120.0 if full else 25.0
    async with distributed_trial(workers=2, latency=2.0) as trial:
        await trial.client.submit_many(trial.http, range(20))
        await asyncio.sleep(1.5)
        worker = trial.cluster.workers[0]
        worker.hold()
        await trial.settled(within=held)
        worker.let_go()
        # What it has in its hands now is what it must not write.
        await asyncio.sleep(6)
        return await trial.count("worker stands still", f"SIGSTOP for up to {held:.0f} s, SIGCONT")


async def _check_integrity(trial: Trial) -> None:
    database = open_database(trial.cluster.database_url)
    try:
        said = await database.read(lambda session: session.scalar(text("PRAGMA integrity_check")))
    finally:
        await database.close()
    trial.expect(said == "ok", f"integrity_check: {said}")


async def _next_begun(url: str, began: float) -> float:
    """The seconds from `began` until one more review is begun; a minute where none is."""

    def begun(session: Session) -> int:
        wanted = select(func.count()).where(StatusChange.status == ReviewStatus.PROCESSING)
        return int(session.scalar(wanted) or 0)

    database = open_database(url)
    try:
        before = await database.read(begun)
        while clock.steady() - began < 60 and await database.read(begun) == before:  # noqa: ASYNC110  # What changes is in the store.
            await asyncio.sleep(0.1)
        return clock.steady() - began
    finally:
        await database.close()


async def _kill_while(
    asking: Awaitable[object], members: list[Member], kills: int, *, pause: tuple[float, float], trial: Trial
) -> None:
    """Kill one of `members` again and again, starting it at once, while reviews are asked for."""
    for _ in range(kills):
        await asyncio.sleep(random.uniform(*pause))
        member = random.choice(members)
        member.restart()
        if member.url:
            await trial.ready(member)
    await asking

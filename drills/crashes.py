"""Processes that die, stand still, or are killed by what they work on."""

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress

import psutil
from sqlalchemy import text

from drills.cluster import Member
from drills.tally import Tally
from drills.trial import Trial, distributed_trial, embedded_trial
from foureyes.kit import clock
from foureyes.kit.database.open import open_database


async def api_killed(full: bool) -> Tally:
    """kill -9 of API processes while requests pour in: whatever was answered 2xx is one row, and gets done."""
    kills, reviews = (50, 2000) if full else (10, 300)
    async with distributed_trial(apis=2, workers=2, latency=0.05) as trial:
        asking = asyncio.ensure_future(trial.client.submit_many(trial.http, range(reviews)))
        done = await _kill_while(asking, trial.cluster.apis, kills, pause=(0.2, 0.8), trial=trial)
        await trial.settled()
        return await trial.count("API killed under load", f"{done} x kill -9 of an API process")


async def worker_killed(full: bool) -> Tally:
    """kill -9 of workers at any moment: another goes on, and buys nothing again that was settled."""
    kills, reviews = (200, 1000) if full else (20, 120)
    async with distributed_trial(workers=3) as trial:
        asking = asyncio.ensure_future(_paced(trial, reviews, seconds=kills * 0.9))
        done = await _kill_while(asking, trial.cluster.workers, kills, pause=(0.4, 1.2), trial=trial)
        settled = await trial.settled(within=180)
        broken = () if settled else ("not everything ended within 180 s after the last kill",)
        return await trial.count("worker killed", f"{done} x kill -9 of a worker", broken=broken)


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
        settled = await trial.settled(within=240)
        broken = () if settled else ("not everything ended within 240 s after the last kill",)
        return await trial.count("restart storm", f"{rounds} x kill -9 of every process", broken=broken)


async def killed_at_points(full: bool) -> Tally:
    """kill -9 at marked points of a review, as seen from outside: claimed, asking, answered, nearly done."""
    rounds = 20 if full else 3
    points: list[Callable[[Trial, int], Killer]] = [AtAsking, AfterAnswer, AtClaim, NearTheEnd]
    async with distributed_trial(workers=2, latency=0.3) as trial:
        kills = 0
        for number in range(rounds):
            for point in points:
                killer = point(trial, number)
                await trial.client.submit_many(trial.http, range(4))
                kills += await killer.done()
                for member in trial.cluster.workers:
                    if not member.alive:
                        member.restart()
        settled = await trial.settled(within=120)
        broken = () if settled else ("not everything ended within 120 s",)
        return await trial.count("killed at marked points", f"{kills} x kill -9 at {len(points)} points", broken=broken)


class Killer:
    """Kills a worker once, at its point."""

    def __init__(self, trial: Trial, number: int) -> None:
        self.trial = trial
        self.delay = 0.02 * (number % 10)
        self.fired = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        trial.model.react = self.react

    def react(self, words: str, port: int) -> int:  # noqa: ARG002
        return 200

    def fire(self, port: int) -> None:
        """Kill whichever worker the connection from `port` belongs to."""
        if not self.fired.is_set():
            self._loop.call_soon_threadsafe(self.fired.set)
            _kill_owner(port, self.trial.cluster.workers)

    async def done(self) -> int:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.fired.wait(), 10)
        self.trial.model.react = lambda words, port: 200  # noqa: ARG005
        return int(self.fired.is_set())


class AtAsking(Killer):
    """The question has come in and has no answer yet."""

    def react(self, words: str, port: int) -> int:  # noqa: ARG002
        self.fire(port)
        return 200


class AfterAnswer(Killer):
    """The answer is on its way, or has just arrived: it is being stored, or has been."""

    def react(self, words: str, port: int) -> int:  # noqa: ARG002
        self._loop.call_soon_threadsafe(self._loop.call_later, self.trial.model.latency + self.delay, self.fire, port)
        return 200


class AtClaim(Killer):
    """Before anything is asked: right after reviews were accepted."""

    def __init__(self, trial: Trial, number: int) -> None:
        super().__init__(trial, number)
        self._loop.call_later(0.05 + self.delay, self._kill_any)

    def _kill_any(self) -> None:
        self.fired.set()
        random.choice(self.trial.cluster.workers).kill()


class NearTheEnd(AtClaim):
    """When the last answers are in, and results are written."""

    def __init__(self, trial: Trial, number: int) -> None:
        super(AtClaim, self).__init__(trial, number)
        self._loop.call_later(2 * trial.model.latency + 0.3 + self.delay * 2, self._kill_any)


async def embedded_killed(full: bool) -> Tally:
    """kill -9 of the one process on SQLite, in the middle of writing: the file stays whole, and work goes on."""
    kills, reviews = (200, 600) if full else (15, 100)
    async with embedded_trial(latency=0.1) as trial:
        asking = asyncio.ensure_future(_paced(trial, reviews, seconds=kills * 1.5))
        server = trial.cluster.apis[0]
        slow, damage = 0.0, []
        for _ in range(kills):
            await asyncio.sleep(random.uniform(0.1, 1.0))
            server.kill()
            damage += await _integrity(trial.cluster.database_url)
            began = clock.steady()
            server.start()
            await trial.ready(server)
            slow = max(slow, clock.steady() - began)
        await asking
        settled = await trial.settled(within=120)
        broken = (*damage, *(() if settled else ("not everything ended within 120 s after the last kill",)))
        notes = (f"the slowest start took {slow:.1f} s",)
        return await trial.count("embedded server killed", f"{kills} x kill -9, SQLite", notes=notes, broken=broken)


async def _integrity(url: str) -> list[str]:
    database = open_database(url)
    try:
        said = await database.read(lambda session: session.scalar(text("PRAGMA integrity_check")))
    finally:
        await database.close()
    return [] if said == "ok" else [f"integrity_check: {said}"]


async def worker_stopped(full: bool) -> Tally:
    """SIGSTOP for longer than a lease: another worker finishes; the first one wakes up, and may not write."""
    held = 120.0 if full else 25.0
    async with distributed_trial(workers=2, latency=2.0) as trial:
        await trial.client.submit_many(trial.http, range(20))
        await asyncio.sleep(1.5)
        worker = trial.cluster.workers[0]
        worker.hold()
        settled = await trial.settled(within=held)
        worker.let_go()
        # What it has in its hands now is what it must not write.
        await asyncio.sleep(6)
        broken = () if settled else (f"not everything was done by others within {held:.0f} s",)
        return await trial.count("worker stands still", f"SIGSTOP for {held:.0f} s, SIGCONT", broken=broken)


async def poison(full: bool) -> Tally:
    """Reviews that kill whoever works on them: each is given up by name, and harms nobody else."""
    bad, good = (10, 100) if full else (3, 40)
    async with distributed_trial(workers=2, latency=0.2) as trial:
        marks = {f"Backup {number}" for number in range(bad)}

        def react(words: str, port: int) -> int:
            if any(f"{mark}\n" in words or f'{mark}"' in words or f"{mark}<" in words for mark in marks):
                _kill_owner(port, trial.cluster.workers)
            return 200

        trial.model.react = react
        keeper = asyncio.ensure_future(_kept_alive(trial))
        poisoned = await trial.client.submit_many(trial.http, range(bad))
        await trial.client.submit_many(trial.http, range(1000, 1000 + good))
        settled = await trial.settled(within=300)
        keeper.cancel()
        broken = [] if settled else ["not everything ended within 300 s"]
        for review in poisoned:
            found = await trial.client.review(trial.http, review)
            if found["status"] != "failed":
                broken.append(f"a poison review is {found['status']}")
        return await trial.count(
            "poison among good ones", f"{bad} reviews that kill their worker", broken=tuple(broken), failed=bad
        )


async def _kept_alive(trial: Trial) -> None:
    """What a supervisor does: start again what has died."""
    while True:
        await asyncio.sleep(0.5)
        for member in trial.cluster.workers:
            if not member.alive:
                member.restart()


async def _paced(trial: Trial, reviews: int, *, seconds: float) -> None:
    """Ask for reviews evenly over a time."""
    waits = []
    for number in range(reviews):
        waits.append(asyncio.ensure_future(trial.client.submit(trial.http, number)))
        await asyncio.sleep(seconds / reviews)
    await asyncio.gather(*waits)


async def _kill_while(
    asking: Awaitable[object], members: list[Member], kills: int, *, pause: tuple[float, float], trial: Trial
) -> int:
    """Kill one of `members` again and again, starting it at once; how often it was done."""
    for _ in range(kills):
        await asyncio.sleep(random.uniform(*pause))
        member = random.choice(members)
        member.restart()
        if member.url:
            await trial.ready(member)
    await asking
    return kills


def _kill_owner(port: int, workers: list[Member]) -> None:
    """kill -9 the process, of these workers or below them, whose connection comes from `port`."""
    for member in workers:
        with suppress(psutil.Error, RuntimeError):
            parent = psutil.Process(member.pid)
            for process in (*parent.children(recursive=True), parent):
                with suppress(psutil.Error):
                    if any(each.laddr and each.laddr.port == port for each in process.net_connections("tcp")):
                        os.kill(process.pid, signal.SIGKILL)
                        return

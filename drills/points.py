"""Processes that are killed at a certain point of a review, as the model sees it from outside."""

import asyncio
import os
import random
import signal
from collections.abc import Callable
from contextlib import suppress

import psutil

from drills.cluster import Member
from drills.tally import Tally
from drills.trial import Trial, distributed_trial


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
        await trial.settled(within=60)
        return await trial.count("killed at marked points", f"{kills} x kill -9 at {len(points)} points")


async def poison(full: bool) -> Tally:
    """Reviews that kill whoever works on them: each is given up by name, and harms nobody else."""
    bad, good = (10, 100) if full else (3, 40)
    async with distributed_trial(workers=2, latency=0.2) as trial:
        marks = {f"Backup {number}" for number in range(bad)}

        def react(words: str, port: int) -> int:
            if any(f"{mark}\n" in words or f'{mark}"' in words or f"{mark}<" in words for mark in marks):
                kill_owner(port, trial.cluster.workers)
            return 200

        trial.model.react = react
        keeper = asyncio.ensure_future(_kept_alive(trial))
        poisoned = await trial.client.submit_many(trial.http, range(bad))
        await trial.client.submit_many(trial.http, range(1000, 1000 + good))
        await trial.settled(within=120)
        keeper.cancel()
        for review in poisoned:
            found = await trial.client.review(trial.http, review)
            reason = str(found["error"])
            trial.expect("ended its worker process 3 times" in reason, f"a poison review says {reason!r}")
        return await trial.count("poison among good ones", f"{bad} reviews that kill their worker", failed=poisoned)


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
            kill_owner(port, self.trial.cluster.workers)

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


def kill_owner(port: int, workers: list[Member]) -> None:
    """kill -9 the process, of these workers or below them, whose connection comes from `port`."""
    for member in workers:
        with suppress(psutil.Error, RuntimeError):
            parent = psutil.Process(member.pid)
            for process in (*parent.children(recursive=True), parent):
                with suppress(psutil.Error):
                    if any(each.laddr and each.laddr.port == port for each in process.net_connections("tcp")):
                        os.kill(process.pid, signal.SIGKILL)
                        return


async def _kept_alive(trial: Trial) -> None:
    """What a supervisor does: start again what has died."""
    while True:
        await asyncio.sleep(0.5)
        for member in trial.cluster.workers:
            if not member.alive:
                member.restart()

"""The broker loses everything, or is away: rows are the truth, and work goes on."""

import asyncio

from drills.tally import Tally
from drills.trial import distributed_trial


async def flushed(full: bool) -> Tally:
    """FLUSHALL with reviews queued and running."""
    rounds, reviews = (10, 500) if full else (2, 60)
    async with distributed_trial(workers=2, latency=0.5, more={"FOUREYES_REVIEWS_IN_FLIGHT": "4"}) as trial:
        await trial.client.submit_many(trial.http, range(reviews))
        for _ in range(rounds):
            await asyncio.sleep(1.5)
            if trial.redis:
                trial.redis.flush()
        await trial.settled(within=60 + reviews / 4)
        return await trial.count("broker forgets everything", f"{rounds} x FLUSHALL")


async def killed(full: bool) -> Tally:
    """kill -9 of Redis, and some seconds without it: requests are accepted meanwhile, and run later."""
    rounds, reviews = (20, 500) if full else (3, 60)
    async with distributed_trial(workers=2, latency=0.3) as trial:
        for number in range(rounds):
            await trial.client.submit_many(trial.http, range(number * reviews, number * reviews + reviews // 2))
            if trial.redis:
                await asyncio.to_thread(trial.redis.kill)
            await trial.client.submit_many(trial.http, range(number * reviews + reviews // 2, (number + 1) * reviews))
            await asyncio.sleep(2)
            if trial.redis:
                await asyncio.to_thread(trial.redis.start)
        await trial.settled(within=90)
        refused = trial.client.refusals
        trial.expect(not refused, f"requests were refused while Redis was away: {refused}")
        return await trial.count("Redis killed", f"{rounds} x kill -9, 2 s away each")

"""PostgreSQL goes down in the middle of everything: what was answered stays, the rest is refused with 503."""

import asyncio
import random

from drills.tally import Tally
from drills.trial import distributed_trial


async def restarted(full: bool) -> Tally:
    """kill -9 of PostgreSQL every few seconds while reviews are asked for and run."""
    rounds, reviews, least, most = (30, 500, 5.0, 40.0) if full else (5, 100, 3.0, 6.0)
    async with distributed_trial(workers=2, latency=0.5) as trial:
        asking = asyncio.ensure_future(trial.paced(reviews, seconds=rounds * (least + most) / 2))
        for _ in range(rounds):
            await asyncio.sleep(random.uniform(least, most))
            if trial.postgres:
                await asyncio.to_thread(trial.postgres.restart)
        await asking
        await trial.settled(within=90)
        refused = ", ".join(f"{count} x {status}" for status, count in trial.client.refusals.items()) or "none"
        trial.notes.append(f"requests refused: {refused}")
        return await trial.count("PostgreSQL killed", f"{rounds} x kill -9 and restart")

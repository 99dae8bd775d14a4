"""Workers are told to stop, as each deployment does: nothing is lost, and nothing waits for a lease to run out."""

import asyncio

from drills.tally import Tally
from drills.trial import distributed_trial


async def drained(full: bool) -> Tally:
    """SIGTERM for one worker after the other while reviews run."""
    rounds, reviews = (20, 400) if full else (4, 80)
    async with distributed_trial(workers=2, latency=1.0, more={"FOUREYES_GRACE": "3s"}) as trial:
        await trial.client.submit_many(trial.http, range(reviews))
        codes = []
        for number in range(rounds):
            await asyncio.sleep(1.0)
            worker = trial.cluster.workers[number % len(trial.cluster.workers)]
            codes.append(await asyncio.to_thread(worker.end, within=30))
            worker.start()
        settled = await trial.settled(within=120)
        broken = [] if settled else ["not everything ended within 120 s"]
        if set(codes) - {0}:
            broken.append(f"workers ended with {codes}")
        return await trial.count("drain", f"{rounds} x SIGTERM of a worker", broken=tuple(broken))

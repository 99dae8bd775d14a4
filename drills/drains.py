"""Workers are told to stop, as each deployment does: nothing is lost, and nothing waits for a lease to run out."""

import asyncio

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from drills.tally import Tally
from drills.trial import distributed_trial
from foureyes.kit.database.base import database_now
from foureyes.kit.database.open import open_database
from foureyes.models.reviews import Review, ReviewStatus
from foureyes.models.workers import WorkerRow


async def drained(full: bool) -> Tally:
    """SIGTERM for one worker after the other while reviews run, some of them longer than the grace lasts."""
    rounds, reviews = (20, 400) if full else (4, 80)
    async with distributed_trial(workers=2, latency=2.0, more={"FOUREYES_GRACE": "1s"}) as trial:
        await trial.client.submit_many(trial.http, range(reviews))
        database = open_database(trial.cluster.database_url)
        for number in range(rounds):
            await asyncio.sleep(1.0)
            worker = trial.cluster.workers[number % len(trial.cluster.workers)]
            pid = worker.pid
            code = await asyncio.to_thread(worker.end, within=30)
            trial.expect(code == 0, f"a worker ended with {code}")
            left = await database.read(_orphans)
            trial.expect(not left, f"{left} reviews wait for the lease of worker {pid}, which has ended")
            worker.start()
        await database.close()
        await trial.settled(within=60)
        return await trial.count("drain", f"{rounds} x SIGTERM of a worker")


def _orphans(session: Session) -> int:
    """Reviews in the hands of a worker that has struck itself off."""
    known = select(WorkerRow.id)
    held = select(func.count(Review.id)).where(
        Review.status == ReviewStatus.PROCESSING, Review.lease_until > database_now(), Review.worker_id.not_in(known)
    )
    return int(session.scalar(held) or 0)

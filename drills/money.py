"""A budget is never exceeded, however many ask at once."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from drills.tally import Tally
from drills.trial import distributed_trial
from foureyes.kit.database.open import open_database
from foureyes.models import ModelCall, Usage, Workspace

_REVIEWS = 64


async def budget_for_ten(full: bool) -> Tally:  # noqa: ARG001  # It is the same in both sizes.
    """64 reviews at once in a workspace whose month has money for about ten: no more is spent than there is."""
    async with distributed_trial(workers=2, latency=0.5) as trial:
        database = open_database(trial.cluster.database_url)
        try:
            await trial.client.submit(trial.http, 0)
            await trial.settled()
            cost = await database.read(_spent)
            await database.write(_allow, 11 * cost)
            await trial.client.submit_many(trial.http, range(1, 1 + _REVIEWS), at_once=_REVIEWS)
            settled = await trial.settled()
            spent, counted = await database.read(_spent), await database.read(_counted)
        finally:
            await database.close()
        broken = [] if settled else ["not everything ended in time"]
        if max(spent, counted) > 11 * cost:
            broken.append(f"{max(spent, counted)} micro-dollars were spent of {11 * cost}")
        notes = (f"one review costs {cost} micro-dollars; {spent} of {11 * cost} were spent",)
        refused = len(trial.client.accepted)
        return await trial.count(
            "budget for ten", f"{_REVIEWS} at once", notes=notes, broken=tuple(broken), failed=refused
        )


def _spent(session: Session) -> int:
    return session.scalar(select(func.sum(Usage.spent))) or 0


def _counted(session: Session) -> int:
    return int(session.scalar(select(func.sum(ModelCall.cost))) or 0)


def _allow(session: Session, amount: int) -> None:
    session.execute(update(Workspace).values(monthly_budget=amount))

"""A budget is never exceeded, however many ask at once."""

import json

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from drills.tally import Tally
from drills.trial import distributed_trial
from foureyes.kit.database.open import open_database
from foureyes.models import ModelCall, Usage, Workspace

_REVIEWS = 64
_FOR = 11
"""The first review, which shows what one costs, and ten more."""
_REFUSED = "the budget is too small"


async def budget_for_ten(full: bool) -> Tally:  # noqa: ARG001  # It is the same in both sizes.
    """64 reviews at once in a workspace whose month has money for about ten: no more is spent than there is."""
    # A dear output would be set aside for every call, and hardly ever used.
    cheap = {"FOUREYES_PRICE_PER_MILLION_OUTPUT": "0.01"}
    async with distributed_trial(workers=2, latency=0.5, proposes=False, more=cheap) as trial:
        database = open_database(trial.cluster.database_url)
        try:
            await trial.client.submit(trial.http, 0)
            await trial.settled(within=30)
            cost = await database.read(_spent)
            await database.write(_allow, _FOR * cost)
            asked = await trial.client.submit_many(trial.http, range(1, 1 + _REVIEWS), at_once=_REVIEWS)
            await trial.settled(within=90)
            spent = max(await database.read(_spent), await database.read(_counted))
        finally:
            await database.close()
        found = {one: await trial.client.review(trial.http, one) for one in asked}
        refused = [one for one, review in found.items() if _REFUSED in json.dumps(review)]
        ran = len(asked) - len(refused)
        trial.expect(spent <= _FOR * cost, f"{spent} micro-dollars were spent of {_FOR * cost}")
        trial.notes.append(f"a review costs {cost} micro-dollars; {spent} of {_FOR * cost} were spent")
        trial.notes.append(f"{ran} ran, {len(refused)} were refused with the reason")
        trial.expect(0 < ran <= 10, f"{ran} ran")
        return await trial.count("budget for ten", f"{_REVIEWS} at once")


def _spent(session: Session) -> int:
    return session.scalar(select(func.sum(Usage.spent))) or 0


def _counted(session: Session) -> int:
    return int(session.scalar(select(func.sum(ModelCall.cost))) or 0)


def _allow(session: Session, amount: int) -> None:
    session.execute(update(Workspace).values(monthly_budget=amount))

"""The model's provider has a bad minute: reviews are put off, and nothing is made up or lost."""

import asyncio

from drills.tally import Tally
from drills.trial import distributed_trial
from foureyes.kit import clock

_DONE = 10.0
"""The budget: seconds after the end of an outage."""


async def provider_away(full: bool) -> Tally:
    """The provider answers 503 and 429 for a while: all reviews are done soon after it is back."""
    away, reviews = (60.0, 200) if full else (20.0, 40)
    async with distributed_trial(workers=2, latency=0.3) as trial:
        back = clock.steady() + away

        def react(words: str, port: int) -> int:  # noqa: ARG001
            return 200 if clock.steady() > back else (503 if port % 2 else 429)

        trial.model.react = react
        await trial.client.submit_many(trial.http, range(reviews))
        await asyncio.sleep(max(0.0, back - clock.steady()))
        began = clock.steady()
        await trial.settled(within=120)
        took = clock.steady() - began
        trial.expect(took <= _DONE, f"all was done {took:.1f} s after the provider was back, not {_DONE:.0f} s")
        return await trial.count("provider away", f"{away:.0f} s of 503 and 429")

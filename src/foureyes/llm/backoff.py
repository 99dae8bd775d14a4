"""How long to wait before the next attempt, as plain functions of numbers."""

import random
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Attempts at one model while it is unavailable, and the waits between them.

    A rate limit is no failure of the provider, only of our pace: it has more attempts. `patience` is the longest wait
    in place; a provider that asks for more is left alone and the caller defers.
    """

    attempts: int = 3
    rate_limited_attempts: int = 8
    first: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(seconds=20)
    patience: timedelta = timedelta(seconds=60)

    def wait(self, failures: int, retry_after: timedelta | None, rng: random.Random) -> timedelta | None:
        """The wait after so many failures; None where the provider asks for more than `patience`.

        Without a wish of the provider it is exponential with full jitter
        (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/) above a floor of a tenth. With one
        it is that, and up to a tenth more, so that many waiters do not come back at one moment.
        """
        if retry_after is not None:
            if retry_after > self.patience:
                return None
            return min(retry_after * (1 + rng.random() / 10), self.patience)
        # Capped, or the eighth try at a rate limit would wait for minutes.
        ceiling = min(self.first * (1 << (failures - 1)), self.longest)
        return ceiling * rng.uniform(0.1, 1.0)

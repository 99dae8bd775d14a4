"""Waits between attempts are numbers out of numbers."""

import random
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from foureyes.llm.backoff import RetryPolicy

POLICY = RetryPolicy()
FAILURES = st.integers(1, 30)
SEEDS = st.integers(0, 10_000)


@given(FAILURES, SEEDS)
def test_without_a_wish_the_wait_lies_under_a_doubling_ceiling(failures: int, seed: int) -> None:
    wait = POLICY.wait(failures, None, random.Random(seed))
    assert wait is not None
    ceiling = min(POLICY.first * 2 ** (failures - 1), POLICY.longest)
    assert ceiling * 0.1 <= wait <= ceiling


@given(FAILURES, st.floats(0, 60), SEEDS)
def test_a_wish_is_never_cut_short_and_never_outlasts_patience(failures: int, seconds: float, seed: int) -> None:
    wish = timedelta(seconds=seconds)
    wait = POLICY.wait(failures, wish, random.Random(seed))
    assert wait is not None
    assert wish <= wait <= POLICY.patience


@given(FAILURES, st.floats(60.001, 10**8))
def test_a_wish_beyond_patience_is_not_waited_for(failures: int, seconds: float) -> None:
    assert POLICY.wait(failures, timedelta(seconds=seconds), random.Random(0)) is None


def test_the_same_seed_waits_the_same() -> None:
    waits = [[POLICY.wait(number, None, rng) for number in range(1, 5)] for rng in (random.Random(3), random.Random(3))]
    assert waits[0] == waits[1]
    assert len(set(waits[0])) == 4

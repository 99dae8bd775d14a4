"""Limits: a bucket is a function of a counter, and a lane lets calls in one after the other."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foureyes.errors import ModelRateLimitError
from foureyes.llm.limits import Bucket, LocalGate
from foureyes.llm.pace import SkippingPace

MODEL = "anthropic:model"
PATIENCE = timedelta(seconds=60)


def test_a_bucket_starts_full_and_fills_by_the_minute() -> None:
    bucket = Bucket(60)
    assert bucket.wait(60, now=0) == 0
    bucket.take(60)
    assert bucket.wait(1, now=0) == pytest.approx(1)
    assert bucket.wait(30, now=10) == pytest.approx(20)
    assert bucket.wait(60, now=1000) == 0


def test_a_need_larger_than_the_bucket_waits_until_it_is_full_and_leaves_a_debt() -> None:
    bucket = Bucket(100)
    assert bucket.wait(250, now=0) == 0
    bucket.take(250)
    assert bucket.wait(1, now=0) == pytest.approx(151 * 0.6)


def test_what_was_not_used_is_given_back_but_never_more_than_a_bucketful() -> None:
    bucket = Bucket(100)
    bucket.take(80)
    bucket.take(-500)
    assert bucket.level == 100


@given(st.integers(1, 1000), st.lists(st.tuples(st.integers(1, 50), st.floats(0, 30)), min_size=1, max_size=60))
def test_a_bucket_never_lets_more_through_than_its_fill_and_its_rate(rate: int, calls: list[tuple[int, float]]) -> None:
    bucket, now, taken = Bucket(rate), 0.0, 0
    for need, later in calls:
        now += later
        now += bucket.wait(min(need, rate), now)
        bucket.wait(min(need, rate), now)
        bucket.take(min(need, rate))
        taken += min(need, rate)
        assert taken <= rate + now * rate / 60 + 1e-6 * (1 + now) * rate + 1e-6


async def test_requests_a_minute_are_kept() -> None:
    pace = SkippingPace()
    gate = LocalGate(requests_per_minute=30, pace=pace)
    entered: list[float] = []

    async def call() -> None:
        await gate.enter(MODEL, 10, patience=PATIENCE)
        entered.append(pace.now)

    await asyncio.gather(*(call() for _ in range(90)))
    assert sum(moment < 0.001 for moment in entered) == 30
    assert 119 <= max(entered) <= 121


async def test_tokens_a_minute_are_kept_and_corrected_by_what_was_used() -> None:
    pace = SkippingPace()
    gate = LocalGate(tokens_per_minute=1000, pace=pace)
    await gate.enter(MODEL, 1000, patience=PATIENCE)
    await gate.settle(MODEL, entered=1000, used=100)
    await gate.enter(MODEL, 900, patience=PATIENCE)
    assert pace.now == 0
    await gate.enter(MODEL, 500, patience=PATIENCE)
    assert pace.now == pytest.approx(30)


async def test_models_do_not_wait_for_each_other() -> None:
    pace = SkippingPace()
    gate = LocalGate(requests_per_minute=1, pace=pace)
    await gate.pause("anthropic:model", timedelta(seconds=50))
    await gate.enter("openai:model", 10, patience=PATIENCE)
    assert pace.now == 0


async def test_a_pause_within_patience_is_waited_out() -> None:
    pace = SkippingPace()
    gate = LocalGate(pace=pace)
    await gate.pause(MODEL, timedelta(seconds=59))
    await gate.pause(MODEL, timedelta(seconds=3))
    await gate.enter(MODEL, 10, patience=PATIENCE)
    assert pace.now == pytest.approx(59)


async def test_a_longer_pause_is_told_with_what_is_left_of_it() -> None:
    pace = SkippingPace()
    gate = LocalGate(pace=pace)
    await gate.pause(MODEL, timedelta(seconds=300))
    pace.now = 200
    with pytest.raises(ModelRateLimitError) as caught:
        await gate.enter(MODEL, 10, patience=PATIENCE)
    assert caught.value.retry_after == timedelta(seconds=100)


async def test_after_a_pause_calls_come_back_one_by_one_and_then_faster() -> None:
    pace = SkippingPace()
    gate = LocalGate(pace=pace)
    await gate.pause(MODEL, timedelta(seconds=10))
    moments: list[float] = []
    for _ in range(40):
        await gate.enter(MODEL, 10, patience=PATIENCE)
        moments.append(pace.now)
        await gate.settle(MODEL, entered=10, used=10)
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert gaps[0] == pytest.approx(0.225)
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] == 0


async def test_refusals_of_calls_in_flight_together_count_as_one_sign() -> None:
    pace = SkippingPace()
    gate = LocalGate(pace=pace)
    for _ in range(20):
        await gate.pause(MODEL, timedelta(seconds=1))
    await gate.enter(MODEL, 1, patience=PATIENCE)
    await gate.enter(MODEL, 1, patience=PATIENCE)
    assert pace.now == pytest.approx(1.25)


async def test_a_caller_that_gives_up_leaves_the_lane_to_the_others() -> None:
    gate = LocalGate(requests_per_minute=1)
    await gate.enter(MODEL, 1, patience=PATIENCE)
    waiting = asyncio.create_task(gate.enter(MODEL, 1, patience=PATIENCE))
    await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await gate.pause(MODEL, timedelta(hours=1))
    with pytest.raises(ModelRateLimitError):
        await gate.enter(MODEL, 1, patience=PATIENCE)

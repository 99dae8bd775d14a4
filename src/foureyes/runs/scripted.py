"""The twin of the carrier: it waits, fails and crashes as the title of a review tells it to. For tests and drills."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from foureyes.engine.values import OnProgress, Progress, Stage
from foureyes.errors import MalformedAnswerError, MalformedPatchError, ModelAuthError, ModelRateLimitError
from foureyes.models.reviews import Review
from foureyes.runs.port import Claimed

_MODEL = "scripted:model"

Step = Callable[[Claimed, float, OnProgress], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class ScriptedOutcome:
    """Names the fence of the run that it came of, so that a reader can tell whose result was stored."""

    headline: str

    def store(self, session: Session, review: Review, *, at: datetime) -> None:  # noqa: ARG002  # The port's.
        review.verdict = "silent"
        review.headline = self.headline


class ScriptedCarrier:
    """Does what the title says, step by step: `wait 0.5; fail 2`.

    `wait S`: seconds. `block S`: the same, and nothing else of this process moves. `steps N`: so much progress.
    `fail N`, `defect N`, `defer N`, `crash N`: as long as there were fewer than N failures, deferrals or crashes.
    `refuse`, `unauthorised`: for good. Anything else is a title like any other.
    """

    async def carry_out(self, claimed: Claimed, *, on_progress: OnProgress) -> ScriptedOutcome:
        for part in claimed.request.title.split(";"):
            word, _, number = part.strip().partition(" ")
            if word in _STEPS:
                await _STEPS[word](claimed, float(number or 1), on_progress)
        return ScriptedOutcome(f"Done with fence {claimed.fence}.")


async def _wait(claimed: Claimed, number: float, on_progress: OnProgress) -> None:  # noqa: ARG001
    await asyncio.sleep(number)


async def _block(claimed: Claimed, number: float, on_progress: OnProgress) -> None:  # noqa: ARG001
    time.sleep(number)  # noqa: ASYNC251  # To block is what was asked for.


async def _steps(claimed: Claimed, number: float, on_progress: OnProgress) -> None:  # noqa: ARG001
    for done in range(1, int(number) + 1):
        on_progress(Progress(Stage.ASK, done, int(number)))
        await asyncio.sleep(0)


async def _fail(claimed: Claimed, number: float, on_progress: OnProgress) -> None:  # noqa: ARG001
    if claimed.failures < number:
        raise MalformedAnswerError(_MODEL, "not the schema")


async def _defect(claimed: Claimed, number: float, on_progress: OnProgress) -> None:  # noqa: ARG001
    if claimed.failures < number:
        raise RuntimeError("a defect, as told")


async def _defer(claimed: Claimed, number: float, on_progress: OnProgress) -> None:  # noqa: ARG001
    if claimed.deferrals < number:
        raise ModelRateLimitError(_MODEL, "too many requests", retry_after=timedelta(milliseconds=200))


async def _crash(claimed: Claimed, number: float, on_progress: OnProgress) -> None:  # noqa: ARG001
    if claimed.crashes < number:
        os.kill(os.getpid(), signal.SIGKILL)


async def _refuse(claimed: Claimed, number: float, on_progress: OnProgress) -> None:  # noqa: ARG001
    raise MalformedPatchError("it is none", line=1)


async def _unauthorised(claimed: Claimed, number: float, on_progress: OnProgress) -> None:  # noqa: ARG001
    raise ModelAuthError(_MODEL, "invalid key")


_STEPS: Mapping[str, Step] = {
    "wait": _wait,
    "block": _block,
    "steps": _steps,
    "fail": _fail,
    "defect": _defect,
    "defer": _defer,
    "crash": _crash,
    "refuse": _refuse,
    "unauthorised": _unauthorised,
}

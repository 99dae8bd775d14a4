"""Each survivor of the gate is tried again, alone, in a fresh conversation that sees more of the code."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from foureyes.engine.candidates import Ruling, Verified
from foureyes.engine.gate import Placed
from foureyes.engine.prompts import verify as prompts
from foureyes.errors import ModelError
from foureyes.llm.port import Ask, Asker, Purpose

_WORDS = 700
"""Output tokens for a verifier: 150 words of thought and the verdict's line, with room for models that say more."""


@dataclass(frozen=True, slots=True)
class CodeAround:
    """What the verifier sees beside the claim: the code around it, and definitions and callers where there are any."""

    code: str
    related: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of one candidate: `verified` is None where the verifier could not be asked, `failure` says why."""

    placed: Placed
    verified: Verified | None
    reasoning: str = ""
    failure: str = ""

    @property
    def stands(self) -> bool:
        return self.verified is not None and self.verified.verdict is Ruling.REAL


async def verify(
    candidates: Sequence[Placed],
    asker: Asker,
    *,
    around: Callable[[Placed], CodeAround],
    on_done: Callable[[], None],
) -> list[Verification]:
    """All candidates at once, in the order given. A verifier that can't be asked fails its own candidate only."""

    async def one(placed: Placed) -> Verification:
        verification = await _one(placed, asker, around(placed))
        on_done()
        return verification

    # Each alone: one big call about all of them lets a verifier weigh them against each other instead of against
    # the code.
    return list(await asyncio.gather(*map(one, candidates)))


async def _one(placed: Placed, asker: Asker, around: CodeAround) -> Verification:
    ask = Ask(
        purpose=Purpose.VERIFY,
        prompt_version=prompts.PROMPT_VERSION,
        system=prompts.SYSTEM,
        prompt=prompts.prompt(placed.candidate, around.code, around.related),
        max_output_tokens=_WORDS,
    )
    try:
        # Free words first: forcing a schema on the verifier cut recall from 0.357 to 0.100 where it was measured.
        answer = await asker.ask_text(ask)
        verdict = prompts.read_verdict(answer.output)
        if verdict is not None:
            return Verification(placed, verdict, answer.output)
        # A second small call, and no guess from the prose: `not real` and `real` differ by one word.
        extracted = await asker.ask(_extraction(answer.output), Verified)
    except ModelError as exc:
        return Verification(placed, None, failure=str(exc))
    return Verification(placed, extracted.output, answer.output)


def _extraction(reasoning: str) -> Ask:
    return Ask(
        purpose=Purpose.VERDICT,
        prompt_version=prompts.PROMPT_VERSION,
        system=prompts.EXTRACT,
        prompt=prompts.extraction(reasoning),
        max_output_tokens=300,
    )

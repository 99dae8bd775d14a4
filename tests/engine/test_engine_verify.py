"""Each candidate is tried alone; only what the verifier holds to be real stands."""

import pytest
from pydantic import BaseModel

from factories import a_candidate
from foureyes.diff.values import Side
from foureyes.engine.candidates import Ruling, Verified
from foureyes.engine.gate import Placed
from foureyes.engine.verify import CodeAround, Verification, verify
from foureyes.errors import ModelError, ModelOverloadedError
from foureyes.kit.keyvalue import MemoryStore
from foureyes.llm.calls import Models
from foureyes.llm.port import Ask, MemoryLedger, Purpose
from foureyes.llm.scripted import Line, ScriptedModel


def placed(title: str = "Empty list raises IndexError") -> Placed:
    return Placed(a_candidate(title=title), "app.py", 2, 2, Side.RIGHT, "    return items[0]")


async def verified(model: ScriptedModel, *candidates: Placed) -> list[Verification]:
    around = CodeAround("+    2 |     return items[0]", "def caller(): ...")
    models = Models([model], cache=MemoryStore(), ledger=MemoryLedger())
    return await verify(candidates or [placed()], models, around=lambda _: around, on_done=lambda: None)


@pytest.mark.parametrize(("ruling", "stands"), [("real", True), ("not", False), ("unsure", False)])
async def test_only_a_real_one_stands(ruling: str, *, stands: bool) -> None:
    [verification] = await verified(ScriptedModel([f"I looked.\nVERDICT: {ruling}; severity=low"]))
    assert verification.stands is stands


async def test_each_is_asked_alone_with_the_code_and_what_it_uses() -> None:
    model = ScriptedModel(lambda ask, _: "VERDICT: real" if "first" in ask.prompt else "VERDICT: not")
    results = await verified(model, placed("the first"), placed("another"))
    assert [result.stands for result in results] == [True, False]
    assert all("return items[0]" in ask.prompt and "def caller" in ask.prompt for ask in model.asks)


async def test_a_missing_verdict_line_is_extracted_from_the_words() -> None:
    def respond(_: Ask, schema: type[BaseModel] | None) -> Line:
        return Verified(verdict=Ruling.REAL) if schema is Verified else "It is clearly true."

    model = ScriptedModel(respond)
    [verification] = await verified(model)
    assert verification.stands
    assert [ask.purpose for ask in model.asks] == [Purpose.VERIFY, Purpose.VERDICT]


async def test_a_verifier_that_is_down_fails_its_own_candidate_only() -> None:
    def respond(ask: Ask, _: type[BaseModel] | None) -> Line:
        down: ModelError = ModelOverloadedError("scripted:model", "overloaded")
        return down if "unlucky" in ask.prompt else "VERDICT: real"

    unlucky, lucky = await verified(ScriptedModel(respond), placed("unlucky"), placed())
    assert (unlucky.verified, "overloaded" in unlucky.failure) == (None, True)
    assert lucky.stands

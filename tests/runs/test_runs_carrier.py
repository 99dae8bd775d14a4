"""Reviews carried out by the engine over the store: with and without a model, through outages, never paid twice."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel

from claimed import again, claimed, sent
from factories import a_candidate
from foureyes.blobs.packing import pack, unpack
from foureyes.engine.candidates import Candidates
from foureyes.engine.reports.stored import load_architecture, load_diagnosis, load_review
from foureyes.engine.values import Progress, Stage, Verdict
from foureyes.errors import (
    InvalidRequestError,
    ModelError,
    ModelOverloadedError,
    ModelRateLimitError,
    ModelSettingsError,
    ModelTimeoutError,
    ModelUnavailableError,
)
from foureyes.kit.database.port import Database
from foureyes.llm.backoff import RetryPolicy
from foureyes.llm.limits import LocalGate
from foureyes.llm.pace import SkippingPace
from foureyes.llm.port import Ask, AttemptRow, Purpose
from foureyes.llm.scripted import Line, ScriptedModel
from foureyes.models.reviews import ReviewKind
from foureyes.runs.carrier import EngineCarrier
from foureyes.runs.doors import ModelParts
from foureyes.runs.outcome import StoredOutcome
from foureyes.runs.port import Claimed
from foureyes.settings import Settings

CODE = "def average(prices):\n    total = sum(prices)\n    return total / len(prices)\n"
PATHS = {"orders__py": CODE, "basket__py": CODE.replace("average", "mean")}
MODEL = "anthropic:claude"


def answers(ask: Ask, _: type[BaseModel] | None) -> Line:
    """One remark on the division of orders.py, which its verifier finds real."""
    if ask.purpose is Purpose.VERIFY:
        return "I followed it.\nVERDICT: real; severity=high; because=an empty list reaches it"
    said = a_candidate(path="orders.py", first_line=3, last_line=3, quote="    return total / len(prices)")
    return Candidates(candidates=[said] if "orders.py" in ask.prompt.split("<code ")[-1] else [])


def carrier_of(
    database: Database, folder: Path, *models: ScriptedModel, on_call: Callable[[AttemptRow], None] | None = None
) -> EngineCarrier:
    pace = SkippingPace()
    parts = ModelParts(models=models, pace=pace, gate=LocalGate(pace=pace), retry=RetryPolicy(attempts=2))
    return EngineCarrier(Settings(data_dir=folder, cpu_slots=2), database, parts=parts, on_call=on_call)


async def carried(carrier: EngineCarrier, one: Claimed, watched: list[Progress] | None = None) -> StoredOutcome:
    seen: list[Progress] = [] if watched is None else watched
    outcome = await carrier.carry_out(one, on_progress=seen.append)
    assert isinstance(outcome, StoredOutcome)
    return outcome


async def test_without_a_model_the_analysers_look(database: Database, tmp_path: Path) -> None:
    one = await claimed(database, *sent(a__py="def add(item, items=[]):\n    items.append(item)\n"))
    outcome = await carried(carrier_of(database, tmp_path), one)
    result = load_review(unpack(outcome.blob))
    assert result.model is None
    assert [finding.rule for finding in result.findings] == ["B006"]
    assert outcome.headline == result.headline


async def test_a_model_is_asked_and_its_findings_are_stored(database: Database, tmp_path: Path) -> None:
    watched: list[Progress] = []
    one = await claimed(database, *sent(**PATHS))
    outcome = await carried(carrier_of(database, tmp_path, ScriptedModel(answers, name=MODEL)), one, watched)
    result = load_review(unpack(outcome.blob))
    assert [(finding.path, finding.source) for finding in result.findings] == [("orders.py", "model")]
    assert (outcome.model, outcome.severities) == (MODEL, {"high": 1})
    assert [step.stage for step in watched][:2] == [Stage.COLLECT, Stage.SCREEN]
    assert {Stage.ASK, Stage.VERIFY, Stage.MERGE} <= {step.stage for step in watched}


async def test_a_request_that_wants_no_model_gets_none(database: Database, tmp_path: Path) -> None:
    model = ScriptedModel(answers)
    one = await claimed(database, *sent(**PATHS), model=False)
    await carried(carrier_of(database, tmp_path, model), one)
    assert model.asks == []


async def test_every_attempt_is_told_to_the_metrics(database: Database, tmp_path: Path) -> None:
    told: list[AttemptRow] = []
    model = ScriptedModel(answers)
    carrier = carrier_of(database, tmp_path, model, on_call=told.append)
    await carried(carrier, await claimed(database, *sent(**PATHS)))
    assert len(told) == len(model.asks) > 1


async def test_the_same_code_again_asks_nothing(database: Database, tmp_path: Path) -> None:
    model = ScriptedModel(answers)
    one = await claimed(database, *sent(**PATHS))
    first = await carried(carrier_of(database, tmp_path, model), one)
    asked = len(model.asks)
    # Another process, and another review of the same workspace.
    other = await claimed(database, *sent(**PATHS), workspace_id=one.workspace_id)
    second = await carried(carrier_of(database, tmp_path / "elsewhere", model), other)
    assert len(model.asks) == asked
    assert second.severities == first.severities


async def test_another_workspace_asks_for_itself(database: Database, tmp_path: Path) -> None:
    model = ScriptedModel(answers)
    carrier = carrier_of(database, tmp_path, model)
    await carried(carrier, await claimed(database, *sent(**PATHS)))
    asked = len(model.asks)
    await carried(carrier, await claimed(database, *sent(**PATHS)))
    assert len(model.asks) == 2 * asked


async def test_two_reviews_of_one_workspace_at_once_ask_once(database: Database, tmp_path: Path) -> None:
    alone, both = ScriptedModel(answers), ScriptedModel(answers, latency=timedelta(milliseconds=200))
    await carried(carrier_of(database, tmp_path, alone), await claimed(database, *sent(**PATHS)))
    one = await claimed(database, *sent(**PATHS))
    other = await claimed(database, *sent(**PATHS), workspace_id=one.workspace_id)
    carrier = carrier_of(database, tmp_path, both)
    await asyncio.gather(carried(carrier, one), carried(carrier, other))
    assert len(both.asks) == len(alone.asks)


@pytest.mark.parametrize(
    "error",
    [
        ModelRateLimitError(MODEL, "slow down", retry_after=timedelta(minutes=5)),
        ModelOverloadedError(MODEL, "overloaded"),
        ModelTimeoutError(MODEL, "no answer"),
    ],
)
async def test_an_unavailable_model_defers_the_review(database: Database, tmp_path: Path, error: ModelError) -> None:
    one = await claimed(database, *sent(**PATHS))
    with pytest.raises(ModelUnavailableError) as caught:
        await carried(carrier_of(database, tmp_path, ScriptedModel(lambda _, __: error, name=MODEL)), one)
    assert caught.value.retry_after == error.retry_after


async def test_a_deferred_review_resumes_with_what_was_answered(database: Database, tmp_path: Path) -> None:
    def only_reviews(ask: Ask, schema: type[BaseModel] | None) -> Line:
        return answers(ask, schema) if ask.purpose is Purpose.REVIEW else ModelOverloadedError(MODEL, "later")

    one = await claimed(database, *sent(**PATHS))
    with pytest.raises(ModelOverloadedError):
        await carried(carrier_of(database, tmp_path, ScriptedModel(only_reviews, name=MODEL)), one)
    later = ScriptedModel(answers, name=MODEL)
    outcome = await carried(carrier_of(database, tmp_path, later), again(one, deferrals=1))
    assert {ask.purpose for ask in later.asks} == {Purpose.VERIFY}
    assert outcome.severities == {"high": 1}


async def test_a_call_that_always_times_out_does_not_defer_a_review_for_ever(
    database: Database, tmp_path: Path
) -> None:
    one = replace(await claimed(database, *sent(**PATHS)), deferrals=3)
    model = ScriptedModel(lambda _, __: ModelTimeoutError(MODEL, "no answer"), name=MODEL)
    outcome = await carried(carrier_of(database, tmp_path, model), one)
    assert outcome.verdict == Verdict.INCOMPLETE


async def test_a_wrong_setting_is_no_outage(database: Database, tmp_path: Path) -> None:
    carrier = EngineCarrier(Settings(data_dir=tmp_path, model="anthropic:claude-sonnet-5"), database)
    with pytest.raises(ModelSettingsError, match="ANTHROPIC_API_KEY"):
        await carried(carrier, await claimed(database, *sent(**PATHS)))
    await carrier.close()


async def test_a_spent_budget_leaves_an_incomplete_review_that_says_why(database: Database, tmp_path: Path) -> None:
    one = await claimed(database, *sent(**PATHS), budget=1)
    model = ScriptedModel(answers, name="anthropic:claude-sonnet-4-5")
    outcome = await carried(carrier_of(database, tmp_path, model), one)
    assert model.asks == []
    assert outcome.verdict == Verdict.INCOMPLETE
    assert "the budget is too small" in outcome.files[0]["reason"]


async def test_an_error_is_looked_into(database: Database, tmp_path: Path) -> None:
    source, blobs = sent(orders__py=CODE)
    error = pack(
        b'Traceback (most recent call last):\n  File "orders.py", line 3, in average\n'
        b"    return total / len(prices)\nZeroDivisionError: division by zero\n"
    )
    one = await claimed(database, source, [*blobs, error], kind=ReviewKind.DEBUG, error_digest=error.digest)
    outcome = await carried(carrier_of(database, tmp_path), one)
    stored = load_diagnosis(unpack(outcome.blob))
    assert stored.sources == {"orders.py": CODE}
    assert [frame.line for frame in stored.diagnosis.frames] == [3]
    assert (outcome.headline, outcome.language) == ("ZeroDivisionError: division by zero", "python")


async def test_an_error_that_the_model_can_not_look_into_now_is_deferred(database: Database, tmp_path: Path) -> None:
    source, blobs = sent(orders__py=CODE)
    error = pack(b'  File "orders.py", line 3, in average\nZeroDivisionError: division by zero\n')
    one = await claimed(database, source, [*blobs, error], kind=ReviewKind.DEBUG, error_digest=error.digest)
    model = ScriptedModel(lambda _, __: ModelOverloadedError(MODEL, "later"), name=MODEL)
    with pytest.raises(ModelOverloadedError):
        await carried(carrier_of(database, tmp_path, model), one)


async def test_code_is_mapped(database: Database, tmp_path: Path) -> None:
    one = await claimed(database, *sent(a__py="import b\n", b__py="x = 1\n"), kind=ReviewKind.ARCHITECTURE, model=False)
    outcome = await carried(carrier_of(database, tmp_path), one)
    found = load_architecture(unpack(outcome.blob))
    assert (found.files, found.imports_inside) == (2, 1)
    assert outcome.headline.startswith("2 files in 1 room; no cycle between rooms")
    assert outcome.language == "python"


async def test_a_fix_is_refused_with_what_to_do(database: Database, tmp_path: Path) -> None:
    one = await claimed(database, *sent(**PATHS), kind=ReviewKind.FIX)
    with pytest.raises(InvalidRequestError, match="apply the suggestions"):
        await carried(carrier_of(database, tmp_path), one)


async def test_a_cache_that_can_not_be_used_costs_no_review(database: Database, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    outcome = await carried(carrier_of(database, tmp_path), await claimed(database, *sent(**PATHS)))
    assert outcome.verdict == Verdict.FINE

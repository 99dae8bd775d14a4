"""A whole review in memory: what is said, what is not, what the ledger holds, with a model that follows a script."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from pydantic import BaseModel

from factories import a_candidate, a_material
from foureyes.engine.candidates import Candidate, Candidates, StoredCandidates
from foureyes.engine.material import Material
from foureyes.engine.policy import Policy
from foureyes.engine.run import RunOptions, review
from foureyes.engine.values import MODEL_SOURCE, Coverage, FindingState, RefusalReason, ReviewResult, Verdict
from foureyes.errors import (
    BudgetExceededError,
    ContextOverflowError,
    ModelAuthError,
    ModelError,
    ModelOverloadedError,
    ModelRefusedError,
)
from foureyes.kit.keyvalue import KeyValueStore, MemoryStore
from foureyes.llm.calls import Models
from foureyes.llm.pace import SkippingPace
from foureyes.llm.port import Ask, MemoryLedger, Purpose
from foureyes.llm.scripted import Line, ScriptedModel

BEFORE = "def first(items):\n    return None\n"
AFTER = "def first(items):\n    return items[0]\n"
NAME = "scripted:model"


def one_file(policy: Policy | None = None, **words: str) -> Material:
    return a_material(policy, **words, **{"app.py": (BEFORE, AFTER)})


def says(*candidates: Candidate, verdict: str = "real") -> Callable[[Ask, type[BaseModel] | None], Line]:
    """A script: these candidates for the unit that shows their file, nothing to mend, and one verdict on all."""

    def respond(ask: Ask, _: type[BaseModel] | None) -> Line:
        if ask.purpose is Purpose.VERIFY:
            return f"I followed it.\nVERDICT: {verdict}; severity=high; because=it was shown"
        shown = [one for one in candidates if one.path in ask.prompt] if ask.purpose is Purpose.REVIEW else []
        return Candidates(candidates=shown)

    return respond


def fails(error: ModelError) -> Callable[[Ask, type[BaseModel] | None], Line]:
    return lambda _ask, _schema: error


async def reviewed(
    material: Material, model: ScriptedModel | None = None, *, cache: KeyValueStore | None = None, **more: object
) -> ReviewResult:
    store = cache or MemoryStore()
    asker = Models([model], cache=store, ledger=MemoryLedger()) if model else None
    return await review(material, asker=asker, cache=store, **more)  # type: ignore[arg-type]


async def test_a_real_defect_is_said_with_its_trace() -> None:
    result = await reviewed(one_file(), ScriptedModel(says(a_candidate())))
    [finding] = result.findings
    assert (finding.path, finding.start_line, finding.source) == ("app.py", 2, MODEL_SOURCE)
    assert finding.evidence == "    return items[0]"
    assert finding.trace is not None
    assert finding.trace.model == NAME
    assert result.verdict is Verdict.BLOCK
    assert result.usage.calls == 2


async def test_a_silent_model_means_nothing_to_flag_and_everything_covered() -> None:
    result = await reviewed(one_file(), ScriptedModel(says()))
    assert (result.verdict, result.findings) == (Verdict.FINE, ())
    [entry] = result.ledger.files
    assert entry.coverage is Coverage.REVIEWED
    assert MODEL_SOURCE in entry.by


async def test_without_a_model_the_analysers_find_what_they_can_and_say_so() -> None:
    result = await reviewed(
        a_material(**{"app.py": ("", "def add(item, to=[]):\n    to.append(item)\n    return to\n")})
    )
    assert result.model is None
    assert any(finding.start_line == 1 for finding in result.findings)
    assert result.ledger.files[0].coverage is Coverage.REVIEWED


@pytest.mark.parametrize("verdict", ["not", "unsure"])
async def test_what_the_verifier_does_not_hold_to_be_real_is_not_said(verdict: str) -> None:
    result = await reviewed(one_file(), ScriptedModel(says(a_candidate(), verdict=verdict)))
    assert result.findings == ()
    assert result.verdict is Verdict.FINE
    assert [one.reason for one in result.refusals] == [
        RefusalReason.NOT_REAL if verdict == "not" else RefusalReason.UNSURE
    ]


async def test_a_wrong_anchor_is_mended_once() -> None:
    def respond(ask: Ask, schema: type[BaseModel] | None) -> Line:
        if ask.purpose is Purpose.MEND:
            return Candidates(candidates=[a_candidate()])
        return says(a_candidate(first_line=90, last_line=90))(ask, schema)

    result = await reviewed(one_file(), ScriptedModel(respond))
    assert [finding.start_line for finding in result.findings] == [2]


@pytest.mark.parametrize(
    "wrong",
    [{"first_line": 90, "last_line": 90}, {"quote": "return items[7]"}, {"path": "other.py"}],
    ids=["line", "quote", "file"],
)
async def test_what_is_wrong_again_is_refused_and_nothing_is_said(wrong: dict[str, object]) -> None:
    def respond(ask: Ask, _: type[BaseModel] | None) -> Line:
        return "VERDICT: real" if ask.purpose is Purpose.VERIFY else Candidates(candidates=[a_candidate(**wrong)])

    result = await reviewed(one_file(), ScriptedModel(respond))
    assert result.findings == ()
    assert len(result.refusals) == 1


@pytest.mark.parametrize(
    "error",
    [
        ModelOverloadedError(NAME, "overloaded"),
        ModelAuthError(NAME, "401", variable="KEY"),
        BudgetExceededError(NAME, needed=2, left=1),
        ModelRefusedError(NAME, "content policy"),
        ContextOverflowError(NAME, "too long"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_model_that_fails_leaves_the_review_incomplete_with_the_reason(error: ModelError) -> None:
    bad = a_material(**{"app.py": (BEFORE, AFTER + "\n\ndef add(item, to=[]):\n    to.append(item)\n")})
    model = ScriptedModel(fails(error))
    models = Models([model], cache=MemoryStore(), ledger=MemoryLedger(), pace=SkippingPace())
    result = await review(bad, asker=models)
    assert result.verdict in (Verdict.INCOMPLETE, Verdict.BLOCK)
    assert result.ledger.incomplete[0].reason == str(error)
    assert any(finding.source != MODEL_SOURCE for finding in result.findings), "analysers' findings are not lost"


async def test_a_verifier_that_fails_leaves_the_review_incomplete() -> None:
    def respond(ask: Ask, schema: type[BaseModel] | None) -> Line:
        return ModelRefusedError(NAME, "no") if ask.purpose is Purpose.VERIFY else says(a_candidate())(ask, schema)

    result = await reviewed(one_file(), ScriptedModel(respond))
    assert (result.verdict, result.findings) == (Verdict.INCOMPLETE, ())
    assert result.refusals[0].reason is RefusalReason.NOT_VERIFIED


async def test_the_second_run_asks_nothing_and_says_the_same() -> None:
    cache, model = MemoryStore(), ScriptedModel(says(a_candidate()))
    once = await reviewed(one_file(), model, cache=cache)
    asked = len(model.asks)
    again = await reviewed(one_file(), model, cache=cache, earlier=once.findings)
    assert len(model.asks) == asked
    assert [finding.state for finding in again.findings] == [FindingState.PERSISTING]
    assert again.ledger.files[0].coverage is Coverage.CACHED
    assert again.usage.calls == 0


async def test_when_one_of_twenty_files_changes_only_it_is_asked() -> None:
    def files(last: str) -> dict[str, tuple[str, str]]:
        return {f"pkg/m{n}.py": ("", f"def f{n}(x):\n    return x + {n}\n") for n in range(19)} | {
            "pkg/z.py": ("", last)
        }

    cache, model = MemoryStore(), ScriptedModel(says())
    await reviewed(a_material(**files("def z(x):\n    return x\n")), model, cache=cache)
    before = sum(len(ask.prompt) for ask in model.asks)
    model.asks.clear()
    await reviewed(a_material(**files("def z(x):\n    return x * 2\n")), model, cache=cache)
    assert len(model.asks) == 1
    assert "x * 2" in model.asks[0].prompt
    assert "m3.py" not in model.asks[0].prompt.split("The part to review:")[1]
    assert before > 0


async def test_a_tried_suggestion_is_kept_and_a_broken_one_stripped() -> None:
    good = a_candidate(replacement=["    return items[0] if items else None"])
    broken = a_candidate(replacement=["    return items[0"])
    kept = (await reviewed(one_file(), ScriptedModel(says(good)))).findings[0]
    stripped = (await reviewed(one_file(), ScriptedModel(says(broken)))).findings[0]
    assert kept.suggestion is not None
    assert "parses" in kept.suggestion.tried
    assert stripped.suggestion is None


async def test_high_risk_code_is_asked_three_times_and_a_lone_doubt_is_outvoted() -> None:
    def respond(ask: Ask, schema: type[BaseModel] | None) -> Line:
        doubtful = a_candidate(path="auth/login.py", confidence=0.6)
        return says(*([doubtful] if ask.seed == 1 else []))(ask, schema)

    model = ScriptedModel(respond)
    result = await reviewed(a_material(**{"auth/login.py": (BEFORE, AFTER)}), model)
    assert sorted(ask.seed for ask in model.asks) == [0, 1, 2]
    assert [one.reason for one in result.refusals] == [RefusalReason.OUTVOTED]


async def test_what_was_dismissed_is_never_said_again() -> None:
    once = await reviewed(one_file(), ScriptedModel(says(a_candidate())))
    options = RunOptions(dismissed=frozenset({once.findings[0].fingerprint}))
    again = await reviewed(one_file(), ScriptedModel(says(a_candidate())), options=options)
    assert again.findings == ()


async def test_a_model_that_the_probe_found_weak_is_named() -> None:
    traits = replace(ScriptedModel([]).traits, weak="it can't fill in a form")
    result = await reviewed(one_file(), ScriptedModel(says(), traits=traits))
    assert [(notice.code, "fill in a form" in notice.text) for notice in result.notices] == [("weak-model", True)]


async def test_progress_is_told_by_stage() -> None:
    stages = []
    await reviewed(one_file(), ScriptedModel(says()), on_progress=lambda step: stages.append(step.stage.value))
    assert list(dict.fromkeys(stages)) == ["screen", "analyse", "ask", "merge"]


def test_stored_candidates_read_back_what_was_written() -> None:
    stored = StoredCandidates(candidates=[a_candidate()])
    assert StoredCandidates.model_validate_json(stored.model_dump_json()) == stored

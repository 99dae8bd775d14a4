"""The plan: what would be asked, how often and why, in tokens that hold when it is really asked. Nothing is spent."""

from dataclasses import replace

import pytest
from engine_reviews import review_asks, reviewed, says

from factories import a_candidate, a_change, a_material
from foureyes.engine.material import Convention, Material
from foureyes.engine.plan import Plan, plan
from foureyes.engine.policy import LimitPolicy, PathInstructions, Policy
from foureyes.engine.risk import Risk
from foureyes.git.trees import MemoryTree
from foureyes.llm.port import AnswerForm, ModelTraits
from foureyes.llm.scripted import ScriptedModel
from foureyes.llm.tokens import guessed

ROOMY = ModelTraits(context_tokens=200_000, output_tokens=32_000, form=AnswerForm.TOOL_CALL)
TIGHT = ModelTraits(context_tokens=8_192, output_tokens=4_096, form=AnswerForm.PROMPTED)
TINY = ModelTraits(context_tokens=2_048, output_tokens=1_024, form=AnswerForm.PROMPTED)


def module(number: int, lines: int = 12) -> str:
    body = "".join(f"    total += step_{number}(item, {n})\n" for n in range(lines))
    return f"def run_{number}(items):\n    total = 0\n{body}    return total\n"


def a_change_of(files: int, *, lines: int = 12) -> Material:
    return a_material(**{f"pkg/part{n}/m{n}.py": ("", module(n, lines)) for n in range(files)})


def paths(planned: Plan) -> list[str]:
    return sorted({path for unit in planned.units for path in unit.paths})


async def test_a_small_change_is_one_unit_asked_once() -> None:
    planned = await plan(a_change_of(1), traits=ROOMY)
    [unit] = planned.units
    assert (unit.paths, unit.passes, unit.risk) == (("pkg/part0/m0.py",), 1, Risk.MEDIUM)
    assert unit.reasons == ("code",)
    assert (planned.skips, planned.unpackable) == ((), ())


async def test_several_small_files_share_a_unit() -> None:
    planned = await plan(a_change_of(5), traits=ROOMY)
    assert len(planned.units) == 1
    assert len(paths(planned)) == 5


async def test_a_large_change_is_planned_wholly_in_units_that_fit() -> None:
    planned = await plan(a_change_of(40, lines=60), traits=ROOMY)
    assert len(planned.units) > 3
    assert len(paths(planned)) == 40
    assert all(unit.tokens < 10_000 for unit in planned.units)


async def test_a_smaller_model_is_asked_more_often_about_less() -> None:
    material = a_change_of(10, lines=40)
    roomy, tight = await plan(material, traits=ROOMY), await plan(material, traits=TIGHT)
    assert len(tight.units) > len(roomy.units)
    assert max(unit.tokens for unit in tight.units) < TIGHT.context_tokens
    assert paths(tight) == paths(roomy)


async def test_what_no_unit_of_a_tiny_model_can_hold_is_named_with_the_reason() -> None:
    planned = await plan(a_change_of(1), traits=TINY)
    assert planned.units == ()
    [hunk] = planned.unpackable
    assert (hunk.path, hunk.hunk) == ("pkg/part0/m0.py", 0)
    assert "too little" in hunk.reason
    assert planned.expected.calls == 0


async def test_risky_code_is_asked_three_times_and_the_plan_says_why() -> None:
    planned = await plan(a_material(**{"auth/login.py": ("", module(1))}), traits=ROOMY)
    [unit] = planned.units
    assert (unit.passes, unit.risk) == (3, Risk.HIGH)
    assert "authentication, by its path" in unit.reasons


async def test_risky_and_plain_code_do_not_share_a_unit() -> None:
    planned = await plan(
        a_material(**{"auth/login.py": ("", module(1)), "auth/words.py": ("", "x = 1\n"), "a.py": ("", module(2))}),
        traits=ROOMY,
    )
    assert {unit.passes for unit in planned.units} == {1, 3}
    assert all("a.py" not in unit.paths for unit in planned.units if unit.passes == 3)


async def test_documents_and_tests_are_planned_with_low_risk() -> None:
    planned = await plan(
        a_material(**{"README.md": ("", "# Words\n"), "tests/test_a.py": ("", module(1))}), traits=ROOMY
    )
    assert {unit.risk for unit in planned.units} == {Risk.LOW}
    assert {reason for unit in planned.units for reason in unit.reasons} == {"documentation", "tests"}


@pytest.mark.parametrize(
    ("path", "text", "policy", "words"),
    [
        ("package-lock.json", "{}\n", Policy(), ""),
        ("docs/a.py", "x = 1\n", Policy(ignore=("docs/",)), "ignored by .foureyes.toml"),
        ("b.py", "x = 1\n", Policy(include=("src/",)), "not included by .foureyes.toml"),
        ("c.py", "x = 1\n" * 50, Policy(limits=LimitPolicy(file_bytes=100)), "too large"),
    ],
    ids=["lock", "ignored", "not-included", "large"],
)
async def test_what_is_skipped_is_named_and_costs_nothing(path: str, text: str, policy: Policy, words: str) -> None:
    planned = await plan(a_material(policy, **{path: ("", text)}), traits=ROOMY)
    assert planned.units == ()
    assert [skip.path for skip in planned.skips] == [path]
    assert words in planned.skips[0].reason
    assert planned.expected.input_tokens == 0


async def test_a_deleted_file_is_nothing_to_ask_about() -> None:
    material = Material(a_change(**{"a.py": (module(1), "")}), MemoryTree({}), MemoryTree({}))
    planned = await plan(material, traits=ROOMY)
    assert planned.expected.calls == len(planned.units) * 2


async def test_the_plan_of_nothing_is_nothing() -> None:
    planned = await plan(a_material(), traits=ROOMY)
    assert (planned.units, planned.skips, planned.expected.calls) == ((), (), 0)


async def test_expected_are_the_passes_and_one_verifier_for_each_unit() -> None:
    planned = await plan(
        a_material(**{"auth/login.py": ("", module(1)), "pkg/a.py": ("", module(2))}),
        traits=ROOMY,
    )
    assert planned.expected.calls == sum(unit.passes for unit in planned.units) + len(planned.units)
    assert planned.expected.input_tokens > sum(unit.tokens * unit.passes for unit in planned.units)


@pytest.mark.parametrize(
    "material",
    [
        a_change_of(1),
        a_change_of(12, lines=50),
        a_material(title="Add login", description="Why. " * 200, **{"auth/login.py": ("", module(1, 30))}),
        a_material(
            Policy(language="Deutsch", instructions=(PathInstructions(paths=("*.py",), text="No floats. " * 40),)),
            **{"pkg/a.py": (module(1), module(1, 20))},
        ),
        replace(a_change_of(2), conventions=(Convention("AGENTS.md", "Use tabs. " * 300),)),
    ],
    ids=["small", "medium", "described", "instructed", "conventions"],
)
async def test_the_tokens_of_the_plan_are_about_those_that_are_asked(material: Material) -> None:
    planned = await plan(material, traits=ROOMY)
    model = ScriptedModel(says(), traits=ROOMY)
    await reviewed(material, model)
    asked = [guessed(ask.system + ask.prompt) for ask in review_asks(model)]
    assert len(asked) == sum(unit.passes for unit in planned.units)
    told = sum(unit.tokens * unit.passes for unit in planned.units)
    assert sum(asked) <= told <= sum(asked) * 1.6 + 1200 * len(asked)


async def test_no_prompt_is_larger_than_its_plan_says_and_all_fit_a_tight_model() -> None:
    material = a_change_of(8, lines=50)
    planned = await plan(material, traits=TIGHT)
    model = ScriptedModel(says(), traits=TIGHT)
    await reviewed(material, model)
    asked = [guessed(ask.system + ask.prompt) for ask in review_asks(model)]
    assert len(asked) == len(planned.units), "nothing had to be split"
    assert max(asked) <= max(unit.tokens for unit in planned.units)


async def test_a_plan_is_the_same_every_time() -> None:
    assert await plan(a_change_of(6), traits=TIGHT) == await plan(a_change_of(6), traits=TIGHT)


async def test_a_review_with_findings_calls_no_more_than_the_plan_and_a_verifier_for_each() -> None:
    material = a_material(**{"app.py": ("", "def first(items):\n    return items[0]\n")})
    planned = await plan(material, traits=ROOMY)
    result = await reviewed(material, ScriptedModel(says(a_candidate()), traits=ROOMY))
    assert result.usage.calls == planned.expected.calls
